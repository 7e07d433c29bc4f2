"""The contract of actions, held by a message: it cannot be rehearsed, unsent, or found again."""

import contextlib
from collections.abc import AsyncIterator
from typing import Literal

import pytest

from console.actions.contract import Case, Lacking, Obligation, obligations
from console.actions.notify.notify import Notify
from console.settings.channels import WebhookChannel
from console.settings.secrets import Secret
from tests.actions.occasions import OCCASION, Clock
from tests.sources.lying_server import CLOSE, Lie, LyingServer, Request, answer


class FakeChannel(LyingServer):
    """Keeps the messages that it takes."""

    def __init__(self) -> None:
        super().__init__(CLOSE)
        self.messages: list[bytes] = []
        self.cut: Literal["before", "after"] | None = None

    async def _lie_for(self, request: Request) -> Lie:
        if self.cut != "before":
            self.messages.append(request.body)
        return CLOSE if self.cut is not None else answer({})


class MessageStand:
    """Somebody is to be told."""

    rehearsed = 0

    def __init__(self, server: FakeChannel) -> None:
        self.clock = Clock()
        self.occasion = OCCASION
        self.arguments: dict[str, object] = {"message": "eta is slow"}
        self._server = server
        self._environment = {"TOKEN": "t0ken"}
        channel = WebhookChannel(url=f"{server.url}/told", bearer=Secret(env="TOKEN"), timeout=2.0)
        self.action = Notify("ml-oncall", channel, "send", self._environment, self.clock)

    @property
    def sent(self) -> int:
        return len(self._server.requests)

    async def state(self) -> object:
        return list(self._server.messages)

    async def pass_time(self, seconds: float) -> None:
        self.clock.now += seconds

    async def change_before_commit(self) -> str:
        raise NotImplementedError("nobody changes what a message is made from")

    change_after_commit = change_before_commit

    async def forbid(self) -> None:
        self._environment.clear()

    async def lose_answer(self) -> None:
        self._server.cut = "after"

    async def lose_request(self) -> None:
        self._server.cut = "before"


@contextlib.asynccontextmanager
async def stand() -> AsyncIterator[MessageStand]:
    async with FakeChannel() as server:
        yield MessageStand(server)


UNREADABLE = "no channel can be asked for its messages"
LACKING = Lacking(
    dry_run="a message has none",
    undo="it was read by then",
    precondition="a message depends on nothing",
    proof_of_effect=UNREADABLE,
    proof_of_absence=UNREADABLE,
)


CASES = (Case(name="send", action="notify.ml-oncall", make=stand, lacking=LACKING),)


@pytest.mark.parametrize("obligation", obligations(CASES), ids=str)
async def test_it_does_what_every_action_must(obligation: Obligation) -> None:
    await obligation()
