"""What every action can do, how it says no, and how the actions of one kind of system are opened."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol, runtime_checkable

import msgspec

from console.actions.specification import ActionSpecification
from console.domain.action import Commitment, Plan
from console.domain.model import Workload
from console.domain.served import ServedPast
from console.domain.snapshot import ModelView
from console.settings.settings import Settings
from console.transport.kubernetes.protocol import KubernetesTransport


class ActionRefused(Exception):
    """Something is not done, for a reason that is told in one harmless line."""


class ServedOtherwise(ActionRefused):
    """A system is asked to act on a model that it does not serve; every action of it would say so.

    It is raised before anything is asked of the system, so that a list of actions knows it at once.
    """


class RolloutProgress(msgspec.Struct, frozen=True):
    """How far a system is with what was committed.

    `done` is None when that cannot be known now: nothing can be read, or somebody else changed it since. `failed` says
    why the system gave up on what was committed, else None.
    """

    done: bool | None
    failed: str | None
    text: str


class Prospect(msgspec.Struct, frozen=True):
    """What is known of an action for a model before anything is planned.

    `why_not` says why it cannot be done at all, whatever its arguments. `present` are the values of now that its
    arguments would replace, `choices` all that an argument takes at this model, `meanings` what these are called beside
    their values (harmless); all by the name of the argument.
    """

    why_not: str | None = None
    present: Mapping[str, str] = {}
    choices: Mapping[str, tuple[str, ...]] = {}
    meanings: Mapping[str, Mapping[str, str]] = {}


class Occasion(msgspec.Struct, frozen=True):
    """For which model an action is planned, by whom, and on behalf of which run and incident."""

    view: ModelView
    by: str = ""
    run_id: str | None = None
    incident_id: str | None = None

    @property
    def model_id(self) -> str:
        """Return the id of the model."""
        return self.view.model.id

    @property
    def workload(self) -> Workload:
        """Return the workload of the model.

        Raises:
            ActionRefused: none is known.
        """
        finding = self.view.workload
        if finding is None or finding.workload is None:
            reason = finding.reason if finding is not None else None
            raise ActionRefused(f"no workload of {self.view.model.shown_id} is known: {reason or 'not looked for yet'}")
        return finding.workload


class Action(Protocol):
    """One kind of operation on a real system."""

    @property
    def specification(self) -> ActionSpecification:
        """Return its name, its arguments, and how it is taken back."""
        ...

    @property
    def context(self) -> str:
        """Return the exact place in which it acts: a context of a kubeconfig, or the name of a server."""
        ...

    async def prospect(self, occasion: Occasion) -> Prospect:
        """Return what is known of it for a model, asked when a list of actions opens: one or two cheap questions.

        Nothing is written, not even as a dry run; a permission is asked for with a SelfSubjectAccessReview.

        Raises:
            ActionRefused: it cannot be done for this model.
        """
        ...

    async def plan(self, occasion: Occasion, arguments: Mapping[str, object], *, may_dry_run: bool) -> Plan:
        """Return what would be done; what forbids it stands in the plan's refusals.

        Args:
            occasion: the model, and on whose behalf.
            arguments: what the playbook or the person asks for.
            may_dry_run: a console that only reads sends no write, not even one that changes nothing.

        Raises:
            ActionRefused: no plan can be made at all.
        """
        ...

    async def plan_undo(self, plan: Plan, *, may_dry_run: bool) -> Plan:
        """Return the recorded inverse of a plan as a plan of its own; refused when the object has moved on.

        Raises:
            ActionRefused: no plan can be made at all.
        """
        ...

    async def commit(self, plan: Plan) -> Commitment:
        """Send the request of a plan exactly once, and tell what came of it; no failure of the system raises."""
        ...

    async def settle(self, plan: Plan, sent_at: float) -> Commitment:
        """Tell by reading whether the request of a plan, sent at a time (UTC seconds), was applied; sends nothing."""
        ...

    async def observe(self, plan: Plan) -> RolloutProgress:
        """Tell how far the system is with a committed plan."""
        ...


PastPlans = Callable[[str], Awaitable[Sequence[Plan]]]
"""Returns what was sent to the target of a uid and is not known to have failed, by the journal, newest first."""


async def nothing_past(target_uid: str) -> Sequence[Plan]:
    """Return that no journal knows of anything that was sent."""
    return ()


ServedPastOf = Callable[[ModelView], Awaitable[ServedPast]]
"""Returns how the versions of a model served, or why that is not known; it waits for seconds at most."""


async def nothing_measured(view: ModelView) -> ServedPast:
    """Return that nobody measures how versions serve."""
    return ServedPast(unknown="no metrics are read")


@runtime_checkable
class InSeveralPlaces(Protocol):
    """An action that acts in one of several servers of a kind, which each plan names as the context of its target."""

    @property
    def contexts(self) -> tuple[str, ...]:
        """Return the exact names of the places; `Action.context` is the first."""
        ...


def contexts_of(action: Action) -> tuple[str, ...]:
    """Return the exact places in which an action may act."""
    return action.contexts if isinstance(action, InSeveralPlaces) else (action.context,)


class Surroundings(msgspec.Struct, frozen=True):
    """What the actions of a provider are made from.

    `transport` is the cluster of the settings' context, None where none is configured. `closing` takes what must be
    closed when the engine ends. `clock` returns UTC seconds. `past` is what the journal tells of earlier plans,
    `served` what metrics tell of how versions served.
    """

    settings: Settings
    environment: Mapping[str, str]
    state_directory: Path
    clock: Callable[[], float]
    transport: KubernetesTransport | None
    closing: AsyncExitStack
    past: PastPlans = nothing_past
    served: ServedPastOf = nothing_measured


@runtime_checkable
class Declaring(Protocol):
    """What a provider is, too, whose actions a configuration declares."""

    def declared(self, settings: Settings) -> Iterable[ActionSpecification]:
        """Return the actions that these settings declare."""
        ...


class Provider(Protocol):
    """The actions on one kind of system: a package with a file per action."""

    @property
    def name(self) -> str:
        """Return the first part of the names of its actions: `kubernetes`."""
        ...

    def specifications(self) -> Iterable[ActionSpecification]:
        """Return its actions as far as they are known without settings."""
        ...

    def why_closed(self, settings: Settings) -> str | None:
        """Return why none of its actions can be done with these settings, None where they can."""
        ...

    def open(self, surroundings: Surroundings) -> Iterable[Action]:
        """Return its actions; called only where nothing keeps it closed."""
        ...
