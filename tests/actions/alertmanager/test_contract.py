"""The contract of actions, held by a silence in a real Alertmanager."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from typing import Any

import httpx

from console.actions.alertmanager.silence import SilenceAlerts
from console.actions.contract import Case, Lacking, findings
from console.actions.provider import Occasion
from console.domain.label import Label
from console.domain.model import Model
from tests.actions.alertmanager.world import a_world, at, occasion, silences_of
from tests.faults.lying_proxy import LyingProxy
from tests.services import Alertmanager, Servers
from tests.sources.lying_server import CLOSE, Lie, Request


def changes(request: Request) -> bool:
    return request.method in ("POST", "DELETE")


class SilenceStand:
    """The only alert of a model that nobody else asks about is to be silenced."""

    rehearsed = 0

    def __init__(self, alertmanager: Alertmanager, proxy: LyingProxy, name: str, closing: AsyncExitStack) -> None:
        world = a_world(closing, at(proxy.url))
        self.action: SilenceAlerts = world.silence
        self.occasion: Occasion = occasion(Model(name, Label(name)))
        self.arguments: Mapping[str, object] = {"minutes": 30}
        self._clock = world.clock
        self._alertmanager = alertmanager
        self._proxy = proxy
        self._name = name

    @property
    def sent(self) -> int:
        return self._proxy.asked(changes)

    async def state(self) -> object:
        return [sorted(each["id"] for each in self._own() if each["status"]["state"] == "active")]

    async def pass_time(self, seconds: float) -> None:
        self._clock.ahead += seconds

    async def change_before_commit(self) -> str:
        """Another alert of the model fires, which was not shown."""
        self._alertmanager.fire("ModelLatencyHigh", {"model": self._name, "pod": "late"})
        return "it would keep quiet what was not shown"

    async def change_after_commit(self) -> str:
        """The silence is expired by hand."""
        (silence,) = self._own()
        async with httpx.AsyncClient(trust_env=False) as client:
            ended = await client.delete(f"{self._alertmanager.url}/api/v2/silence/{silence['id']}")
        ended.raise_for_status()
        return "UTC already"

    async def forbid(self) -> None:
        self._proxy.lie(Lie(403, b'{"message": "viewers only"}'))

    async def lose_answer(self) -> None:
        self._proxy.twist(lambda _: CLOSE, changes)

    async def lose_request(self) -> None:
        self._proxy.lie(CLOSE, changes)

    def _own(self) -> list[dict[str, Any]]:
        """Return the silences of this model alone."""
        return [
            each for each in silences_of(self._alertmanager) if {"model", self._name} <= _words_of(each["matchers"])
        ]


def _words_of(matchers: list[dict[str, Any]]) -> set[str]:
    return {str(matcher[key]) for matcher in matchers for key in ("name", "value")}


async def test_a_silence_does_what_every_action_must(servers: Servers) -> None:
    alertmanager = servers.alertmanager()
    names = iter(f"model-{number}" for number in range(100))

    @contextlib.asynccontextmanager
    async def stand() -> AsyncIterator[SilenceStand]:
        name = next(names)
        alertmanager.fire("ModelLatencyHigh", {"model": name})
        async with LyingProxy(alertmanager.url) as proxy, AsyncExitStack() as closing:
            yield SilenceStand(alertmanager, proxy, name, closing)

    lacking = Lacking(dry_run="Alertmanager has none")
    assert await findings([Case(name="silence", make=stand, lacking=lacking)]) == []
