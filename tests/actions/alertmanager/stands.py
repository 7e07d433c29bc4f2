"""Stands of the contract for silences in a real Alertmanager: of a model each that nobody else asks about."""

import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Any

import httpx

from console.actions.contract import Case, Lacking
from console.domain.label import Label
from console.domain.model import Model
from tests.actions.alertmanager.world import World, a_world, at, occasion, silences_of
from tests.actions.proxied_stand import ProxiedStand
from tests.faults.lying_proxy import LyingProxy
from tests.services import Alertmanager
from tests.sources.lying_server import Request

LACKING = Lacking(dry_run="Alertmanager has none")
ALERT = "ModelLatencyHigh"
FAR_END = "2099-01-01T00:00:00.000Z"


def is_change(request: Request) -> bool:
    """Choose what makes or expires a silence."""
    return request.method in ("POST", "DELETE")


class _Silences(ProxiedStand):
    """The silences of one model, as its Alertmanager and a colleague see them."""

    _world: World
    _alertmanager: Alertmanager
    _name: str

    async def state(self) -> object:
        """What is kept quiet until when; an id says nothing of that."""
        return sorted((str(_words_of(each["matchers"])), each["endsAt"]) for each in self.active())

    async def pass_time(self, seconds: float) -> None:
        self._world.clock.ahead += seconds

    def active(self) -> list[dict[str, Any]]:
        """Return the silences of this model alone that keep something quiet."""
        known = silences_of(self._alertmanager)
        own = [each for each in known if {"model", self._name} <= set(_words_of(each["matchers"]))]
        return [each for each in own if each["status"]["state"] == "active"]

    def prolong(self) -> str:
        """Let a colleague prolong the only silence, as Alertmanager's page does: with its id, under another name."""
        (silence,) = self.active()
        kept = {key: silence[key] for key in ("id", "matchers", "startsAt", "comment")}
        self._alertmanager.post_json("/api/v2/silences", {**kept, "endsAt": FAR_END, "createdBy": "bob"})
        return "active until 2099-01-01 00:00:00 UTC"


class SilenceStand(_Silences):
    """The only alert of a model is to be silenced; `theirs` is what a colleague does with that silence."""

    def __init__(self, alertmanager: Alertmanager, world: World, proxy: LyingProxy, name: str, theirs: str) -> None:
        model = Model(name, Label(name))
        super().__init__(world.silence, occasion(model), {"minutes": 30}, proxy=proxy, changes=is_change)
        self._alertmanager, self._world, self._name, self._theirs = alertmanager, world, name, theirs

    async def change_before_commit(self) -> str:
        """Another alert of the model fires, which was not shown."""
        self._alertmanager.fire(ALERT, {"model": self._name, "pod": "late"})
        return "it would keep quiet what was not shown"

    async def change_after_commit(self) -> str:
        if self._theirs == "prolonged":
            return f"bob edited the silence: it is {self.prolong()}, it was made for 30 min"
        (silence,) = self.active()
        async with httpx.AsyncClient(trust_env=False) as client:
            ended = await client.delete(f"{self._alertmanager.url}/api/v2/silence/{silence['id']}")
        ended.raise_for_status()
        return "UTC already"


class ExpiryStand(_Silences):
    """The only silence that keeps an alert of a model quiet, a colleague's, is to be expired."""

    def __init__(self, alertmanager: Alertmanager, world: World, proxy: LyingProxy, name: str) -> None:
        super().__init__(world.expire, occasion(Model(name, Label(name))), {}, proxy=proxy, changes=is_change)
        self._alertmanager, self._world, self._name = alertmanager, world, name
        self._ends = datetime.fromtimestamp(time.time() + 3600, UTC).isoformat()
        self._silence()

    def _silence(self) -> None:
        matcher = {"name": "model", "value": self._name, "isRegex": False, "isEqual": True}
        self._alertmanager.post_json(
            "/api/v2/silences",
            {
                "matchers": [matcher],
                "startsAt": datetime.now(UTC).isoformat(),
                "endsAt": self._ends,
                "createdBy": "bob",
                "comment": "migration",
            },
        )

    async def change_before_commit(self) -> str:
        return f"somebody edited the silence since: it is {self.prolong()} now, in the name of bob"

    async def change_after_commit(self) -> str:
        """A colleague makes the same silence again."""
        self._silence()
        (silence,) = self.active()
        return f"silence {silence['id']} of bob keeps the same quiet"


_STANDS: tuple[tuple[str, str, Callable[..., SilenceStand | ExpiryStand]], ...] = (
    ("silence that a colleague expires", "alertmanager.silence", partial(SilenceStand, theirs="expired")),
    ("silence that a colleague prolongs", "alertmanager.silence", partial(SilenceStand, theirs="prolonged")),
    ("expire", "alertmanager.expire", ExpiryStand),
)
ACTIONS = tuple(action for _, action, _ in _STANDS)
"""The actions that these stands try."""


def cases(alertmanager: Alertmanager) -> tuple[Case, ...]:
    """Return every action on silences, as the contract tries it in one Alertmanager."""
    names = map("model-{}".format, count())
    return tuple(
        Case(name=name, action=action, make=partial(_stand, alertmanager, names, make), lacking=LACKING)
        for name, action, make in _STANDS
    )


@contextlib.asynccontextmanager
async def _stand(
    alertmanager: Alertmanager, names: Iterator[str], make: Callable[..., SilenceStand | ExpiryStand]
) -> AsyncIterator[SilenceStand | ExpiryStand]:
    name = next(names)
    alertmanager.fire(ALERT, {"model": name})
    async with LyingProxy(alertmanager.url) as proxy, AsyncExitStack() as closing:
        yield make(alertmanager, a_world(closing, at(proxy.url)), proxy, name)


def _words_of(matchers: list[dict[str, Any]]) -> list[str]:
    return sorted(str(matcher[key]) for matcher in matchers for key in ("name", "value"))
