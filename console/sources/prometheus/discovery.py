"""Which presets fit a server: one question for the names of series, then one per series for its labels."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from console.domain.model import Model
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.exported import LabelNames
from console.sources.prometheus.fleet_queries import Offer, compositions
from console.sources.prometheus.histogram import finite_bound
from console.sources.prometheus.preset import Preset
from console.sources.prometheus.promql import selector
from console.sources.prometheus.signal_query import BOUND_LABEL, Composition
from console.transport.http import together

LOOK_BACK = 86_400.0
"""How long ago (seconds) a series may have ended and still show that a preset fits: the day whose past is read."""

_HISTOGRAM_PARTS = ("_bucket", "_sum")


class Discovery(msgspec.Struct, frozen=True):
    """What a server exported at an instant of what the presets name: sorted label names by preset and series.

    Plain values: can be kept on disk as JSON and read back. Only series that bear one of the preset's key labels are in
    it; `beside` holds those of any series that gets its model from another series of its scrape target.
    """

    at: float
    presets: dict[str, dict[str, tuple[str, ...]]]
    warnings: tuple[str, ...] = ()
    beside: dict[str, tuple[str, ...]] = {}
    bounds: tuple[float, ...] = ()
    """The finite bounds of all buckets, in the units in which they are exported."""

    def exports_the_same(self, other: "Discovery") -> bool:
        """Return whether the same is asked of a server as of another or an earlier discovery of it."""
        return self.presets == other.presets and self.beside == other.beside

    def compositions(
        self, presets: Iterable[Preset], rate_window: float, only: tuple[Model, ...] = ()
    ) -> tuple[Composition, ...]:
        """Return what is asked of this server about all models or some, in the order in which presets own signals."""
        return tuple(compositions(self.offers(presets), self.labels_beside, rate_window, only))

    def offers(self, presets: Iterable[Preset]) -> list[Offer]:
        """Return the presets of which anything is exported, with the label names of it."""
        return [(preset, _sets(labels)) for preset in presets if (labels := self.presets.get(preset.name))]

    @property
    def labels_beside(self) -> LabelNames:
        """Return the label names of series that get their model from another series of their scrape target."""
        return _sets(self.beside)


async def discover(
    client: PrometheusClient,
    presets: Sequence[Preset],
    at: float,
    look_back: float = LOOK_BACK,
    until: float | None = None,
) -> Discovery:
    """Return which series of the presets a server had within `look_back` seconds before `at` (UTC seconds).

    `until` is when the answer must be there, on the clock of the event loop. What nobody exports costs no request.

    Raises:
        SourceError: the server did not answer.
    """
    start = at - look_back
    named = [(preset, (*preset.series_names(), *preset.native_names())) for preset in presets]
    wanted = sorted({name for _, series_names in named for name in series_names})
    names = await client.metric_names(selector("", [("__name__", "=~", "|".join(wanted))]), start, at, until=until)
    exported = frozenset(names.names)
    present = [preset for preset, series_names in named if not exported.isdisjoint(series_names)]
    questions = dict.fromkeys(question for preset in present for question in _questions(preset, exported))
    asked = [client.label_names(list(question), start, at, until=until) for question in questions]
    if buckets := _buckets(present, exported):
        asked.append(client.label_values(BOUND_LABEL, buckets, start, at, until=until))
    answers = await together(*asked)
    labels = {question: answer.names for question, answer in zip(questions, answers, strict=False)}
    found: dict[str, dict[str, tuple[str, ...]]] = {preset.name: {} for preset in presets}
    beside: dict[str, tuple[str, ...]] = {}
    for preset in present:
        of_preset = found[preset.name]
        for series in filter(exported.__contains__, (*preset.series_names(), *preset.native_names())):
            if known := labels.get(_question(preset, series, exported)):
                of_preset[series] = known
        for series in _borrowing(preset, exported):
            beside[series] = labels[_question_beside(series, exported)]
    warnings = dict.fromkeys(warning for answer in (names, *answers) for warning in answer.warnings)
    told = answers[-1].names if buckets else ()
    bounds = tuple(bound for text in told if (bound := finite_bound(text)) is not None)
    return Discovery(at, found, tuple(warnings), beside, bounds)


def _buckets(presets: Sequence[Preset], exported: frozenset[str]) -> list[str]:
    """Return selectors of all buckets."""
    names = {name for preset in presets for name in preset.series_names() if name.endswith("_bucket")}
    return [selector(name, ()) for name in sorted(names & exported)]


Question = tuple[str, ...]
"""Selectors of which a server is asked what labels their series bear."""


def _questions(preset: Preset, exported: frozenset[str]) -> Iterator[Question]:
    owned = _owned(preset, exported).union(preset.native_names())
    for series in filter(exported.__contains__, (*preset.series_names(), *preset.native_names())):
        if series in owned:
            yield _question(preset, series, exported)
    for series in _borrowing(preset, exported):
        yield _question_beside(series, exported)


def _owned(preset: Preset, exported: frozenset[str]) -> frozenset[str]:
    """Return the series that bear a key label themselves, or lend it to one that is exported."""
    borrowing = (each for each in preset.selections() if not exported.isdisjoint(each.names))
    lenders = {each.labels_from for each in borrowing if each.labels_from is not None}
    return frozenset(lenders).union(preset.own_series_names())


def _borrowing(preset: Preset, exported: frozenset[str]) -> list[str]:
    """Return the exported series that get their model from another one that is exported, too."""
    borrowing = (each for each in preset.selections() if each.labels_from in exported)
    return list(dict.fromkeys(name for each in borrowing for name in each.names if name in exported))


def _question(preset: Preset, series: str, exported: frozenset[str]) -> Question:
    frame = _frame(preset, series)
    family = _family(series, exported)
    return tuple(selector(family, [(label, "!=", ""), *frame]) for label in preset.key_labels)


def _question_beside(series: str, exported: frozenset[str]) -> Question:
    return (_family(series, exported),)


def _frame(preset: Preset, series: str) -> list[tuple[str, str, str]]:
    """Return the matchers that every use of a series has in common, none where its uses differ."""
    frames = {
        tuple((label, "!~", pattern) for label, pattern in each.unless.items())
        for each in preset.selections()
        if series in each.names
    }
    return list(frames.pop()) if len(frames) == 1 else []


def _family(series: str, exported: frozenset[str]) -> str:
    """Return the series whose labels are those of a series: of a histogram's parts the count, which is the smallest."""
    for part in _HISTOGRAM_PARTS:
        count = series.removesuffix(part) + "_count"
        if series.endswith(part) and count in exported:
            return count
    return series


def _sets(names: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    return {series: frozenset(labels) for series, labels in names.items()}
