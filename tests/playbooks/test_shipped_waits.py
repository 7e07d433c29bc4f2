"""What the shipped playbooks wait for is what broke: a signal that was well all along ends no wait."""

import pytest

from console.playbooks.condition import Condition, Scope, Truth, checks_read, hold, truth
from console.playbooks.document import Playbook
from console.playbooks.library import Library
from console.playbooks.steps import WaitStep

OBJECTIVES: dict[str, float | None] = {"latency.objective": 0.5, "errors.objective": 0.001}
SLOW: dict[str, float | None] = {"latency": 2.0, "errors": 0.0, **OBJECTIVES}
FAILING: dict[str, float | None] = {"latency": 0.1, "errors": 0.3, **OBJECTIVES}
FINE: dict[str, float | None] = {"latency": 0.1, "errors": 0.0, **OBJECTIVES}


def waits() -> list[tuple[Playbook, Condition]]:
    return [
        (playbook, step.wait.until)
        for playbook in Library.load().playbooks
        for step in playbook.steps
        if isinstance(step, WaitStep) and "slow" in checks_read(step.wait.until)
    ]


def after_an_hour(until: Condition, values: dict[str, float | None], *, slow: Truth) -> Truth:
    durations = {"recover": 300.0, "confirm": 60.0}
    checks: dict[str, Truth] = {"slow": slow, "failing": not slow}
    began = Scope(0.0, values, checks, durations=durations)
    return truth(until, Scope(3600.0, values, checks, hold(until, began), durations))


def test_those_that_are_for_latency_and_errors_are_looked_at() -> None:
    assert {playbook.id for playbook, _ in waits()} == {
        "bad-replica",
        "dependency-slow-or-failing",
        "fleet-wide",
        "restore-capacity",
        "roll-back-version",
    }


@pytest.mark.parametrize(("playbook", "until"), waits(), ids=lambda value: getattr(value, "id", ""))
def test_a_wait_ends_when_what_broke_is_well(playbook: Playbook, until: Condition) -> None:
    assert after_an_hour(until, SLOW, slow=True) is False, playbook.id
    assert after_an_hour(until, FAILING, slow=False) is False
    assert after_an_hour(until, FINE, slow=True) is True
    assert after_an_hour(until, FINE, slow=False) is True
