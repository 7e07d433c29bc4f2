"""What stands between the console and a server answers for it: 429 and every 5xx, whether the server did it or not."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple

import pytest

from console.actions.contract import Case, Lacking
from console.actions.contract.checks import LAST_ARRIVAL_SECONDS
from console.domain.action import Commitment, Outcome, Plan
from tests.actions.alertmanager.stands import cases
from tests.actions.kubeflow import test_contract as kubeflow
from tests.actions.mlflow import test_contract as mlflow
from tests.actions.notify import test_contract as notify
from tests.actions.proxied_stand import ProxiedStand
from tests.actions.webhook import test_contract as webhook
from tests.services import Alertmanager, Servers
from tests.sources.lying_server import Lie, answer

GATEWAYS = (
    Lie(500, b"<html><h1>Internal Server Error</h1></html>", "text/html"),
    Lie(502, b"<html><h1>Bad Gateway</h1></html>", "text/html"),
    Lie(503, b"upstream connect error or disconnect/reset before headers", "text/plain", {"Retry-After": "20"}),
    answer({"message": "Endpoint request timed out"}, 504),
)
TOO_MANY = answer({"message": "slow down"}, 429, **{"Retry-After": "30"})
CASES = (*mlflow.CASES, *kubeflow.CASES, *webhook.CASES, *notify.CASES)


class Tried(NamedTuple):
    """One action on a stand whose server gets no answer through, and what its system cannot tell."""

    stand: ProxiedStand
    lacking: Lacking

    async def planned(self) -> Plan:
        plan = await self.stand.action.plan(self.stand.occasion, self.stand.arguments, may_dry_run=True)
        assert plan.refusals == ()
        return plan

    async def committed(self, plan: Plan, lie: Lie) -> Commitment:
        """Send a plan, whose answer is a lie, and nothing twice."""
        sent = self.stand.sent
        commitment = await self.stand.action.commit(plan)
        assert self.stand.sent == sent + 1
        assert f"answered {lie.status}" in commitment.detail
        return commitment

    async def is_told_by_reading(self, lie: Lie) -> None:
        """The server does what it is asked for, and then what its undo asks for; what answers says that it failed."""
        plan = await self.planned()
        self.stand.answer_instead(lie)
        expected = Outcome.APPLIED if self.lacking.proof_of_effect is None else Outcome.UNKNOWN
        commitment = await self.committed(plan, lie)
        assert commitment.outcome is expected, commitment.detail
        if self.lacking.undo is None:
            undo = await self.stand.action.plan_undo(plan, may_dry_run=True)
            taken_back = await self.committed(undo, lie)
            assert taken_back.outcome is Outcome.APPLIED, taken_back.detail

    async def is_not_denied_at_once(self, lie: Lie) -> None:
        """What answers got nothing through, which nobody knows before the request cannot arrive any more."""
        plan, before = await self.planned(), await self.stand.state()
        self.stand.answer_for(lie)
        commitment = await self.committed(plan, lie)
        assert commitment.outcome is Outcome.UNKNOWN, commitment.detail
        await self.stand.pass_time(LAST_ARRIVAL_SECONDS)
        settled = await self.stand.action.settle(plan, commitment.at)
        expected = Outcome.NOT_APPLIED if self.lacking.proof_of_absence is None else Outcome.UNKNOWN
        assert settled.outcome is expected, settled.detail
        assert await self.stand.state() == before

    async def is_refused_for_a_while(self) -> None:
        """Who asks too often is told so, and when to ask again; the console does not by itself."""
        plan, before = await self.planned(), await self.stand.state()
        self.stand.answer_for(TOO_MANY)
        commitment = await self.committed(plan, TOO_MANY)
        assert commitment.outcome is Outcome.NOT_APPLIED, commitment.detail
        assert "slow down" in commitment.detail
        assert "Retry-After: 30" in commitment.detail
        assert await self.stand.state() == before

    async def is_believed_unless_it_is_there(self) -> None:
        """Something on the way sent it twice, and was refused the second time: what bears its mark is there."""
        plan, before = await self.planned(), await self.stand.state()
        self.stand.answer_instead(TOO_MANY)
        commitment = await self.committed(plan, TOO_MANY)
        assert await self.stand.state() != before
        expected = Outcome.APPLIED if self.stand.is_found_again else Outcome.NOT_APPLIED
        assert commitment.outcome is expected, commitment.detail


def made(case: Case) -> AbstractAsyncContextManager[ProxiedStand]:
    make: Callable[[], AbstractAsyncContextManager[ProxiedStand]] = case.make  # type: ignore[assignment]  # all of them
    return make()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_gateway_that_fails_is_neither_believed_nor_asked_again(case: Case) -> None:
    for lie in GATEWAYS:
        async with made(case) as stand:
            await Tried(stand, case.lacking).is_told_by_reading(lie)
        async with made(case) as stand:
            await Tried(stand, case.lacking).is_not_denied_at_once(lie)
    async with made(case) as stand:
        await Tried(stand, case.lacking).is_refused_for_a_while()
    async with made(case) as stand:
        await Tried(stand, case.lacking).is_believed_unless_it_is_there()


@pytest.fixture
def alertmanager(servers: Servers) -> Alertmanager:
    return servers.alertmanager()


async def test_a_gateway_before_an_alertmanager_is_neither_believed_nor_asked_again(alertmanager: Alertmanager) -> None:
    for case in cases(alertmanager):
        if case.name != "silence that a colleague prolongs":
            await test_a_gateway_that_fails_is_neither_believed_nor_asked_again(case)
