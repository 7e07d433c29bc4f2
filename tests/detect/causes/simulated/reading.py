"""What the console reads of a simulated incident at an instant: the case, its anomalies, and what surrounds them."""

import math
from array import array

import numpy

from console.detect.case import Case
from console.detect.errors import BURN_WINDOWS, judge_errors
from console.detect.latency import judge_latency
from console.detect.saturation import judge_saturation
from console.domain.anomaly import Anomaly
from console.domain.circumstances import Capacity, Circumstances, Dependency, Part
from console.domain.label import Label
from console.domain.model import Model
from console.domain.objective import BurnRate, Objective
from console.domain.series import Grid, Series
from console.history.view import ModelHistory
from console.settings.settings import JudgementSettings
from tests.detect.causes.simulated.drawing import DAY, POINTS, Drawn
from tests.detect.causes.simulated.pods import STEP, Numbers, Told, as_series, told_of

OTHER_MODELS = 20
"""How many other models are watched, who all know whether they broke, too."""
BEFORE = 120
"""Points before an incident whose median is what was well."""


class Reading:
    """Everything that can be read of an incident, made once; `at` cuts it at an instant."""

    def __init__(self, drawn: Drawn) -> None:
        assert drawn.counters is not None
        self.drawn = drawn
        counters, random = drawn.counters, drawn.random
        everyone = range(len(drawn.pods.versions))
        self.whole = told_of(counters, everyone)
        self.versions = {
            name: told_of(counters, [pod for pod in everyone if drawn.pods.versions[pod] == name])
            for name in dict.fromkeys(drawn.pods.versions)
        }
        self.replicas = [told_of(counters, [pod]) for pod in everyone]
        self.measured = counters.serves.sum(axis=0).astype(float)
        self.queue = counters.queue.sum(axis=0)
        alive = numpy.maximum(self.measured, 1)
        self.concurrency = (counters.concurrency * counters.serves).sum(axis=0) / alive
        self.computing = (counters.computing * counters.serves).sum(axis=0) / alive
        self.ready = self._ready()
        self.gap = numpy.zeros(POINTS, dtype=bool)
        if random.random() < 0.2:
            start = int(random.integers(POINTS - 300, POINTS - 20))
            self.gap[start : start + int(random.integers(2, 12))] = True
        self.factor = float(random.uniform(1.6, 3.0))

    def _ready(self) -> Numbers:
        drawn = self.drawn
        lagged = numpy.concatenate([numpy.repeat(self.measured[:1], drawn.ready_lags), self.measured])[:POINTS]
        if drawn.notices:
            return lagged
        return numpy.where(numpy.arange(POINTS) >= drawn.begins - 1, self.measured[drawn.begins - 2], lagged)

    def at(self, point: int) -> tuple[Case, tuple[Anomaly, ...], Circumstances] | None:
        """Return what is read at a point of the simulation, None where no metric is abnormal."""
        at = float(self.drawn.times[point])
        case = Case(self._history(point), self._objective(), JudgementSettings(), at)
        found = (*judge_latency(case), *judge_errors(case), *judge_saturation(case))
        if not any(anomaly.kind in ("latency", "errors") for anomaly in found):
            return None
        onset = min(anomaly.onset for anomaly in found)
        return case, (*found, *self.drawn.logged), self._circumstances(point, onset)

    def _objective(self) -> Objective:
        well = slice(self.drawn.begins - BEFORE, self.drawn.begins)
        high = (
            numpy.nanmedian(self.whole.high[well])
            if self.drawn.seen.quantile
            else numpy.nanmedian(self.whole.mean[well])
        )
        name = "latency_p99" if self.drawn.seen.quantile else "latency_mean"
        usual_errors = float(numpy.nanmedian(self.whole.error_ratio[well]))
        return Objective(1 - max(0.001, min(0.05, 8 * usual_errors)), {name: max(float(high) * self.factor, 1e-6)})

    def _series(self, point: int, values: Numbers, grid: Grid | None = None) -> Series:
        grid = grid or Grid.until(float(self.drawn.times[point]), 3600.0, STEP)
        every = round(grid.step / STEP)
        held = numpy.where(self.gap, math.nan, values)[: point + 1]
        return as_series(grid, held[(point % every) :: every] if every > 1 else held)

    def _history(self, point: int) -> ModelHistory:
        drawn, whole = self.drawn, self.whole
        fine = {
            "traffic": self._series(point, whole.traffic),
            "error_ratio": self._series(point, whole.error_ratio),
            "latency_mean": self._series(point, whole.mean),
        }
        if drawn.seen.quantile:
            fine["latency_p99"] = self._series(point, whole.high)
        if "concurrency" in drawn.seen.gauges:
            fine["saturation"] = self._series(point, self.concurrency)
        if "queue" in drawn.seen.gauges:
            fine["queue"] = self._series(point, self.queue)
        grid = Grid.until(float(drawn.times[point]), DAY, 300.0)
        coarse = {"traffic": self._day(point, grid, whole.traffic)} if drawn.seen.season else {}
        for name, values in (
            ("latency_mean", whole.mean),
            ("latency_p99", whole.high),
            ("error_ratio", whole.error_ratio),
        ):
            if name in fine:
                usual = float(numpy.nanmedian(values[: drawn.begins]))
                coarse[name] = Series(grid, array("d", [usual] * grid.count))
        replicas = self._series(point, self.measured if drawn.seen.replicas else numpy.full(POINTS, math.nan))
        return ModelHistory(
            model=Model("m", Label("m"), {}),
            fine=fine,
            coarse=coarse,
            live_targets=replicas,
            dead_targets=self._series(point, numpy.zeros(POINTS)),
            replicas=replicas,
            expected={name: median for name, series in coarse.items() if (median := series.median()) is not None},
            burn_rates=tuple(self._burn(point, window) for window in BURN_WINDOWS),
        )

    def _day(self, point: int, grid: Grid, traffic: Numbers) -> Series:
        """Return the traffic of the last day: the wave, and what was simulated."""
        drawn = self.drawn
        instants = grid.start + grid.step * numpy.arange(grid.count)
        wave = 1.0 + drawn.daily * numpy.cos(2 * math.pi * instants / DAY + drawn.phase)
        now = drawn.begins - BEFORE
        there = 1.0 + drawn.daily * math.cos(2 * math.pi * float(drawn.times[now]) / DAY + drawn.phase)
        level = numpy.nanmedian(drawn.pods.arrivals[now - 20 : now + 20]) / there
        weather = numpy.random.default_rng(drawn.begins).normal(1.0, 0.06)
        values = wave * level * weather
        known = instants >= drawn.times[0]
        values[known] = numpy.interp(instants[known], drawn.times, numpy.nan_to_num(traffic))
        return Series(grid, array("d", values))

    def _burn(self, point: int, window: float) -> BurnRate:
        counters = self.drawn.counters
        assert counters is not None
        steps = min(round(window / STEP), point)
        requests = float(counters.requests[:, point - steps : point].sum())
        failed = float(counters.failed[:, point - steps : point].sum())
        longer = window / (max(steps, 1) * STEP)
        usual = float(numpy.nanmedian(self.whole.error_ratio[: self.drawn.begins]))
        total = requests * longer
        return BurnRate(window, (failed + (total - requests) * usual) / max(total, 1.0), total)

    def _circumstances(self, point: int, onset: float) -> Circumstances:
        drawn, at = self.drawn, float(self.drawn.times[point])
        grid = Grid.until(at, 3600.0, STEP) if at - onset <= 1800 else Grid.until(at, 10_800.0, 60.0)
        grid = Grid(grid.start, grid.step, min(grid.count, point * round(STEP) // round(grid.step)))
        grid = Grid(math.floor(at / grid.step) * grid.step - grid.step * (grid.count - 1), grid.step, grid.count)
        return Circumstances(
            "m",
            grid,
            onset,
            versions=tuple(
                self._part(point, grid, name, told) for name, told in self.versions.items() if drawn.seen.versions
            ),
            replicas=tuple(
                self._part(
                    point,
                    grid,
                    f"pod-{pod}",
                    told,
                    drawn.pods.versions[pod] if drawn.seen.versions else None,
                    drawn.pods.nodes[pod],
                )
                for pod, told in enumerate(self.replicas)
                if drawn.seen.replicas and (self.drawn.pods.share[pod, : point + 1] > 0).any()
            ),
            capacity=self._capacity(point, grid),
            gauges=self._gauges(point, grid),
            dependencies=tuple(
                Dependency(
                    name,
                    None if latency is None else self._series(point, latency, grid),
                    None if errors is None else self._series(point, errors, grid),
                    ("m", "other"),
                    ("other",) if troubled else (),
                )
                for name, latency, errors, troubled in drawn.dependencies
            ),
            alongside=drawn.alongside,
            others_well=0 if drawn.alongside else OTHER_MODELS,
        )

    def _part(
        self, point: int, grid: Grid, name: str, told: Told, version: str | None = None, node: str | None = None
    ) -> Part:
        return Part(
            name,
            self._series(point, told.traffic, grid),
            self._series(point, told.error_ratio, grid),
            self._series(point, told.mean, grid),
            self._series(point, told.high, grid) if self.drawn.seen.quantile else None,
            version,
            node,
        )

    def _capacity(self, point: int, grid: Grid) -> Capacity:
        seen = self.drawn.seen
        measured = self._series(point, self.measured, grid) if seen.replicas else None
        ready = self._series(point, self.ready, grid) if seen.ready else measured
        return Capacity(ready=ready)

    def _gauges(self, point: int, grid: Grid) -> dict[str, Series]:
        drawn, found = self.drawn, {}
        for name in drawn.seen.gauges:
            if name == "concurrency":
                found[name] = self._series(point, self.concurrency, grid)
            elif name == "queue":
                found[name] = self._series(point, self.queue, grid)
            else:
                found[name] = self._series(point, self.computing if drawn.gpu is None else drawn.gpu, grid)
        return found
