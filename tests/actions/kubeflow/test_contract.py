"""The contract of actions, held by a run of a pipeline in a fake Kubeflow Pipelines."""

import contextlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest

from console.actions.contract import Case, Lacking, Obligation, obligations
from console.actions.kubeflow.runs import mark_of_model
from tests.actions.kubeflow.fake_kubeflow import API, EXPERIMENT_ID, TOKEN, FakeKubeflow, status
from tests.actions.kubeflow.world import World, a_world, settings_of
from tests.actions.occasions import OCCASION
from tests.actions.proxied_stand import ProxiedStand
from tests.faults.lying_proxy import LyingProxy
from tests.sources.lying_server import Request


def is_change(request: Request) -> bool:
    return request.method == "POST"


class RetrainStand(ProxiedStand):
    """`eta` is to be trained anew."""

    def __init__(self, kubeflow: FakeKubeflow, world: World, proxy: LyingProxy) -> None:
        super().__init__(world.retrain, OCCASION, {"epochs": 3}, proxy=proxy, changes=is_change)
        self._kubeflow = kubeflow
        self._world = world

    async def state(self) -> object:
        """What runs: the list of all that ever ran only grows."""
        return [run["display_name"] for run in self._kubeflow.runs if run["state"] in ("PENDING", "RUNNING")]

    async def pass_time(self, seconds: float) -> None:
        self._world.clock.now += seconds
        self._kubeflow.advance()

    async def change_before_commit(self) -> str:
        """A colleague's console trains the same model."""
        name = f"retrain {mark_of_model('eta')}0-0]"
        await self._post("/runs", {"display_name": name, "experiment_id": EXPERIMENT_ID})
        return f"a retraining of the model runs since: run {self._kubeflow.runs[-1]['run_id']}"

    async def change_after_commit(self) -> str:
        await self._post(f"/runs/{self._kubeflow.runs[-1]['run_id']}:terminate")
        return "the run is CANCELING already"

    async def forbid(self) -> None:
        self.answer_for(status(403, 7, "ann may not create runs in ml"))

    async def _post(self, path: str, document: object = None) -> None:
        """Send something as a colleague, who does not go through the proxy."""
        async with httpx.AsyncClient(trust_env=False, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
            (await client.post(f"{self._kubeflow.url}{API}{path}", json=document)).raise_for_status()


@contextlib.asynccontextmanager
async def stand() -> AsyncIterator[RetrainStand]:
    async with FakeKubeflow() as kubeflow, LyingProxy(kubeflow.url) as proxy, AsyncExitStack() as closing:
        yield RetrainStand(kubeflow, a_world(closing, settings_of(proxy.url)), proxy)


LACKING = Lacking(
    dry_run="Kubeflow Pipelines has none",
    foresight="the API tells who may create a run only to who creates one",
)
CASES = (Case(name="retrain", action="kubeflow.retrain", make=stand, lacking=LACKING),)


@pytest.mark.parametrize("obligation", obligations(CASES), ids=str)
async def test_it_does_what_every_action_must(obligation: Obligation) -> None:
    await obligation()
