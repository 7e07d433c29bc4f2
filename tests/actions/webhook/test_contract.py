"""The contract of actions, held by webhooks: whole, with a check that knows requests, and bare."""

import contextlib
import json
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import msgspec
import pytest

from console.actions.contract import Case, Lacking, Obligation, obligations
from console.actions.webhook.webhook import Webhook
from console.settings.secrets import Secret
from console.settings.slots import ChoiceSlot
from console.settings.webhooks import HookCheck, HookRequest, WebhookSettings
from tests.actions.occasions import OCCASION, Clock
from tests.actions.proxied_stand import ProxiedStand
from tests.faults.lying_proxy import LyingProxy
from tests.sources.lying_server import Lie, LyingServer, Request, answer


class FakePool(LyingServer):
    """A pool that is active until it is drained; it remembers the keys of the requests that it did."""

    def __init__(self) -> None:
        super().__init__(Lie())
        self.pool = "active"
        self.done: set[str] = set()

    async def _lie_for(self, request: Request) -> Lie:
        if request.path.startswith("/requests/"):
            return answer({"state": "done" if request.path.rpartition("/")[2] in self.done else "unknown"})
        if request.method == "GET":
            return answer({"state": self.pool})
        if request.path.endswith("/rehearsal"):
            return answer({"would": "drain"})
        self.done.add(request.headers.get("idempotency-key", ""))
        self.pool = "active" if request.method == "DELETE" else json.loads(request.body)["to"]
        return answer({"state": self.pool})


BARE = WebhookSettings(
    title="Drain a pool",
    url="http://set.by.the.stand",
    bearer=Secret(env="HOOK_TOKEN"),
    slots={"to": ChoiceSlot("what it shall be", ("drained",))},
    request=HookRequest(path="/pool", body={"to": "$to", "by": "$by", "for": "$model.name"}),
    timeout=2.0,
)
WITH_EVERYTHING = msgspec.structs.replace(
    BARE,
    dry_run=HookRequest(path="/pool/rehearsal", body={"to": "$to"}),
    undo=HookRequest(method="DELETE", path="/pool"),
    check=HookCheck(path="/pool", at="state", applied=("drained",), not_applied=("active",)),
)
KNOWING_REQUESTS = msgspec.structs.replace(
    WITH_EVERYTHING,
    check=HookCheck(path="/requests/{idempotency_key}", at="state", applied=("done",), not_applied=("unknown",)),
)


def is_change(request: Request) -> bool:
    return request.path == "/pool" and request.method != "GET"


class PoolStand(ProxiedStand):
    """The pool is to be drained."""

    def __init__(self, pool: FakePool, proxy: LyingProxy, settings: WebhookSettings) -> None:
        self._pool = pool
        self._clock = Clock()
        self._environment = {"HOOK_TOKEN": "t0ken"}
        self.is_found_again = settings is KNOWING_REQUESTS
        here = msgspec.structs.replace(settings, url=proxy.url)
        super().__init__(
            Webhook("drain", here, self._environment, self._clock, settle_seconds=0.0),
            OCCASION,
            {"to": "drained"},
            proxy=proxy,
            changes=is_change,
            rehearses=lambda request: request.path.endswith("/rehearsal"),
        )

    async def state(self) -> object:
        return self._pool.pool

    async def pass_time(self, seconds: float) -> None:
        self._clock.now += seconds

    async def change_after_commit(self) -> str:
        self._pool.pool = "active"
        return "the check says that it is not in effect"

    async def forbid(self) -> None:
        self._environment.clear()


@contextlib.asynccontextmanager
async def stand(settings: WebhookSettings) -> AsyncIterator[PoolStand]:
    async with FakePool() as pool, LyingProxy(pool.url) as proxy:
        yield PoolStand(pool, proxy, settings)


PRECONDITION = "a declared request compares nothing"
UNREADABLE = "it declares no check"
EVERYTHING = Lacking(precondition=PRECONDITION)
NOTHING: dict[str, Any] = {
    "dry_run": "it declares none",
    "undo": "it declares none",
    "proof_of_effect": UNREADABLE,
    "proof_of_absence": UNREADABLE,
}
CASES = (
    Case(name="drain", action="webhook.drain", make=partial(stand, WITH_EVERYTHING), lacking=EVERYTHING),
    Case(
        name="drain by a check that knows requests",
        action="webhook.drain",
        make=partial(stand, KNOWING_REQUESTS),
        lacking=Lacking(precondition=PRECONDITION, undo_guard="its check tells of the request, not of what came after"),
    ),
    Case(
        name="drain by a bare request",
        action="webhook.drain",
        make=partial(stand, BARE),
        lacking=Lacking(precondition=PRECONDITION, **NOTHING),
    ),
)


@pytest.mark.parametrize("obligation", obligations(CASES), ids=str)
async def test_it_does_what_every_action_must(obligation: Obligation) -> None:
    await obligation()
