"""Builds the past of one model from plain lists, on a grid that ends at a fixed instant."""

import math
from array import array
from collections.abc import Mapping, Sequence

from console.detect.case import Case
from console.domain.label import Label
from console.domain.model import Model
from console.domain.objective import BurnRate, Objective
from console.domain.series import Grid, Series
from console.history.view import History, ModelHistory
from console.settings.settings import JudgementSettings

AT = 1_790_000_100.0
FINE = Grid.until(AT, 3600.0, 15.0)
COARSE = Grid.until(AT, 86_400.0, 300.0)
NO_DATA = math.nan


def on_grid(grid: Grid, values: Sequence[float] | float) -> Series:
    """Return the values at the end of a grid; the first of them also stands for everything before."""
    if isinstance(values, int | float):
        values = [values]
    filled = [float(values[0])] * (grid.count - len(values)) + [float(value) for value in values]
    return Series(grid, array("d", filled))


def a_past(
    fine: Mapping[str, Sequence[float] | float],
    coarse: Mapping[str, Sequence[float] | float] | None = None,
    *,
    live: Sequence[float] | float = 3,
    dead: Sequence[float] | float = 0,
    replicas: Sequence[float] | float = 3,
    versions: Mapping[str, Sequence[float] | float] | None = None,
    burn_rates: Sequence[BurnRate] = (),
    not_exported: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    name: str = "fraud",
) -> ModelHistory:
    coarse_series = {signal: on_grid(COARSE, values) for signal, values in (coarse or {}).items()}
    return ModelHistory(
        model=Model(name, Label(name), {"namespace": "ml"}),
        fine={signal: on_grid(FINE, values) for signal, values in fine.items()},
        coarse=coarse_series,
        live_targets=on_grid(FINE, live),
        dead_targets=on_grid(FINE, dead),
        replicas=on_grid(FINE, replicas),
        expected={
            signal: median for signal, series in coarse_series.items() if (median := series.median()) is not None
        },
        traffic_by_version={version: on_grid(FINE, values) for version, values in (versions or {}).items()},
        burn_rates=tuple(burn_rates),
        not_exported=dict(not_exported or {}),
        errors=dict(errors or {}),
    )


def a_case(past: ModelHistory, objective: Objective | None = None, judgement: JudgementSettings | None = None) -> Case:
    return Case(past, objective or Objective(), judgement or JudgementSettings(), AT)


def a_history(*pasts: ModelHistory, partial: str | None = None) -> History:
    return History(AT, FINE, COARSE, pasts, partial)


def burning(error_ratio: float, requests_per_second: float, *windows: float) -> list[BurnRate]:
    """Return burn rates of a constant error ratio over the given windows (seconds)."""
    return [BurnRate(window, error_ratio, requests_per_second * window) for window in windows]
