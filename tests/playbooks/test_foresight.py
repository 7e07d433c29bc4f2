from console.domain.action import Outcome
from console.playbooks.events import Chosen, EvidenceSeen, ParameterGiven, PlanFailed
from console.playbooks.foresight import plans_ahead
from tests.playbooks.follower import PLAYBOOK, SLOW, Follower, phase


def seen(at: float = 1001.0, **values: float | None) -> EvidenceSeen:
    return EvidenceSeen(at=at, values={**SLOW, **values}, fresh_for=45.0)


def at_the_decision() -> Follower:
    follower = Follower()
    follower.see(1001.0, SLOW)
    return follower


def arguments_ahead(follower: Follower, evidence: EvidenceSeen | None = None) -> list[dict[str, int | str]]:
    ahead = plans_ahead(PLAYBOOK, follower.state, evidence or seen())
    return [] if ahead is None else [attempt.arguments for attempt in ahead.attempts]


def test_a_decision_asks_next_for_the_plan_that_its_answer_would_make() -> None:
    follower = at_the_decision()
    (ahead,) = arguments_ahead(follower)
    before = follower.state
    follower.take(Chosen(at=1001.0, step="pick", key="s"))
    follower.see(1001.0, SLOW)
    assert follower.state.attempt is not None
    assert ahead == follower.state.attempt.arguments
    assert before != follower.state


def test_it_asks_by_what_is_seen_and_given_now() -> None:
    follower = at_the_decision()
    assert arguments_ahead(follower, seen(wanted=6.0)) != arguments_ahead(follower)
    name = next(iter(PLAYBOOK.params))
    follower.take(ParameterGiven(at=1001.0, name=name, value=7))
    assert arguments_ahead(follower)[0]["replicas"] == 7


def test_guards_that_let_nothing_pass_ask_for_nothing() -> None:
    assert arguments_ahead(at_the_decision(), seen(replicas=None)) == []


def test_a_run_that_waits_for_nobody_asks_for_nothing() -> None:
    follower = Follower()
    assert arguments_ahead(follower) == [], "it stands at a check"
    follower.commit(1001.0, Outcome.APPLIED)
    assert arguments_ahead(follower, seen(1002.0)) == []


def test_a_plan_that_could_not_be_made_can_be_asked_for_again() -> None:
    follower = at_the_decision()
    follower.take(Chosen(at=1001.0, step="pick", key="s"))
    follower.see(1001.0, SLOW)
    follower.take(PlanFailed(at=1001.0, step="scale", reason="no answer"))
    assert phase(follower.state) == "held"
    assert len(arguments_ahead(follower)) == 1
