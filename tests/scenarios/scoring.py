"""Compares what was said of labelled models with what is right."""

from collections.abc import Iterable, Sequence

import msgspec

from console.domain.anomaly import CauseKind
from tests.scenarios.looking import Said, looks_after
from tests.scenarios.world import Label

SETTLED = 600.0
"""Seconds after the onset at which the table asks for kind, cause and playbook; the rates over instants ask at all."""

_BEFORE = 120.0
"""Seconds by which a told onset may be too early and still mean the incident; of logs, it is that of an hour."""
_SAME = 900.0
"""Seconds within which two false anomalies of a model and kind are one."""
_HOUR = 3600.0
_DAY = 86_400.0
_SURE = 0.8
_BINS = 10


class Answer(msgspec.Struct, frozen=True):
    """What was said of an incident at one instant, and whether it was right; None: not asked for."""

    after: float
    said: Said | None
    kind: bool
    cause: bool | None
    playbook: bool | None


class Result(msgspec.Struct, frozen=True):
    """How one incident was told: `detected` is seconds from its onset to the first instant that tells of it."""

    label: Label
    world: int
    detected: float | None
    answers: tuple[Answer, ...]

    @property
    def in_time(self) -> bool:
        """Return whether it was detected as soon as it must be."""
        return self.detected is not None and self.detected <= self.label.within + 1.0

    @property
    def settled(self) -> Answer | None:
        """Return the answer once the incident is as old as the table asks for."""
        return next((answer for answer in self.answers if answer.after >= SETTLED - 1.0), None)


class FalseAnomaly(msgspec.Struct, frozen=True):
    """An anomaly of a model to which nothing had happened, as it was said first."""

    label: Label
    world: int
    said: Said


class Score(msgspec.Struct, frozen=True):
    """What all fleets that were looked at add up to."""

    results: tuple[Result, ...] = ()
    false: tuple[FalseAnomaly, ...] = ()
    healthy_days: float = 0.0

    def __add__(self, other: "Score") -> "Score":
        """Return both together."""
        return Score(self.results + other.results, self.false + other.false, self.healthy_days + other.healthy_days)

    @property
    def stated(self) -> list[tuple[float, bool]]:
        """Return the confidence of each cause that was stated where one was asked for, and whether it was right."""
        return [
            (answer.said.confidence, answer.cause)
            for result in self.results
            for answer in result.answers
            if answer.said is not None and answer.said.confidence is not None and answer.cause is not None
        ]


def score(world: int, labels: Iterable[Label], said: Sequence[Said], looked: Sequence[float]) -> Score:
    """Return how a fleet was told; `looked` are the instants, ascending, `world` names the fleet."""
    by_model: dict[str, list[Said]] = {}
    for each in said:
        by_model.setdefault(each.model, []).append(each)
    total = Score()
    for label in labels:
        mine = by_model.get(label.model, [])
        healthy_until = label.onset if label.is_incident else looked[-1]
        before = [each for each in mine if each.at < label.onset or not label.is_incident]
        total += Score(
            results=(_result(world, label, mine, looked),) if label.is_incident else (),
            false=tuple(FalseAnomaly(label, world, each) for each in _episodes(before, looked)),
            healthy_days=max(0.0, healthy_until - looked[0]) / _DAY,
        )
    return total


def _result(world: int, label: Label, said: Sequence[Said], looked: Sequence[float]) -> Result:
    detected = next(
        (
            each.at - label.onset
            for each in said
            if label.onset <= each.at < label.ends
            and each.kind in label.kinds
            and each.onset >= label.onset - (_HOUR if label.looked else _BEFORE)
        ),
        None,
    )
    answers = []
    for after in looks_after(label):
        at = float(round(label.onset + after))
        if after < label.within or at not in looked or at >= label.ends:
            continue
        first = next((each for each in said if each.at == at and each.rank == 0), None)
        answers.append(_answer(label, after, first))
    return Result(label, world, detected, tuple(answers))


def _answer(label: Label, after: float, said: Said | None) -> Answer:
    asked_cause, asked_playbook = label.cause is not None, bool(label.playbooks)
    if said is None:
        return Answer(after, None, False, False if asked_cause else None, False if asked_playbook else None)
    cause = said.cause or CauseKind.UNKNOWN
    return Answer(
        after,
        said,
        kind=said.kind in label.kinds,
        cause=cause == label.cause if asked_cause else None,
        playbook=said.playbooks[:1] != () and said.playbooks[0] in label.playbooks if asked_playbook else None,
    )


def _episodes(said: Sequence[Said], looked: Sequence[float]) -> list[Said]:
    """Return each anomaly as it was said first: what is told at the next look, or within minutes, is the same."""
    turns = {at: turn for turn, at in enumerate(looked)}
    found: list[Said] = []
    last: dict[str, Said] = {}
    for each in said:
        before = last.get(each.kind)
        if before is None or (turns[each.at] - turns[before.at] > 1 and each.at - before.at > _SAME):
            found.append(each)
        last[each.kind] = each
    return found


def calibration_error(stated: Sequence[tuple[float, bool]]) -> float | None:
    """Return the expected calibration error over ten bins of equal width; None where nothing was stated.

    Naeini, Cooper, Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015.
    """
    if not stated:
        return None
    error = 0.0
    for number in range(_BINS):
        inside = [each for each in stated if min(int(each[0] * _BINS), _BINS - 1) == number]
        if inside:
            confidence = sum(each[0] for each in inside) / len(inside)
            right = sum(each[1] for each in inside) / len(inside)
            error += len(inside) / len(stated) * abs(confidence - right)
    return error


def share_of_sure(stated: Sequence[tuple[float, bool]]) -> float | None:
    """Return the ratio of causes that were stated with a confidence of at least 0.8."""
    return sum(confidence >= _SURE for confidence, _ in stated) / len(stated) if stated else None
