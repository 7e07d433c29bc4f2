"""The contract of actions, held by messages of every kind: they cannot be rehearsed, unsent, or found again."""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial

import pytest

from console.actions.contract import Case, Lacking, Obligation, obligations
from console.actions.notify.notify import Notify, Verb, specification_of
from console.settings.channels import Channel, PagerDutyChannel, SlackChannel, TeamsChannel, WebhookChannel
from console.settings.secrets import Secret
from tests.actions.occasions import OCCASION, Clock
from tests.actions.proxied_stand import ProxiedStand
from tests.faults.lying_proxy import LyingProxy
from tests.sources.lying_server import Lie, LyingServer, Request, answer

CHANNELS: Mapping[str, Callable[[str], Channel]] = {
    "slack": lambda _: SlackChannel(url=Secret(env="ADDRESS"), timeout=2.0),
    "teams": lambda _: TeamsChannel(url=Secret(env="ADDRESS"), timeout=2.0),
    "webhook": lambda url: WebhookChannel(url=f"{url}/told", bearer=Secret(env="ADDRESS"), timeout=2.0),
    "pagerduty": lambda url: PagerDutyChannel(routing_key=Secret(env="ADDRESS"), url=url, timeout=2.0),
}
TAKEN = {"slack": Lie(200, b"ok"), "teams": Lie(202), "webhook": answer({}), "pagerduty": answer({}, 202)}
MESSAGE = {"message": "eta is slow"}


class FakeService(LyingServer):
    """Keeps the messages that it takes, and takes all."""

    def __init__(self, taken: Lie) -> None:
        super().__init__(taken)
        self.messages: list[bytes] = []

    async def _lie_for(self, request: Request) -> Lie:
        self.messages.append(request.body)
        return await super()._lie_for(request)


class MessageStand(ProxiedStand):
    """Somebody is to be told."""

    is_found_again = False

    def __init__(self, service: FakeService, proxy: LyingProxy, kind: str, verb: Verb) -> None:
        self._environment = {"ADDRESS": f"{proxy.url}/services/T0/s3cret"}
        self._service = service
        self._clock = Clock()
        action = Notify(kind, CHANNELS[kind](proxy.url), verb, self._environment, self._clock)
        super().__init__(action, OCCASION, MESSAGE if verb == "send" else {}, proxy=proxy, changes=lambda request: True)

    async def state(self) -> object:
        return list(self._service.messages)

    async def pass_time(self, seconds: float) -> None:
        self._clock.now += seconds

    async def forbid(self) -> None:
        self._environment.clear()


@contextlib.asynccontextmanager
async def stand(kind: str, verb: Verb) -> AsyncIterator[MessageStand]:
    async with FakeService(TAKEN[kind]) as service, LyingProxy(service.url) as proxy:
        yield MessageStand(service, proxy, kind, verb)


UNREADABLE = "no channel can be asked for its messages"
LACKING = Lacking(
    dry_run="a message has none",
    undo="it was read by then",
    precondition="a message depends on nothing",
    proof_of_effect=UNREADABLE,
    proof_of_absence=UNREADABLE,
)
_VERBS: tuple[tuple[str, Verb], ...] = (
    ("slack", "send"),
    ("teams", "send"),
    ("webhook", "send"),
    ("pagerduty", "send"),
    ("pagerduty", "acknowledge"),
    ("pagerduty", "resolve"),
)
CASES = tuple(
    Case(
        name=f"{verb} by {kind}",
        action=specification_of(kind, CHANNELS[kind]("https://told.example"), verb).name,
        make=partial(stand, kind, verb),
        lacking=LACKING,
    )
    for kind, verb in _VERBS
)


@pytest.mark.parametrize("obligation", obligations(CASES), ids=str)
async def test_it_does_what_every_action_must(obligation: Obligation) -> None:
    await obligation()
