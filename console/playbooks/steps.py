"""The six kinds of steps of a playbook, typed, and what every kind has: a title, texts, conditions, targets."""

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from console.domain.run import StepKind
from console.playbooks.condition import Condition
from console.playbooks.head import Duration, Identifier, Key, Text, Title

END = "end"
"""The target of a step after which the run is over."""


class CheckStep(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="check", tag_field="kind"
):
    """The console decides from the evidence; all three answers say where they go."""

    id: Identifier
    title: Title
    check: Condition
    on_true: Identifier
    on_false: Identifier
    on_unknown: Identifier
    say: Text = ""


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One answer of a person."""

    key: Key
    label: Title
    goto: Identifier


class Suggestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Suggest the option with the key `option` when a condition is true, and say why."""

    option: Key
    when: Condition
    because: Text


class DecideStep(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="decide", tag_field="kind"
):
    """A person decides; the first suggestion whose condition is true is shown."""

    id: Identifier
    decide: Title
    options: Annotated[tuple[Option, ...], msgspec.Meta(min_length=2)]
    suggest: tuple[Suggestion, ...] = ()
    say: Text = ""


class Verify(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an action is known to have worked: the rollout, then `settle`, then `better`, all within `timeout`.

    `worse` is watched from the commit on, and offers the undo. Without `better` the end of the rollout says it all:
    what an action is for may show in the system alone, as with a silence.
    """

    timeout: Duration
    better: Condition | None = None
    rollout: Literal["ready"] | None = None
    settle: Duration = "0s"
    worse: Condition | None = None


class ActionStep(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="action", tag_field="kind"
):
    """Plan an action, send it when a person confirms it, and watch whether it worked.

    `tier` raises the risk with which its plan is shown and confirmed: 3 asks for a name first. It never lowers it.
    """

    id: Identifier
    title: Title
    action: str
    verify: Verify
    on_verified: Identifier
    on_worse: Identifier
    on_timeout: Identifier
    on_skipped: Identifier
    with_: dict[str, int | str] = msgspec.field(name="with", default={})
    tier: Literal[1, 2, 3] | None = None
    say: Text = ""


class ManualStep(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="manual", tag_field="kind"
):
    """A person does something elsewhere and says when it is done."""

    id: Identifier
    manual: Title
    next: Identifier
    say: Text = ""


class Wait(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is waited for, and how long at most."""

    until: Condition
    timeout: Duration


class WaitStep(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="wait", tag_field="kind"
):
    """Watch the evidence until a condition is true."""

    id: Identifier
    title: Title
    wait: Wait
    on_true: Identifier
    on_timeout: Identifier
    say: Text = ""


class Notification(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to tell what: `to` names the channels of a team, as its people know them; the message goes to each."""

    to: Annotated[tuple[Identifier, ...], msgspec.Meta(min_length=1)]
    message: Text


class NotifyStep(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="notify", tag_field="kind"
):
    """Tell people; the message is shown to be copied, and a person says whether it was sent."""

    id: Identifier
    notify: Notification
    next: Identifier
    on_failed: Identifier


Step = CheckStep | DecideStep | ActionStep | ManualStep | WaitStep | NotifyStep


def kind_of(step: Step) -> StepKind:
    """Return the kind of a step."""
    match step:
        case CheckStep():
            return StepKind.CHECK
        case DecideStep():
            return StepKind.DECIDE
        case ActionStep():
            return StepKind.ACTION
        case ManualStep():
            return StepKind.MANUAL
        case WaitStep():
            return StepKind.WAIT
        case NotifyStep():
            return StepKind.NOTIFY


def title_of(step: Step) -> str:
    """Return the line that stands for a step on the screen (a text with `{{ }}`)."""
    match step:
        case DecideStep():
            return step.decide
        case ManualStep():
            return step.manual
        case NotifyStep():
            return f"tell {', '.join(step.notify.to)}"
        case CheckStep() | ActionStep() | WaitStep():
            return step.title


def targets_of(step: Step) -> tuple[tuple[str, str], ...]:
    """Return where a step may go: (place of the target within the step, target)."""
    match step:
        case CheckStep():
            return (("on_true", step.on_true), ("on_false", step.on_false), ("on_unknown", step.on_unknown))
        case DecideStep():
            return tuple((f"options.{index}.goto", option.goto) for index, option in enumerate(step.options))
        case ActionStep():
            return tuple(
                (name, getattr(step, name)) for name in ("on_verified", "on_worse", "on_timeout", "on_skipped")
            )
        case ManualStep():
            return (("next", step.next),)
        case WaitStep():
            return (("on_true", step.on_true), ("on_timeout", step.on_timeout))
        case NotifyStep():
            return (("next", step.next), ("on_failed", step.on_failed))


def texts_of(step: Step) -> Iterator[tuple[str, str]]:
    """Yield the texts of a step in which `{{ }}` may stand: (place within the step, text)."""
    match step:
        case DecideStep():
            yield "decide", step.decide
            for index, suggestion in enumerate(step.suggest):
                yield f"suggest.{index}.because", suggestion.because
        case ManualStep():
            yield "manual", step.manual
        case NotifyStep():
            yield "notify.message", step.notify.message
            return
        case CheckStep() | ActionStep() | WaitStep():
            yield "title", step.title
    yield "say", step.say


def conditions_of(step: Step) -> Iterator[tuple[str, Condition, bool]]:
    """Yield the conditions of a step: (place within the step, condition, whether it is watched over time)."""
    match step:
        case CheckStep():
            yield "check", step.check, False
        case DecideStep():
            for index, suggestion in enumerate(step.suggest):
                yield f"suggest.{index}.when", suggestion.when, False
        case ActionStep():
            if step.verify.better is not None:
                yield "verify.better", step.verify.better, True
            if step.verify.worse is not None:
                yield "verify.worse", step.verify.worse, True
        case WaitStep():
            yield "wait.until", step.wait.until, True
        case ManualStep() | NotifyStep():
            return
