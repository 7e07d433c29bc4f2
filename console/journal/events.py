"""The kinds of lines that a journal holds, and their JSON."""

from typing import Any

import msgspec

from console.domain.action import Outcome, Plan
from console.journal.chain import FIELDS, Link
from console.journal.incident_events import Acknowledged, IncidentChanged, IncidentClosed, IncidentOpened, Noted
from console.journal.recorded import Recorded


class RunReference(msgspec.Struct, frozen=True):
    """The step of a playbook's run on whose behalf something is done."""

    run_id: str
    step_id: str
    playbook_id: str
    playbook_version: int
    incident_id: str | None
    rehearsal: bool = False
    """The run only rehearses: nothing is ever sent on its behalf."""


class Intent(Recorded, frozen=True, kw_only=True, tag="intent"):
    """A plan is about to be sent; this line is on disk before the request leaves.

    `undoes` is the id of the intent whose effect this one takes back.
    """

    intent_id: str
    reference: RunReference
    plan: Plan
    plan_hash: str
    undoes: str | None = None


class OutcomeRecorded(Recorded, frozen=True, kw_only=True, tag="outcome"):
    """What became of an intent; a later line about the same intent corrects an earlier one."""

    intent_id: str
    run_id: str
    outcome: Outcome
    detail: str


class Verification(Recorded, frozen=True, kw_only=True, tag="verification"):
    """What the rollout and the metrics said after a commit: verified, worse, not_verified or unknown."""

    intent_id: str
    run_id: str
    outcome: Outcome
    detail: str


class Approved(Recorded, frozen=True, kw_only=True, tag="approved"):
    """A second person agrees that a run sends the plan with a hash, and no other."""

    run_id: str
    step_id: str
    plan_hash: str


class RunLine(Recorded, frozen=True, kw_only=True, tag="run"):
    """Something that happened in a run, named by the run keeper: a step entered, an answer, a note."""

    run_id: str
    name: str
    payload: dict[str, Any] = msgspec.field(default_factory=dict)


class Unrecognised(msgspec.Struct, frozen=True):
    """A line of a kind that this version does not know; `content` keeps all of it."""

    kind: str | None
    content: dict[str, Any]


Event = (
    Intent
    | OutcomeRecorded
    | Verification
    | Approved
    | RunLine
    | IncidentOpened
    | IncidentChanged
    | IncidentClosed
    | Acknowledged
    | Noted
)

_decode_event = msgspec.json.Decoder(Event).decode
_decode_link = msgspec.json.Decoder(Link).decode
_decode_any_object = msgspec.json.Decoder(dict[str, Any]).decode


def encode_event(event: Event, link: Link) -> bytes:
    """Return the line of an event without its newline; of a link without a writer only `previous` is told."""
    told = msgspec.to_builtins(link) if link.writer else {"previous": link.previous}
    return msgspec.json.encode({**msgspec.to_builtins(event), **told})


def decode_line(line: bytes) -> tuple[Event | Unrecognised, Link]:
    """Return the event of a line and its place in the chain.

    Raises:
        msgspec.DecodeError: the line is not a JSON object.
    """
    try:
        return _decoded(line)
    except (UnicodeDecodeError, RecursionError) as error:  # which msgspec lets through
        raise msgspec.DecodeError(str(error)) from error


def _decoded(line: bytes) -> tuple[Event | Unrecognised, Link]:
    try:
        return _decode_event(line), _decode_link(line)
    except msgspec.ValidationError:  # JSON, but a kind or a shape of another version: kept as it is
        content = _decode_any_object(line)
    told = {name: content.pop(name) for name in FIELDS & content.keys()}
    try:
        link = msgspec.convert(told, Link)
    except msgspec.ValidationError:
        link = Link()
    kind = content.get("kind")
    return Unrecognised(kind if isinstance(kind, str) else None, content), link
