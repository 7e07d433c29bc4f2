import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from console.actions.provider import Action, ActionRefused, Occasion, Prospect, ServedOtherwise
from console.actions.registry import OpenActions
from console.actions.specification import ActionSpecification, Argument, StandsFor
from console.domain.action import RiskTier
from console.domain.model import Owner, WorkloadFinding
from console.domain.model_actions import ModelActions, OfferedAction
from console.engine.action_lists import PROSPECT_SECONDS, ActionLists
from console.engine.gate import ActionGate
from console.settings.places import ActingPlace
from tests.engine.stage import SLOW

REPLICAS = Argument(name="replicas", meaning="how many replicas", kind="integer", least=1, most=9)


class Asked:
    """An action of which only the prospect is asked."""

    def __init__(self, name: str, answer: Prospect | Exception, **known: Any) -> None:
        self.specification = ActionSpecification(name=name, title=f"do {name}", arguments=(REPLICAS,), **known)
        self.context = "prod"
        self.answer = answer
        self.asked = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def prospect(self, occasion: Occasion) -> Prospect:
        self.asked += 1
        await self.may_answer.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Asking:
    """A list with a clock that is moved by hand and a kill switch that can be pulled."""

    def __init__(
        self, directory: Path, *actions: Asked, closed: Mapping[str, str] | None = None, least: int = 0
    ) -> None:
        self.now = 1000.0
        self.switch = directory / "actions.off"
        places = (ActingPlace("prod", write=True, how_to_allow="set it", minimum_tier=least),)
        gate = ActionGate(places, live=True, directory=directory, environment={})
        opened = {each.specification.name: cast("Action", each) for each in actions}
        specifications = {name: ActionSpecification(name=name, title="closed") for name in closed or {}}
        self.lists = ActionLists(OpenActions(opened, closed or {}), specifications, gate, lambda: self.now)

    async def all(self) -> list[ModelActions]:
        return [each async for each in self.lists.of(SLOW)]

    async def last(self) -> OfferedAction:
        return (await self.all())[-1].actions[0]


async def test_what_an_argument_takes_is_told_with_what_it_means(tmp_path: Path) -> None:
    prospect = Prospect(choices={"replicas": ("3", "2")}, meanings={"replicas": {"3": "v41"}})
    last = (await Asking(tmp_path, Asked("a.quick", prospect)).all())[-1]
    (argument,) = last.actions[0].arguments
    assert (argument.options, argument.expected) == (("3", "2"), "one of 3 (v41), 2")


async def test_the_list_is_there_at_once_and_greys_as_answers_come(tmp_path: Path) -> None:
    slow, quick = Asked("a.slow", Prospect("not allowed (RBAC)")), Asked("b.quick", Prospect(present={"replicas": "3"}))
    slow.may_answer.clear()
    quick.may_answer.clear()
    listing = Asking(tmp_path, slow, quick).lists.of(SLOW)
    first = await anext(listing)
    assert [(each.name, each.is_asked, each.why_not) for each in first.actions] == [
        ("a.slow", True, None),
        ("b.quick", True, None),
    ]
    quick.may_answer.set()
    second = await anext(listing)
    assert [each.is_asked for each in second.actions] == [True, False]
    assert second.actions[1].arguments[0].present == "3"
    assert second.actions[1].arguments[0].expected == "a whole number from 1 to 9"
    slow.may_answer.set()
    last = await anext(listing)
    assert [(each.name, each.why_not) for each in last.actions] == [
        ("b.quick", None),
        ("a.slow", "not allowed (RBAC)"),
    ]


async def test_an_answer_counts_for_a_minute(tmp_path: Path) -> None:
    action = Asked("a.do", Prospect())
    asking = Asking(tmp_path, action)
    await asking.all()
    assert [each.actions[0].is_asked for each in await asking.all()] == [False]
    asking.now += PROSPECT_SECONDS
    await asking.all()
    assert action.asked == 2


async def test_a_switch_that_is_pulled_greys_what_was_allowed(tmp_path: Path) -> None:
    asking = Asking(tmp_path, Asked("a.do", Prospect()))
    assert (await asking.last()).why_not is None
    asking.switch.write_text("change freeze", encoding="utf-8")
    told = (await asking.last()).why_not
    assert told is not None
    assert told.endswith("change freeze")


async def test_the_least_risk_of_a_place_is_told_before_a_plan_is_made(tmp_path: Path) -> None:
    bounded = Asked("a.do", Prospect(), tier=RiskTier.BOUNDED)
    tiers = [(await Asking(tmp_path, bounded, least=least).last()).tier for least in (0, 1, 3)]
    assert tiers == [RiskTier.BOUNDED, RiskTier.BOUNDED, RiskTier.HARD_TO_UNDO]


async def test_what_is_not_configured_says_what_is_missing_and_asks_nobody(tmp_path: Path) -> None:
    asking = Asking(tmp_path, closed={"mlflow.set_alias": "no mlflow is configured"})
    (listed,) = await asking.all()
    assert listed.actions[0].why_not == "no mlflow is configured"


@pytest.mark.parametrize(
    ("answer", "why_not", "unknown"),
    [
        (ActionRefused("no workload is known"), "no workload is known", None),
        (OSError("connection\x1b[2J refused"), None, "OSError at test_action_lists.py:"),
    ],
)
async def test_what_breaks_is_told_and_takes_nothing_away(
    tmp_path: Path, answer: Exception, why_not: str | None, unknown: str | None
) -> None:
    offered = await Asking(tmp_path, Asked("a.do", answer)).last()
    assert offered.why_not == why_not
    assert (offered.unknown or "").startswith(unknown or "")
    assert (offered.unknown or "x").isprintable()


async def test_what_an_owner_would_undo_names_the_action_that_is_meant(tmp_path: Path) -> None:
    owner = Owner("serving.kserve.io/v1beta1", "InferenceService", "fraud", "u2")
    child = Asked("kubernetes.scale", Prospect())
    parent = Asked("kserve.scale", Prospect(), stands_for=StandsFor("kubernetes.scale", owner.group, owner.kind))
    asking = Asking(tmp_path, child, parent)
    assert SLOW.workload is not None
    assert SLOW.workload.workload is not None
    owned = msgspec.structs.replace(SLOW.workload.workload, owner=owner)
    view = msgspec.structs.replace(SLOW, workload=WorkloadFinding(owned))
    listed = [each async for each in asking.lists.of(view)][-1]
    assert [(each.name, each.why_not, each.is_foreign) for each in listed.actions] == [
        ("kserve.scale", None, False),
        ("kubernetes.scale", "InferenceService fraud would undo it: kserve.scale does it there", False),
    ]
    assert child.asked == 0


async def test_systems_that_have_no_part_in_a_model_stand_at_the_end_from_the_first_list_on(tmp_path: Path) -> None:
    other = ServedOtherwise("KServe does not serve fraud: nothing owns it")
    actions = [Asked("kserve.scale", other), Asked("kserve.roll_back", other), Asked("kubernetes.scale", Prospect())]
    actions[2].may_answer.clear()
    asking = Asking(tmp_path, *actions, closed={"mlflow.set_alias": "no mlflow is configured"})
    first = await anext(asking.lists.of(SLOW))
    assert [each.name for each in first.own] == ["kubernetes.scale"]
    assert first.own[0].is_asked
    assert [(each.provider, len(each.actions), each.why_not) for each in first.foreign] == [
        ("mlflow", 1, "no mlflow is configured"),
        ("kserve", 2, str(other)),
    ]
    assert [each.provider for each in first.actions] == ["kubernetes", "mlflow", "kserve", "kserve"]
