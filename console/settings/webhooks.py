"""Webhooks that actions may call: declared whole in the configuration, with typed slots for what a playbook gives."""

import re
from typing import Annotated, Any, Literal

import msgspec

from console.domain.address import without_secrets
from console.domain.label import harmless
from console.settings.acting import ServerPlace, Tier
from console.settings.bad_document import BadKey
from console.settings.credentials import require_reachable
from console.settings.slots import ChoiceSlot, Slot, SlotName, Words, require_known, slots_in

FACTS = ("model.id", "model.name", "incident.id", "by")
"""What a body may name beside its slots: of the model and the incident, and who sends it."""
IDEMPOTENCY_KEY = "idempotency_key"
"""What the path of a check may name: the key that the request carried."""
Status = Annotated[int, msgspec.Meta(ge=200, le=299)]
_IN_PATH = re.compile(r"\{([^{}]*)\}")
_OF_A_PATH = re.compile(r"(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2}|\{[a-z0-9_]+\})*)*")


class HookRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One request: its path below the webhook's URL, and a body in which `$slot` stands for the value of a slot.

    In the path `{slot}` stands for one, percent-encoded. `expect` are the statuses that mean that it was done.
    """

    method: Literal["POST", "PUT", "PATCH", "DELETE"] = "POST"
    path: str = ""
    body: Any = None
    expect: Annotated[tuple[Status, ...], msgspec.Meta(min_length=1)] = (200, 201, 202, 204)


class HookCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A GET by which it is told whether a request was done: the value that stands `at` a place of its JSON answer.

    `applied` are the values that mean that it was, `not_applied` those that mean that it was not; all others tell
    nothing. `{idempotency_key}` in the path is the key that the request carried.
    """

    path: str = ""
    at: Words
    applied: Annotated[tuple[str | int | bool, ...], msgspec.Meta(min_length=1)]
    not_applied: tuple[str | int | bool, ...] = ()


class WebhookSettings(ServerPlace, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A webhook that the action `webhook.NAME` calls.

    `dry_run` is a request that changes nothing and is refused where the real one would be; `undo` takes back what was
    done. A webhook without one of them is of the highest tier, whatever `tier` says, which can only raise it.
    """

    title: Words
    url: Words
    slots: dict[SlotName, Slot] = msgspec.field(default_factory=dict)
    request: HookRequest = HookRequest()
    dry_run: HookRequest | None = None
    undo: HookRequest | None = None
    check: HookCheck | None = None
    tier: Tier | None = None

    def __post_init__(self) -> None:
        if "{" in self.url or "$" in self.url:
            raise BadKey(("url",), "no slot stands in a url; in a path below it one may: request: {path: '/{slot}'}")
        if "?" in self.url or "#" in self.url or "@" in self.url:
            told = without_secrets(self.url)
            raise BadKey(("url",), f"'{told}' holds a user, a query or a fragment; write secrets as basic or bearer")
        require_reachable(self, (self.url,))
        for key in ("request", "dry_run", "undo"):
            found = getattr(self, key)
            if found is not None:
                self._require_path(key, found.path, self.slots)
                for keys, name in slots_in(found.body):
                    require_known((key, "body", *keys), name, (*self.slots, *FACTS))
        if self.check is not None:
            self._require_path("check", self.check.path, {**self.slots, IDEMPOTENCY_KEY: None})

    def _require_path(self, key: str, path: str, known: dict[str, Any]) -> None:
        if _OF_A_PATH.fullmatch(path) is None or any(part in (".", "..") for part in path.split("/")):
            raise BadKey((key, "path"), f"'{harmless(path)}' is no path such as /pools/{{pool}}/drain")
        for name in _IN_PATH.findall(path):
            require_known((key, "path"), name, known)
            slot = self.slots.get(name)
            if isinstance(slot, ChoiceSlot) and any(option in (".", "..") for option in slot.options):
                raise BadKey((key, "path"), f"the slot '{name}' may be a step up or to the side in a path")

    def __repr__(self) -> str:
        """Return title and address; the values of headers stay out of tracebacks."""
        return f"WebhookSettings({self.title!r}, {self.url!r}, headers={sorted(self.headers)!r})"

    def __rich_repr__(self) -> list[str]:  # type: ignore[override]  # msgspec's own would print every field
        return [repr(self)]
