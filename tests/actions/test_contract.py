"""The contract finds what is broken: each way to harm somebody is one finding, in words that say which."""

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import count
from typing import Any

import msgspec
import pytest

from console.actions.contract import Case, Lacking, checks_of, findings
from console.actions.provider import Occasion
from console.domain.action import Commitment, Outcome, Plan
from tests.actions.third_party.packages import EXAMPLE


@pytest.fixture(autouse=True)
def example(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the example of the documents be imported, as if it were installed."""
    before = set(sys.modules)
    for folder in (EXAMPLE, EXAMPLE / "tests"):
        monkeypatch.syspath_prepend(str(folder))
    yield
    for name in set(sys.modules) - before:
        if name.startswith("switchboard"):
            del sys.modules[name]


def sends_again(kind: type[Any]) -> type[Any]:
    class Resending(kind):  # type: ignore[misc]  # which class it is, is known when the example is there
        async def commit(self, plan: Plan) -> Commitment:
            found: Commitment = await super().commit(plan)
            return await super().commit(plan) if found.outcome is Outcome.UNKNOWN else found

    return Resending


def denies(kind: type[Any]) -> type[Any]:
    class Denying(kind):  # type: ignore[misc]  # as above
        async def settle(self, plan: Plan, sent_at: float) -> Commitment:
            return Commitment(Outcome.NOT_APPLIED, "no answer", sent_at)

    return Denying


def undoes_always(kind: type[Any]) -> type[Any]:
    class Overbearing(kind):  # type: ignore[misc]  # as above
        async def plan_undo(self, plan: Plan, *, may_dry_run: bool) -> Plan:
            undo: Plan = await super().plan_undo(plan, may_dry_run=may_dry_run)
            return msgspec.structs.replace(undo, refusals=())

    return Overbearing


def plans_otherwise(change: Callable[[Plan, Occasion], Plan]) -> Callable[[type[Any]], type[Any]]:
    def sabotaged(kind: type[Any]) -> type[Any]:
        class Otherwise(kind):  # type: ignore[misc]  # as above
            async def plan(self, occasion: Occasion, arguments: Mapping[str, object], *, may_dry_run: bool) -> Plan:
                return change(await super().plan(occasion, arguments, may_dry_run=may_dry_run), occasion)

        return Otherwise

    return sabotaged


_MOMENTS = count()


def with_the_time(plan: Plan, occasion: Occasion) -> Plan:
    body = {**plan.request.body, "at": next(_MOMENTS)}
    return msgspec.structs.replace(plan, request=msgspec.structs.replace(plan.request, body=body))


def with_the_raw_name(plan: Plan, occasion: Occasion) -> Plan:
    return msgspec.structs.replace(plan, notes=(f"for {occasion.by}",))


@pytest.mark.parametrize(
    ("sabotage", "told"),
    [
        (denies, "set_state: reads what became of a lost answer: without an answer the outcome is not_applied"),
        (sends_again, "set_state: reads what became of a lost request: 2 requests arrived for one commit"),
        (denies, "set_state: commits once: settle denies what was applied: not_applied (no answer)"),
        (undoes_always, "set_state: refuses to undo what moved on: the undo is offered although somebody changed"),
        (plans_otherwise(with_the_time), "set_state: plans without changing: two plans of the same state have"),
        (plans_otherwise(with_the_raw_name), "set_state: shows nothing hostile: the plan is not harmless: 'for fraud"),
    ],
)
async def test_what_is_broken_is_found(sabotage: Callable[[type[Any]], type[Any]], told: str) -> None:
    from switchboard_provider.set_state import SetState
    from switchboard_stand import stand

    found = await findings([Case(name="set_state", make=partial(stand, sabotage(SetState)))])
    assert any(line.startswith(told) for line in found), found


async def test_what_is_said_to_lack_is_held_to_it() -> None:
    from switchboard_stand import stand

    lacking = Lacking(dry_run="it has none", undo="it stays")
    found = await findings([Case(name="set_state", make=stand, lacking=lacking)])
    assert "set_state: undoes: an undo is planned, although: it stays" in found
    assert [line for line in found if line.startswith("set_state: plans without changing")]


async def test_a_stand_of_another_action_is_found() -> None:
    from switchboard_stand import stand

    found = await findings([Case(name="set_state", action="switchboard.reset", make=stand)])
    assert set(found) == {
        f"set_state: {check.__name__.removeprefix('check_').replace('_', ' ')}: "
        "the stand is one of switchboard.set_state, not of switchboard.reset"
        for check in checks_of(Lacking())
    }


def test_only_what_lacks_is_left_out() -> None:
    every = {check.__name__ for check in checks_of(Lacking())}
    fewer = {check.__name__ for check in checks_of(Lacking(precondition="none", foresight="none", undo="none"))}
    assert every - fewer == {
        "check_refuses_another_state",
        "check_tells_before_what_is_forbidden",
        "check_refuses_to_undo_what_moved_on",
    }
    assert len(every) == 12
