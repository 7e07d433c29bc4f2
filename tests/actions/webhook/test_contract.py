"""The contract of actions, held by a webhook that declares a dry run, an undo and a check."""

import contextlib
import json
from collections.abc import AsyncIterator
from typing import Literal

import pytest

from console.actions.contract import Case, Lacking, Obligation, obligations
from console.actions.webhook.webhook import Webhook
from console.settings.secrets import Secret
from console.settings.slots import ChoiceSlot
from console.settings.webhooks import HookCheck, HookRequest, WebhookSettings
from tests.actions.occasions import OCCASION, Clock
from tests.sources.lying_server import CLOSE, Lie, LyingServer, Request, answer


class FakePool(LyingServer):
    """A pool that is active until it is drained."""

    def __init__(self) -> None:
        super().__init__(CLOSE)
        self.pool = "active"
        self.cut: Literal["before", "after"] | None = None

    async def _lie_for(self, request: Request) -> Lie:
        if request.method == "GET":
            return answer({"state": self.pool})
        if request.path.endswith("/rehearsal"):
            return answer({"would": "drain"})
        if self.cut != "before":
            self.pool = "active" if request.method == "DELETE" else json.loads(request.body)["to"]
        return CLOSE if self.cut is not None else answer({"state": self.pool})


class PoolStand:
    """The pool is to be drained."""

    def __init__(self, server: FakePool) -> None:
        self.clock = Clock()
        self.occasion = OCCASION
        self.arguments: dict[str, object] = {"to": "drained"}
        self._server = server
        self._environment = {"HOOK_TOKEN": "t0ken"}
        settings = WebhookSettings(
            title="Drain a pool",
            url=server.url,
            bearer=Secret(env="HOOK_TOKEN"),
            slots={"to": ChoiceSlot("what it shall be", ("drained",))},
            request=HookRequest(path="/pool", body={"to": "$to", "by": "$by", "for": "$model.name"}),
            dry_run=HookRequest(path="/pool/rehearsal", body={"to": "$to"}),
            undo=HookRequest(method="DELETE", path="/pool"),
            check=HookCheck(path="/pool", at="state", applied=("drained",), not_applied=("active",)),
            timeout=2.0,
        )
        self.action = Webhook("drain", settings, self._environment, self.clock, settle_seconds=0.0)

    @property
    def sent(self) -> int:
        return sum(request.path == "/pool" and request.method != "GET" for request in self._server.requests)

    @property
    def rehearsed(self) -> int:
        return sum(request.path.endswith("/rehearsal") for request in self._server.requests)

    async def state(self) -> object:
        return self._server.pool

    async def pass_time(self, seconds: float) -> None:
        self.clock.now += seconds

    async def change_before_commit(self) -> str:
        self._server.pool = "drained"
        return "drained"

    async def change_after_commit(self) -> str:
        self._server.pool = "active"
        return "the check says that it is not in effect"

    async def forbid(self) -> None:
        self._environment.clear()

    async def lose_answer(self) -> None:
        self._server.cut = "after"

    async def lose_request(self) -> None:
        self._server.cut = "before"


@contextlib.asynccontextmanager
async def stand() -> AsyncIterator[PoolStand]:
    async with FakePool() as server:
        yield PoolStand(server)


LACKING = Lacking(precondition="a declared request compares nothing")
CASES = (Case(name="drain", action="webhook.drain", make=stand, lacking=LACKING),)


@pytest.mark.parametrize("obligation", obligations(CASES), ids=str)
async def test_it_does_what_every_action_must(obligation: Obligation) -> None:
    await obligation()
