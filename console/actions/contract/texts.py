"""Every text that a face shows of an action, and whether a name from outside could steer a terminal through it."""

from collections.abc import Iterator

import msgspec

from console.actions.provider import Occasion
from console.domain.action import FieldChange, Plan
from console.domain.label import Label, harmless

HOSTILE = "fraud\x1b[31m\x07\u202e[bold]$(reboot)`reboot`\r\n'\"; reboot"
"""A name that paints, rings, turns the direction of text, is markup, and breaks out of quotes and of its line."""


def hostile_occasions(occasion: Occasion) -> tuple[Occasion, Occasion]:
    """Return an occasion whose model and person are called as an attacker would, and one of which only the person is.

    A system may not know the model by that name, and then nothing of its plan is seen.
    """
    person = msgspec.structs.replace(occasion, by=HOSTILE)
    model = msgspec.structs.replace(occasion.view.model, id=HOSTILE, name=Label(HOSTILE))
    both = msgspec.structs.replace(person, view=msgspec.structs.replace(occasion.view, model=model))
    return both, person


def texts_of(plan: Plan) -> Iterator[str]:
    """Yield what is shown of a plan."""
    yield from (plan.title, plan.confirm, plan.dry_run, *plan.notes, *plan.refusals, plan.command or "")
    yield from _texts_of(plan.changes)
    if plan.undo is not None:
        yield plan.undo.title
        yield from _texts_of(plan.undo.changes)


def _texts_of(changes: tuple[FieldChange, ...]) -> Iterator[str]:
    for change in changes:
        yield from (change.field, change.before, change.after)


def is_harmless(text: str) -> bool:
    """Return whether a text holds no character that steers a terminal."""
    return harmless(text, max(len(text), 1)) == text
