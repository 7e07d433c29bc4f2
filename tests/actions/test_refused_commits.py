"""What becomes of a commit that the cluster answers with a failure: sent once, told by reading, in plain words."""

import contextlib
import re
from collections.abc import AsyncIterator

import pytest

from console.actions.contract import Case
from console.actions.provider import ActionRefused
from console.domain.action import Outcome, Plan
from tests.actions.argo_rollouts import test_contract as argo_rollouts
from tests.actions.cluster_stand import ClusterStand
from tests.actions.kserve import test_contract as kserve
from tests.actions.kubernetes import cases as kubernetes
from tests.actions.seldon import test_contract as seldon

CASES: tuple[Case, ...] = (*kubernetes.CASES, *argo_rollouts.CASES, *kserve.CASES, *seldon.CASES)
REFUSED = {
    401: "nothing was changed: 401 Unauthorized: the cluster does not accept this login",
    403: "nothing was changed: 403 Forbidden: ",
    409: ": plan again (409 Conflict: ",
    422: ": plan again (422 Invalid: ",
    429: "nothing was changed: 429 TooManyRequests: the server has received too many requests",
}
"""What is told where the cluster says that nothing was done, by its status."""
FAILED = (500, 503)
"""The cluster does not say what was done: it is read."""
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.action}: {case.name}")


@contextlib.asynccontextmanager
async def planned(case: Case) -> AsyncIterator[tuple[ClusterStand, Plan]]:
    """Yield a stand, and a plan that can be committed on it."""
    async with case.make() as stand:
        assert isinstance(stand, ClusterStand)
        plan = await stand.action.plan(stand.occasion, stand.arguments, may_dry_run=True)
        assert plan.refusals == ()
        stand.cluster.forget_requests()
        yield stand, plan


@every_case
async def test_a_failure_is_told_and_nothing_is_sent_again(case: Case) -> None:
    async with planned(case) as (stand, plan):
        before = await stand.state()
        for status in (*REFUSED, *FAILED):
            stand.cluster.forget_requests()
            stand.refuse(status)
            commitment = await stand.action.commit(plan)
            assert (status, commitment.outcome, stand.sent) == (status, Outcome.NOT_APPLIED, 1)
            assert await stand.state() == before
            if status in FAILED:
                assert f": it was not {'deleted' if case.name == 'delete a pod' else 'applied'}" in commitment.detail
                assert f"({status} " in commitment.detail
            elif case.name != "delete a pod" or status != 422:  # a deletion tests nothing by a patch
                assert REFUSED[status] in commitment.detail


@every_case
async def test_what_a_gateway_gave_up_on_may_arrive_yet(case: Case) -> None:
    async with planned(case) as (stand, plan):
        stand.refuse(504)
        commitment = await stand.action.commit(plan)
        assert (commitment.outcome, stand.sent) == (Outcome.UNKNOWN, 1)
        assert "the request may arrive yet (504 " in commitment.detail


@every_case
async def test_an_object_that_was_deleted_since_the_plan_is_told_to_be_gone(case: Case) -> None:
    async with planned(case) as (stand, plan):
        await stand.remove()
        commitment = await stand.action.commit(plan)
        assert (commitment.outcome, stand.sent) == (Outcome.NOT_APPLIED, 1)
        assert re.fullmatch(
            r"nothing was changed: .*(is not there any more: 404 .*|is gone already)", commitment.detail
        )
        settled = await stand.action.settle(plan, plan.made_at)
        if case.name == "delete a pod":
            assert (settled.outcome, settled.detail.partition(" is ")[2]) == (Outcome.APPLIED, "gone")
        else:
            assert settled.outcome is Outcome.UNKNOWN
            assert "is not there any more, whether it was applied before is unknown: 404 " in settled.detail


@every_case
async def test_an_object_that_was_made_anew_since_the_plan_is_left_alone(case: Case) -> None:
    async with planned(case) as (stand, plan):
        await stand.make_anew()
        theirs = await stand.state()
        commitment = await stand.action.commit(plan)
        assert (commitment.outcome, stand.sent) == (Outcome.NOT_APPLIED, 1)
        assert re.fullmatch(
            r"nothing was changed: .* (was deleted and made anew|is another by now.*)", commitment.detail
        ), commitment.detail
        assert await stand.state() == theirs
        progress = await stand.action.observe(plan)
        assert progress.done is not True or case.name == "delete a pod"
        with contextlib.suppress(ActionRefused):
            undo = await stand.action.plan_undo(plan, may_dry_run=True)
            assert undo.refusals
