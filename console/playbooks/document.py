"""The language of playbooks, typed: what a file of `kind: Playbook` may say.

Values for machines are typed or whole-value references (`$latency.objective`); `{{ latency }}` stands in texts only.
"""

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from console.domain.run import StepKind
from console.domain.signal import SIGNALS
from console.playbooks.condition import Condition
from console.playbooks.head import Duration, Head, Identifier, Key, Matches, Metadata, Text, Title

API_VERSION = "incident-console/v1"
END = "end"
"""The target of a step after which the run is over."""
HEADLINE = "headline"
"""Evidence of this signal is the latency that speaks for the model, whichever of them it exports."""
ACTIONS: dict[str, dict[str, int]] = {"kubernetes.scale": {"replicas": 1}}
"""The actions that a step may ask for, and the arguments that each of them needs: whole numbers, with the least."""


class IntegerParameter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="integer", tag_field="type"):
    """A whole number; a default outside of `min` and `max` refuses the action, it is never bent."""

    title: Title
    default: int | str
    min: int
    max: int


class SignalEvidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="signal", tag_field="form"):
    """A signal of the model; `NAME.expected`, `NAME.objective` and, after an action, `NAME.before` come with it."""

    signal: str
    title: Title | None = None


class WorkloadEvidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="workload", tag_field="form"):
    """A field of the cluster object that serves the model: replicas asked for, or replicas that are ready."""

    workload: Literal["replicas", "ready"]
    title: Title | None = None


class ComputedEvidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="computed", tag_field="form"):
    """A value that the console computes: `replicas` is how many the present demand needs, within the limits."""

    computed: Literal["replicas"]
    title: Title | None = None


EvidenceSource = SignalEvidence | WorkloadEvidence | ComputedEvidence


class Guard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must be true before an action is planned and again before it is sent; unknown blocks like false."""

    require: Condition
    otherwise: Text


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far the actions of this playbook may go; the configuration's own limits hold as well."""

    max_replicas: Annotated[int, msgspec.Meta(ge=1)] = 20
    max_factor: Annotated[float, msgspec.Meta(gt=1, le=10)] = 2.0


class CheckStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="check", tag_field="kind"):
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


class DecideStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="decide", tag_field="kind"):
    """A person decides; the first suggestion whose condition is true is shown."""

    id: Identifier
    decide: Title
    options: Annotated[tuple[Option, ...], msgspec.Meta(min_length=2)]
    suggest: tuple[Suggestion, ...] = ()
    say: Text = ""


class Verify(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an action is known to have worked: the rollout, then `settle`, then `better`, all within `timeout`.

    `worse` is watched from the commit on, and offers the undo.
    """

    better: Condition
    timeout: Duration
    rollout: Literal["ready"] | None = None
    settle: Duration = "0s"
    worse: Condition | None = None


class ActionStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="action", tag_field="kind"):
    """Plan an action, send it when a person confirms it, and watch whether it worked."""

    id: Identifier
    title: Title
    action: str
    verify: Verify
    on_verified: Identifier
    on_worse: Identifier
    on_timeout: Identifier
    on_skipped: Identifier
    with_: dict[str, int | str] = msgspec.field(name="with", default={})
    say: Text = ""


class ManualStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="manual", tag_field="kind"):
    """A person does something elsewhere and says when it is done."""

    id: Identifier
    manual: Title
    next: Identifier
    say: Text = ""


class Wait(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is waited for, and how long at most."""

    until: Condition
    timeout: Duration


class WaitStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="wait", tag_field="kind"):
    """Watch the evidence until a condition is true."""

    id: Identifier
    title: Title
    wait: Wait
    on_true: Identifier
    on_timeout: Identifier
    say: Text = ""


Step = CheckStep | DecideStep | ActionStep | ManualStep | WaitStep


class Playbook(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"api_version": "apiVersion"}):
    """A playbook: when it applies, what to look at, what to do, and how to know that it worked."""

    api_version: Literal["incident-console/v1"]
    kind: Literal["Playbook"]
    metadata: Metadata
    match: Matches
    steps: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1)]
    params: dict[Identifier, IntegerParameter] = {}
    evidence: dict[Identifier, EvidenceSource] = {}
    guards: tuple[Guard, ...] = ()
    limits: Limits = Limits()

    @property
    def id(self) -> str:
        """Return the id of the playbook."""
        return self.metadata.id

    @property
    def head(self) -> Head:
        """Return what the playbook says of itself before its steps."""
        return Head(self.metadata, self.match)

    def step(self, step_id: str) -> Step:
        """Return a step.

        Raises:
            KeyError: the playbook has no such step.
        """
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)


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


def title_of(step: Step) -> str:
    """Return the line that stands for a step on the screen (a text with `{{ }}`)."""
    match step:
        case DecideStep():
            return step.decide
        case ManualStep():
            return step.manual
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


def texts_of(step: Step) -> Iterator[tuple[str, str]]:
    """Yield the texts of a step in which `{{ }}` may stand: (place within the step, text)."""
    match step:
        case DecideStep():
            yield "decide", step.decide
            for index, suggestion in enumerate(step.suggest):
                yield f"suggest.{index}.because", suggestion.because
        case ManualStep():
            yield "manual", step.manual
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
            yield "verify.better", step.verify.better, True
            if step.verify.worse is not None:
                yield "verify.worse", step.verify.worse, True
        case WaitStep():
            yield "wait.until", step.wait.until, True
        case ManualStep():
            return


def unit_of(source: EvidenceSource) -> str:
    """Return the unit of a piece of evidence, a word of `console.domain.signal`."""
    if isinstance(source, SignalEvidence):
        return "s" if source.signal == HEADLINE else SIGNALS[source.signal].unit
    return "1"
