"""Reads how the versions of one model served: one question for all of its presets and signals."""

from collections.abc import Iterable, Mapping, Sequence

from console.domain.label import harmless
from console.domain.model import Model
from console.domain.series import Grid, Series
from console.domain.served import MeasuredVersion
from console.domain.signal import ERROR_RATIO, TRAFFIC
from console.history.matrix import from_answer
from console.history.tally import Tally
from console.sources.prometheus.answers import RangeAnswer, decode_labels
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.discovery import Discovery
from console.sources.prometheus.exported import Exported
from console.sources.prometheus.fleet_queries import exported_presets
from console.sources.prometheus.preset import Preset
from console.sources.prometheus.version_query import VersionQuery, version_query
from console.transport.http import SourceError

_LONGEST_REASON = 200
_OfPreset = dict[str, dict[str, Series]]
"""Series by version and signal."""


def asked_of(
    discovery: Discovery,
    presets: Iterable[Preset],
    model: Model,
    told_by: Iterable[str],
    latencies: Sequence[str],
    rate_window: float,
    *,
    has_namesakes: bool,
) -> VersionQuery | None:
    """Return the question about one model, None where no preset counts its requests.

    Args:
        discovery: what the server exports.
        presets: all presets.
        model: the model.
        told_by: the names of the presets that know of it.
        latencies: the names of the latency signals that were promised.
        rate_window: of the rates (seconds).
        has_namesakes: whether its name alone does not tell which model it is.
    """
    known = frozenset(told_by)
    found = exported_presets(discovery.offers(presets), discovery.labels_beside, (model,))
    fitting = [each for each in found if each.preset.name in known]
    if has_namesakes:
        fitting = [each for each in fitting if _tells_apart(each, model)]
    return version_query(fitting, rate_window, latencies)


async def read_versions(
    client: PrometheusClient, query: VersionQuery, grid: Grid, tally: Tally
) -> tuple[MeasuredVersion, ...]:
    """Return the versions of one model on a grid by the preset that tells most: names of versions first, then signals.

    Raises:
        SourceError: the server does not answer, or not this, or only in part: what is missing may be what was bad.
    """
    answer = await client.query_range(query.expression, grid.start, grid.end, grid.step, until=tally.until)
    tally.count(answer)
    if tally.incomplete:
        raise SourceError(f"the answer is known in part only: {harmless('; '.join(tally.incomplete), _LONGEST_REASON)}")
    found = _by_preset(answer, query, grid)
    best = max(found.items(), key=lambda item: (_tells(item[1]), -item[0]), default=(0, {}))[1]
    return tuple(_version(name, signals) for name, signals in sorted(best.items()) if TRAFFIC.name in signals)


def _by_preset(answer: RangeAnswer, query: VersionQuery, grid: Grid) -> dict[int, _OfPreset]:
    matrix, width = from_answer(answer.series, grid), grid.count
    found: dict[int, _OfPreset] = {}
    for number, key in enumerate(answer.keys):
        row = query.row(decode_labels(key))
        if row is None:
            continue
        series = Series(grid, matrix[number * width : (number + 1) * width])
        found.setdefault(row.preset, {}).setdefault(row.version, {})[row.signal] = series
    return found


def _tells(versions: _OfPreset) -> tuple[bool, int]:
    """Return whether versions are named, and how many signals are told; nothing counts without traffic."""
    counted = {name: signals for name, signals in versions.items() if TRAFFIC.name in signals}
    signals = {signal for each in counted.values() for signal in each}
    return any(counted), len(signals)


def _version(name: str, signals: Mapping[str, Series]) -> MeasuredVersion:
    latencies = {signal: series for signal, series in signals.items() if signal not in (TRAFFIC.name, ERROR_RATIO.name)}
    return MeasuredVersion(name, signals[TRAFFIC.name], signals.get(ERROR_RATIO.name), latencies)


def _tells_apart(found: Exported, model: Model) -> bool:
    return {name for name, _ in found.identity.others}.issuperset(model.labels)
