"""The scorer against answers that are known."""

import math

import pytest

from console.domain.anomaly import AnomalyKind, CauseKind
from tests.scenarios.looking import Said
from tests.scenarios.scoring import calibration_error, score, share_of_sure
from tests.scenarios.table import misses, table
from tests.scenarios.world import Label

ONSET = 100_000.0
INCIDENT = Label("eta", "surge", ONSET, ("latency",), CauseKind.TRAFFIC_SURGE, ("scale-out",))
LOOK_ALIKE = Label("ads", "season", ONSET)
LOOKED = [ONSET - 900.0, *(ONSET + after for after in (120.0, 300.0, 600.0, 1500.0))]


def said(
    model: str,
    at: float,
    cause: CauseKind | None = CauseKind.TRAFFIC_SURGE,
    playbooks: tuple[str, ...] = ("scale-out",),
    onset: float = ONSET + 30.0,
) -> Said:
    return Said(
        at, model, AnomalyKind.LATENCY, onset, cause, 0.9 if cause else None, playbooks, "p99 2 s", "critical", 0
    )


def test_an_incident_that_is_told_right_is_right_in_everything() -> None:
    total = score(1, [INCIDENT], [said("eta", at) for at in LOOKED[2:]], LOOKED)
    (result,) = total.results
    assert result.detected == 300.0
    assert result.in_time
    assert all((answer.kind, answer.cause, answer.playbook) == (True, True, True) for answer in result.answers)
    assert [answer.after for answer in result.answers] == [300.0, 600.0, 1500.0]
    assert misses(total) == []


def test_silence_is_wrong_in_everything_and_a_late_word_is_late() -> None:
    silent = score(1, [INCIDENT], [], LOOKED).results[0]
    late = score(1, [INCIDENT], [said("eta", ONSET + 600.0)], LOOKED).results[0]
    assert silent.detected is None
    assert not silent.in_time
    assert {(answer.kind, answer.cause, answer.playbook) for answer in silent.answers} == {(False, False, False)}
    assert late.detected == 600.0
    assert not late.in_time


def test_another_cause_and_another_playbook_are_wrong() -> None:
    answers = score(1, [INCIDENT], [said("eta", ONSET + 600.0, None, ("roll-back-version",))], LOOKED)
    settled = answers.results[0].settled
    assert settled is not None
    assert (settled.kind, settled.cause, settled.playbook) == (True, False, False)


def test_what_is_said_of_healthy_models_is_false_once_for_each_episode() -> None:
    of_healthy = [said("ads", at) for at in (LOOKED[1], LOOKED[2], LOOKED[4])]
    before = [said("eta", LOOKED[0], onset=LOOKED[0] - 60.0)]
    total = score(1, [INCIDENT, LOOK_ALIKE], [*of_healthy, *before], LOOKED)
    assert [(false.label.model, false.said.at) for false in total.false] == [
        ("eta", LOOKED[0]),
        ("ads", LOOKED[1]),
        ("ads", LOOKED[4]),
    ]
    assert total.healthy_days == pytest.approx((900.0 + 2400.0) / 86_400.0)


def test_calibration_is_the_mean_distance_of_what_was_said_and_what_was_so() -> None:
    stated = [(0.9, True)] * 9 + [(0.9, False)] + [(0.5, True)] * 10
    assert calibration_error(stated) == pytest.approx(0.25)
    assert share_of_sure(stated) == 0.5
    assert calibration_error([]) is None


def test_the_table_names_each_story_and_each_bar() -> None:
    total = score(1, [INCIDENT, LOOK_ALIKE], [said("eta", at) for at in LOOKED[2:]], LOOKED)
    told = table(total)
    assert "surge" in told
    assert "metric kinds in time" in told
    assert "100 %" in told
    assert not math.isnan(total.healthy_days)
