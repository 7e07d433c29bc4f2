"""One model's past together with what it is judged by."""

import math
from fnmatch import fnmatchcase

import msgspec

from console.detect.breach import Hysteresis
from console.domain.model import Model
from console.domain.objective import Objective
from console.domain.series import Series
from console.domain.signal import LATENCY_BY_WORST_FIRST, TRAFFIC, Signal
from console.history.view import History, ModelHistory
from console.settings.settings import JudgementSettings, ModelRule

FEWEST_POINTS_OF_AN_EXPECTATION = 12
"""Points that a grid must hold before its median counts as what is expected: an hour of five-minute points."""


class Case(msgspec.Struct, frozen=True):
    """What a judge reads: the past of one model, its objective, the thresholds and the instant (UTC seconds).

    What ended at `reach` (UTC seconds) or later belongs to an incident that is told, however long ago that is.
    """

    history: ModelHistory
    objective: Objective
    judgement: JudgementSettings
    at: float
    reach: float = math.inf
    rate_window: float = 300.0
    """Seconds over which the rates of the fine grid are taken: for so long they repeat what is over."""

    @property
    def model_id(self) -> str:
        """Return the id of the model."""
        return self.history.model.id

    @property
    def told_since(self) -> float:
        """Return the instant (UTC seconds) before which what ended is not told any more."""
        return min(self.at - self.judgement.remember, self.reach)

    @property
    def hysteresis(self) -> Hysteresis:
        """Return when a broken limit counts, and when it is over and forgotten."""
        judgement = self.judgement
        return Hysteresis(judgement.confirm, judgement.recover, judgement.remember, self.told_since, self.reach)

    @property
    def traffic(self) -> Series | None:
        """Return requests per second on the fine grid."""
        return self.history.fine.get(TRAFFIC.name)

    @property
    def is_quiet(self) -> bool:
        """Return whether its targets tell that it gets too few requests to be judged."""
        requests = self.last(TRAFFIC)
        return self.history.live_targets.last > 0 and requests is not None and requests < self.judgement.minimum_traffic

    def last(self, signal: Signal) -> float | None:
        """Return the newest value of a signal, None where it is no number."""
        series = self.history.fine.get(signal.name)
        return series.last if series is not None and series.last == series.last else None

    def last_known(self, signal: Signal) -> float | None:
        """Return the newest value of a signal that is a number, None where there is none on the fine grid."""
        series = self.history.fine.get(signal.name)
        return series.last_value() if series is not None else None

    def headline(self) -> Signal | None:
        """Return the latency signal that speaks for the model: the worst quantile that has any data."""
        for signal in LATENCY_BY_WORST_FIRST:
            series = self.history.fine.get(signal.name)
            if series is not None and series.last_seen() is not None:
                return signal
        return None

    def expected(self, signal: Signal) -> float | None:
        """Return what the model's own past says of a signal: its median of the last day, None where none was read.

        With less than an hour of that, the median of the fine grid counts; with fewer points than an expectation
        needs, nothing is expected.
        """
        coarse = self.history.coarse.get(signal.name)
        if coarse is None:
            return None
        if _holds_enough(coarse):
            return self.history.expected.get(signal.name)
        fine = self.history.fine.get(signal.name)
        return fine.median() if fine is not None and _holds_enough(fine) else None


def _holds_enough(series: Series) -> bool:
    held = 0
    for value in series.values:
        held += value == value
        if held == FEWEST_POINTS_OF_AN_EXPECTATION:
            return True
    return False


def case_of(past: ModelHistory, history: History, settings: JudgementSettings, rules: tuple[ModelRule, ...]) -> Case:
    """Return what judges read of one model of a history."""
    return Case(past, objective_for(past.model, rules), settings, history.at, rate_window=history.rate_window)


def objective_for(model: Model, rules: tuple[ModelRule, ...]) -> Objective:
    """Return the objective of a model, the default where nobody promised one."""
    return promised_for(model, rules) or Objective()


def promised_for(model: Model, rules: tuple[ModelRule, ...]) -> Objective | None:
    """Return the objective of the first rule whose glob matches a model's id or name, None where none does.

    The name counts too, because an id changes when a namesake appears.
    """
    for rule in rules:
        if fnmatchcase(model.id, rule.match) or fnmatchcase(model.name.raw, rule.match):
            return rule.objective
    return None
