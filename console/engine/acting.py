"""What a run needs of whoever plans and commits actions."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from console.actions.provider import RolloutProgress
from console.actions.specification import ActionSpecification
from console.domain.action import Commitment, Outcome, Plan
from console.domain.snapshot import ModelView
from console.journal.events import Event, Intent, RunReference
from console.journal.terms import NO_TERMS, Terms


class Acting(Protocol):
    """The executor of actions, as a run sees it."""

    def specification(self, action: str, view: ModelView) -> ActionSpecification:
        """Return what is known of the action that a name means for a model.

        Raises:
            ActionRefused: there is none, or the settings do not allow it.
        """

    async def plan(
        self,
        action: str,
        view: ModelView,
        arguments: Mapping[str, object],
        reference: RunReference | None = None,
        terms: Terms = NO_TERMS,
        *,
        anew: bool = False,
    ) -> Plan:
        """Return the plan of an action, refused where the terms of a run do not allow it now.

        Made `anew` it is of nothing that was read before.

        Raises:
            ActionRefused: there can be none.
        """

    async def commit(
        self,
        plan: Plan,
        shown_hash: str,
        reference: RunReference,
        terms: Terms = NO_TERMS,
        *,
        leaving: Callable[[], object] | None = None,
    ) -> Commitment:
        """Send a plan, if the terms still allow it, and return what came of it; `leaving` is called once it leaves.

        Raises:
            ActionRefused: nothing was sent.
        """

    async def observe(self, plan: Plan) -> RolloutProgress:
        """Return how far a committed plan is."""

    async def plan_undo(self, plan: Plan, intent_id: str | None = None) -> Plan:
        """Return the plan that takes a committed plan back; `intent_id` is the commit that is meant.

        Raises:
            ActionRefused: there can be none.
        """

    async def find_intent(self, plan: Plan, reference: RunReference) -> Intent | None:
        """Return the intent to send a plan that a run wrote since it was confirmed last, None where it wrote none.

        Raises:
            ActionRefused: it cannot be told now.
        """

    async def settle(self, intent: Intent) -> Commitment:
        """Return by reading what became of a request that a console left open; nothing is sent.

        Raises:
            ActionRefused: it cannot be told now.
        """

    async def record(
        self, plan: Plan, outcome: Outcome, detail: str, reference: RunReference, intent_id: str | None = None
    ) -> None:
        """Write into the journal what the metrics said after a commit; `intent_id` is the commit that is meant."""


Asked = tuple[str, Mapping[str, object]]
"""The name of an action and its arguments."""


class ReadingForPlans(Protocol):
    """Whatever reads what plans will need, as a run sees it."""

    async def read(self, view: ModelView, asked: Iterable[Asked]) -> None:
        """Read what these plans for a model would read; nothing is raised."""


class EventLog(Protocol):
    """The journal, as a run sees it."""

    def append(self, event: Event, durable: bool = True) -> None:
        """Add an event.

        Raises:
            OSError: it could not be written.
        """
