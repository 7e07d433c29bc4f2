"""A run as its lines in the journal tell it: enough to go on with it on another console, on another day.

The line of its start holds the whole playbook, so that another version on disk changes nothing.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from console.journal.events import Event, Intent, RunLine, RunReference
from console.journal.who import Who
from console.playbooks.choices import SEND_KEY
from console.playbooks.document import Playbook
from console.playbooks.events import Chosen, Committing, MachineEvent, Started, TakenOver
from console.playbooks.machine import advance, begin
from console.playbooks.state import NotNow, RunState

TAKEN_OVER = str(TakenOver.__struct_config__.tag)
_COMMITTING = str(Committing.__struct_config__.tag)
_CHOSEN = str(Chosen.__struct_config__.tag)
_PLAYBOOK = "playbook"


class Story(msgspec.Struct, frozen=True):
    """What the journal tells of a run: where it stands, and when (UTC seconds) something happened last.

    `follower` is who began the run, or took it up last; what others wrote of it since then they wrote without its lock,
    and `ignored` counts those lines. `intent` is that of the request that was confirmed last; None means that it never
    left. `unexplained` says why the lines do not explain the run, from the first that does not fit; None where they do.
    """

    playbook: Playbook
    state: RunState
    last_at: float
    follower: Who
    ignored: int = 0
    intent: Intent | None = None
    unexplained: str | None = None

    @property
    def run_id(self) -> str:
        """Return the id of the run."""
        return self.state.started.run_id


def line_of(event: MachineEvent, who: Who, run_id: str, playbook: Playbook) -> RunLine:
    """Return an event of a run as a line of the journal."""
    payload = msgspec.to_builtins(event)
    name = payload.pop("event")
    if isinstance(event, Started):
        payload[_PLAYBOOK] = msgspec.to_builtins(playbook)
    return RunLine(at=event.at, who=who, run_id=run_id, name=name, payload=payload)


def event_of(line: RunLine) -> MachineEvent:
    """Return the event that a line tells.

    Raises:
        msgspec.ValidationError: it is none that this version knows.
    """
    content: dict[str, Any] = {**line.payload, "event": line.name}
    content.pop(_PLAYBOOK, None)
    event: MachineEvent = msgspec.convert(content, MachineEvent)
    return event


def begun_by(line: RunLine) -> Story | None:
    """Return the story that a line begins; None where it is no start, or one that this version cannot read."""
    try:
        event = event_of(line)
        playbook = msgspec.convert(line.payload.get(_PLAYBOOK), Playbook)
    except msgspec.ValidationError:
        return None
    return Story(playbook, begin(playbook, event), line.at, line.who) if isinstance(event, Started) else None


def continued(story: Story, line: RunLine | Intent) -> Story:
    """Return a story with one line more; one that does not fit ends what is known, and says so."""
    if story.unexplained is not None:
        return story
    if isinstance(line, Intent):
        return msgspec.structs.replace(story, intent=line)
    if line.who != story.follower and line.name != TAKEN_OVER:
        return msgspec.structs.replace(story, ignored=story.ignored + 1)
    try:
        event = event_of(line)
        state = advance(story.playbook, story.state, event)
    except (msgspec.ValidationError, NotNow) as error:
        return msgspec.structs.replace(story, unexplained=f"the journal's line '{line.name}' does not fit: {error}")
    intent = None if isinstance(event, Committing) else story.intent
    last_at = max(story.last_at, line.at)
    return msgspec.structs.replace(story, state=state, last_at=last_at, follower=line.who, intent=intent)


def taken_from(events: Iterable[Event], run_id: str, who: Who) -> Who | None:
    """Return who took a run up since somebody last confirmed a plan in it, None where what they confirmed counts."""
    follower, has_confirmed = None, True
    for event in events:
        if isinstance(event, RunLine) and event.run_id == run_id:
            if event.name == TAKEN_OVER:
                follower, has_confirmed = event.who, False
            elif event.name == _COMMITTING and event.who == follower:
                has_confirmed = True
    return follower if follower is not None and (follower != who or not has_confirmed) else None


def confirmed_intent(events: Iterable[Event], plan_hash: str, reference: RunReference) -> Intent | None:
    """Return the intent of a step to send the plan of a hash since it was confirmed last, None where there is none.

    The order in the journal tells it, since a clock may be set back: that a plan or the messages of a step are
    confirmed is written before any intent to send them.
    """
    follower, found = None, None
    for event in events:
        if isinstance(event, Intent):
            is_it = (event.plan_hash, event.reference.run_id) == (plan_hash, reference.run_id)
            found = event if is_it else found
        elif isinstance(event, RunLine) and event.run_id == reference.run_id:
            if event.name == TAKEN_OVER:
                follower = event.who
            elif event.who == (follower or event.who) and _is_confirmed(event, plan_hash, reference.step_id):
                found = None
    return found


def _is_confirmed(line: RunLine, plan_hash: str, step_id: str) -> bool:
    """Return whether a person confirms by a line the plan of a hash, or the messages of a step."""
    if line.name == _CHOSEN:
        return (line.payload.get("step"), line.payload.get("key")) == (step_id, SEND_KEY)
    return line.name == _COMMITTING and line.payload.get("plan_hash") == plan_hash
