"""Typed operations on real systems: the plan that is shown, and the records before and after its commit."""

import hashlib
from enum import IntEnum, StrEnum
from typing import Any

import msgspec

from console.domain.model import Target


class RiskTier(IntEnum):
    """How much can go wrong; the provider computes it, configuration and playbooks can only raise it."""

    READ = 0
    BOUNDED = 1
    WIDE = 2
    HARD_TO_UNDO = 3


class FieldChange(msgspec.Struct, frozen=True):
    """One field that a plan changes, as it is shown: before → after."""

    field: str
    before: str
    after: str


class Request(msgspec.Struct, frozen=True):
    """The exact request that a commit sends; preconditions are inside `body` as `test` operations.

    Servers that take no preconditions are asked right before whether what `body` expects still holds; an instant that
    depends on when it is sent stands in it as a duration, so that a plan made anew has the same hash.
    """

    method: str
    path: str
    content_type: str
    body: Any

    @property
    def shown(self) -> str:
        """Return the request in a few words: `PATCH /apis/apps/v1/…/scale`."""
        return f"{self.method} {self.path}"


class Undo(msgspec.Struct, frozen=True):
    """The inverse of a plan, computed together with it; its preconditions are inside its request."""

    title: str
    changes: tuple[FieldChange, ...]
    request: Request


class Plan(msgspec.Struct, frozen=True):
    """An action that could be committed: what it would send, what it would change, how it is undone and verified.

    `refusals` are reasons for which it cannot be committed; a plan with any is shown and never sent.
    `notes` say what a person must know before the key: an autoscaler, a quota, what does not change.
    """

    action: str
    title: str
    confirm: str
    """The verb on the key that commits: `scale to 6`."""
    model_id: str
    target: Target
    request: Request
    changes: tuple[FieldChange, ...]
    tier: RiskTier
    made_at: float
    dry_run: str
    """What the server's dry run said."""
    undo: Undo | None = None
    watch: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    command: str | None = None
    """The same operation as a person would type it for kubectl."""
    undoes: str | None = None
    """The hash of the plan whose effect this one takes back."""
    undoes_intent: str | None = None
    """The journal's id of the commit whose effect this one takes back: the same plan may be sent more than once."""
    ends_with: str | None = None
    """The id of the incident at whose end the console takes back by itself what was sent."""

    @property
    def hash(self) -> str:
        """Return the hash over the target's uid and the request with its preconditions (12 hexadecimal digits)."""
        parts = [self.action, self.target.context, self.target.uid, self.request]
        parts += [self.ends_with] if self.ends_with is not None else []
        return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()[:12]


class Outcome(StrEnum):
    """What became of a committed plan."""

    APPLIED = "applied"
    VERIFIED = "verified"
    WORSE = "worse"
    NOT_VERIFIED = "not_verified"
    NOT_APPLIED = "not_applied"
    UNKNOWN = "unknown"


class Commitment(msgspec.Struct, frozen=True):
    """What a commit came to, in words, at a time (UTC seconds).

    `intent_id` is the journal's id of this commit; None where no intent is known to have been written.
    """

    outcome: Outcome
    detail: str
    at: float
    intent_id: str | None = None
