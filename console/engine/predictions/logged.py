"""The past of models that have no metrics, from their log: the same signals on the same grids, judged alike."""

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence

from console.detect.errors import BURN_WINDOWS
from console.domain.circumstances import Part
from console.domain.model import Model
from console.domain.objective import BurnRate
from console.domain.series import NOT_A_NUMBER, Grid, Series
from console.domain.signal import ERROR_RATIO, LATENCY_P99, TRAFFIC
from console.history.predictions.service import WINDOW, ServiceSignals, read_service_signals
from console.history.view import ModelHistory
from console.sources.predictions.log import PredictionLog
from console.transport.sql import SqlStore

HOUR, DAY = 3600.0, 86_400.0


async def read_logged(
    store: SqlStore,
    log: PredictionLog,
    models: Iterable[Model],
    grids: tuple[Grid, Grid],
    *,
    newest: float,
    lateness: float,
    silence: float = 0.0,
) -> tuple[ModelHistory, ...]:
    """Return the past of some models on the fine and the coarse grid.

    `newest` is when the newest row of any model of the log was known to be logged (UTC seconds). After it nothing is
    known: what held then is carried on for `lateness` seconds, which rows may be late, and is no data from then on.
    A log whose newest row is at most `silence` seconds old goes on, and had no rows: it is known but for what is late.

    Raises:
        SourceError: the store does not answer.
    """
    asked = {model.name.raw: model for model in models}
    fine, coarse = grids
    now = await read_service_signals(store, log, fine, models=tuple(asked))
    day = await read_service_signals(store, log, coarse, models=tuple(asked))
    head = max([newest, coarse.start - coarse.step, *(served.newest for served in now.values())])
    if fine.end - head <= silence:
        head = max(head, fine.end - lateness)
    return tuple(
        _history(
            model,
            _carried(now.get(name), fine, head, lateness),
            _carried(day.get(name), coarse, head, lateness),
            _known(fine, head, lateness),
        )
        for name, model in asked.items()
    )


def _carried(
    served: ServiceSignals | None, grid: Grid, head: float, lateness: float
) -> tuple[dict[str, Series], tuple[Part, ...]]:
    """Return the signals, and how each version served, of what is known; no versions where nothing was logged."""
    if served is None:
        return {TRAFFIC.name: _carry(Series(grid, array("d", [0.0]) * grid.count), head, lateness)}, ()
    by_version = {version: _all_carried(series, head, lateness) for version, series in served.by_version.items()}
    return (
        _all_carried(served.series, head, lateness),
        tuple(
            Part(version, series[TRAFFIC.name], series.get(ERROR_RATIO.name), latency_high=series.get(LATENCY_P99.name))
            for version, series in by_version.items()
        ),
    )


def _all_carried(series: Mapping[str, Series], head: float, lateness: float) -> dict[str, Series]:
    return {name: _carry(each, head, lateness) for name, each in series.items()}


def _carry(series: Series, head: float, lateness: float) -> Series:
    grid = series.grid
    last = math.floor((head - grid.start) / grid.step)
    if last >= grid.count - 1:
        return series
    values = array("d", series.values)
    for index in range(max(0, last + 1), grid.count):
        late = grid.instant(index) - head
        values[index] = values[last] if last >= 0 and late <= lateness else NOT_A_NUMBER
    return Series(grid, values)


def _known(grid: Grid, head: float, lateness: float) -> Series:
    """Return 1 at each instant of which the log tells, NaN where it ended too long ago."""
    is_late = grid.end - head > lateness
    instants = (grid.instant(index) for index in range(grid.count))
    return Series(grid, array("d", [NOT_A_NUMBER if is_late and instant > head else 1.0 for instant in instants]))


def _history(
    model: Model,
    fine: tuple[dict[str, Series], tuple[Part, ...]],
    coarse: tuple[dict[str, Series], tuple[Part, ...]],
    known: Series,
) -> ModelHistory:
    nothing = Series.empty(known.grid)
    medians = {name: series.median() for name, series in coarse[0].items()}
    return ModelHistory(
        model=model,
        fine=fine[0],
        coarse=coarse[0],
        live_targets=known,
        dead_targets=nothing,
        replicas=nothing,
        expected={name: median for name, median in medians.items() if median is not None},
        traffic_by_version={part.name: part.traffic for part in fine[1] if part.traffic is not None},
        logged_versions=(fine[1], coarse[1]),
        burn_rates=_burn_rates(fine[0], coarse[0]),
        from_log=True,
    )


def _burn_rates(fine: Mapping[str, Series], coarse: Mapping[str, Series]) -> tuple[BurnRate, ...]:
    """Return the windows of which the grids tell: an hour of the fine one, a day of the coarse one."""
    rates = []
    for window in BURN_WINDOWS:
        series = fine if window <= HOUR else coarse
        if window > DAY or ERROR_RATIO.name not in series:
            continue
        asked, failed = _requests(series[TRAFFIC.name], series[ERROR_RATIO.name], window)
        if asked:
            rates.append(BurnRate(window, failed / asked, asked))
    return tuple(rates)


def _requests(traffic: Series, errors: Series, window: float) -> tuple[float, float]:
    """Return how many requests were asked and failed within a window that ends with the grid."""
    stride = max(1, round(WINDOW / traffic.grid.step))
    count = round(window / WINDOW)
    rates = _back_from_the_end(traffic.values, stride, count)
    ratios = _back_from_the_end(errors.values, stride, count)
    known = [(rate, ratio) for rate, ratio in zip(rates, ratios, strict=True) if rate == rate and ratio == ratio]
    return sum(rate for rate, _ in known) * WINDOW, sum(rate * ratio for rate, ratio in known) * WINDOW


def _back_from_the_end(values: Sequence[float], stride: int, count: int) -> list[float]:
    return [values[-1 - stride * index] for index in range(count) if stride * index < len(values)]
