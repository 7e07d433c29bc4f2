"""The stand on which the contract tries the action on Switchboard."""

import contextlib
from collections.abc import AsyncIterator

from switchboard import FakeSwitchboard
from switchboard_provider.set_state import SetState

from console.actions.contract import Case
from console.actions.provider import Occasion
from console.domain.anomaly import Status
from console.domain.label import Label
from console.domain.model import Model
from console.domain.snapshot import ModelView
from console.settings.providers import ProviderSettings


class SwitchStand:
    """The switch of `fraud` is on, and is to be turned off."""

    def __init__(self, server: FakeSwitchboard, kind: type[SetState] = SetState) -> None:
        self.now = 1_000.0
        self.action = kind(ProviderSettings(url=server.url), {}, lambda: self.now, settle_seconds=0.0)
        self.occasion = Occasion(ModelView(Model("fraud", Label("fraud")), Status.CRITICAL, {}), by="ann@bastion")
        self.arguments = {"state": "off"}
        self._server = server

    @property
    def sent(self) -> int:
        return self._server.sent

    @property
    def rehearsed(self) -> int:
        return self._server.rehearsed

    async def state(self) -> object:
        return self._server.switch["state"]

    async def pass_time(self, seconds: float) -> None:
        self.now += seconds

    async def change_before_commit(self) -> str:
        self._server.set_as_a_colleague("shadow")
        return "the switch is shadow now, set by bob"

    change_after_commit = change_before_commit

    async def forbid(self) -> None:
        self._server.switch["writable"] = False

    async def lose_answer(self) -> None:
        self._server.cut = "after"

    async def lose_request(self) -> None:
        self._server.cut = "before"


@contextlib.asynccontextmanager
async def stand(kind: type[SetState] = SetState) -> AsyncIterator[SwitchStand]:
    server = FakeSwitchboard()
    try:
        yield SwitchStand(server, kind)
    finally:
        server.close()


CASES = (Case(name="set_state", make=stand),)
