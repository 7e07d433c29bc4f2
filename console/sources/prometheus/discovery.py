"""Which presets fit a server: one question for the names of series, then one per series for its labels."""

from collections.abc import Iterable, Sequence

import msgspec

from console.domain.model import Model
from console.sources.prometheus.answers import NamesAnswer
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.compose import compose
from console.sources.prometheus.preset import Preset
from console.sources.prometheus.promql import selector
from console.sources.prometheus.signal_query import Composition
from console.transport.http import together

LOOK_BACK = 86_400.0
"""How long ago (seconds) a series may have ended and still show that a preset fits: the day whose past is read."""

_HISTOGRAM_PARTS = ("_bucket", "_sum")


class Discovery(msgspec.Struct, frozen=True):
    """What a server exported at an instant of what the presets name: sorted label names by preset and series.

    Plain values: can be kept on disk as JSON and read back. Only series that bear the preset's model label are in it.
    """

    at: float
    presets: dict[str, dict[str, tuple[str, ...]]]
    warnings: tuple[str, ...] = ()

    def compositions(
        self, presets: Iterable[Preset], rate_window: float, only: Model | None = None
    ) -> tuple[Composition, ...]:
        """Return what is asked of this server about all models or one, in the order in which presets own signals."""
        found = []
        for preset in presets:
            labels = {name: frozenset(names) for name, names in self.presets.get(preset.name, {}).items()}
            composition = compose(preset, labels, rate_window, only=only)
            if composition is not None:
                found.append(composition)
        return tuple(found)


async def discover(
    client: PrometheusClient,
    presets: Sequence[Preset],
    at: float,
    look_back: float = LOOK_BACK,
    until: float | None = None,
) -> Discovery:
    """Return which series of the presets a server had within `look_back` seconds before `at` (UTC seconds).

    `until` is when the answer must be there, on the clock of the event loop.

    Raises:
        SourceError: the server did not answer.
    """
    start = at - look_back
    wanted = sorted({name for preset in presets for name in preset.series_names()})
    names = await client.metric_names(selector("", [("__name__", "=~", "|".join(wanted))]), start, at, until=until)
    exported = {
        preset.name: tuple(name for name in preset.series_names() if name in frozenset(names.names))
        for preset in presets
    }

    async def labels_of(preset: Preset, series: str) -> NamesAnswer:
        matchers = [selector(series, [(label, "!=", "")]) for label in preset.labels.model]
        return await client.label_names(matchers, start, at, until=until)

    asked = [
        (preset, series)
        for preset in presets
        for series in exported[preset.name]
        if _family(series, exported[preset.name]) == series
    ]
    answers = await together(*(labels_of(preset, series) for preset, series in asked))
    labels = {(preset.name, series): answer.names for (preset, series), answer in zip(asked, answers, strict=True)}
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, series_names in exported.items():
        of_preset = {series: labels[name, _family(series, series_names)] for series in series_names}
        found[name] = {series: label_names for series, label_names in of_preset.items() if label_names}
    warnings = dict.fromkeys(warning for answer in (names, *answers) for warning in answer.warnings)
    return Discovery(at, found, tuple(warnings))


def _family(series: str, exported: tuple[str, ...]) -> str:
    """Return the series whose labels are those of a series: of a histogram's parts the count, which is the smallest."""
    for part in _HISTOGRAM_PARTS:
        count = series.removesuffix(part) + "_count"
        if series.endswith(part) and count in exported:
            return count
    return series
