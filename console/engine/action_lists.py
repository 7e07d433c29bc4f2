"""The actions that a model can have, and why it cannot have the others: known before anything is pressed."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping

import msgspec

from console.actions.arguments import expected_of, takes_of
from console.actions.provider import Action, ActionRefused, Occasion, Prospect, ServedOtherwise
from console.actions.registry import OpenActions
from console.actions.specification import ActionSpecification, Argument
from console.domain.action import RiskTier
from console.domain.failure import failure_in_words
from console.domain.label import harmless
from console.domain.model_actions import ModelActions, OfferedAction, OfferedArgument
from console.domain.snapshot import ModelView
from console.engine.choosing import action_for
from console.engine.failures import log_failure
from console.engine.gate import ActionGate
from console.engine.raised_tiers import raised_for

PROSPECT_SECONDS = 60.0
"""So long an answer counts: permissions change seldom, and a plan asks for them again."""
PATIENCE_SECONDS = 10.0
_LONGEST_REASON = 300
_LONGEST_LIST = 1000

_log = logging.getLogger(__name__)


class _Known(msgspec.Struct, frozen=True):
    """What a place said of an action for a model at an instant (UTC seconds); `unknown` says why it said nothing."""

    at: float
    prospect: Prospect
    unknown: str | None = None
    is_foreign: bool = False


class ActionLists:
    """Tells of the actions for one model at a time; places are asked all at once and not again within a minute.

    Args:
        actions: the actions that can be done, and why others cannot.
        specifications: what is known of all of them, by name, in the order in which they are listed.
        gate: says whether anything may be done in a place.
        clock: returns the time (UTC seconds).
    """

    def __init__(
        self,
        actions: OpenActions,
        specifications: Mapping[str, ActionSpecification],
        gate: ActionGate,
        clock: Callable[[], float],
    ) -> None:
        self._actions = actions
        opened = {name: action.specification for name, action in actions.by_name.items()}
        self._specifications = {**specifications, **opened}
        self._gate = gate
        self._clock = clock
        self._known: dict[tuple[str, str, str], _Known] = {}

    async def of(self, view: ModelView) -> AsyncIterator[ModelActions]:
        """Yield the list for a model as it is known now, then again with each answer that comes."""
        waits = [name for name in self._specifications if self._must_ask(name, view)]
        asking = {asyncio.create_task(self._ask(name, view)): name for name in waits}
        try:
            await asyncio.sleep(0)  # what is refused without a question is known from the first list on
            pending = {task for task in asking if not task.done()}
            yield self._listed(view, frozenset(asking[task] for task in pending))
            while pending:
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
                yield self._listed(view, frozenset(asking[task] for task in pending))
        finally:
            for task in asking:
                task.cancel()

    def _must_ask(self, name: str, view: ModelView) -> bool:
        if self._why_not_here(name, view) is not None:
            return False
        known = self._known.get(_key(name, view))
        return known is None or not 0 <= self._clock() - known.at < PROSPECT_SECONDS

    async def _ask(self, name: str, view: ModelView) -> None:
        """Ask a place; whatever breaks on the way is why nobody can tell."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                known = _Known(self._clock(), await self._actions.by_name[name].prospect(Occasion(view)))
        except ActionRefused as refusal:
            is_foreign = isinstance(refusal, ServedOtherwise)
            known = _Known(self._clock(), Prospect(str(refusal)), is_foreign=is_foreign)
        except TimeoutError:
            known = _Known(self._clock(), Prospect(), f"no answer within {PATIENCE_SECONDS:.0f} s")
        except Exception as error:  # noqa: BLE001 -- a provider's bug must not take the list away
            log_failure(_log, f"asking about {name} failed", error)
            known = _Known(self._clock(), Prospect(), failure_in_words(error))
        self._known[_key(name, view)] = known

    def _listed(self, view: ModelView, waits: frozenset[str]) -> ModelActions:
        offered = (self._offered(each, view, is_asked=name in waits) for name, each in self._specifications.items())
        return ModelActions.ranked(view.model.id, offered)

    def _offered(self, specification: ActionSpecification, view: ModelView, *, is_asked: bool) -> OfferedAction:
        name = specification.name
        known = None if is_asked else self._known.get(_key(name, view))
        here = self._why_not_here(name, view)
        prospect = known.prospect if known is not None else Prospect()
        why_not = here or prospect.why_not
        action = self._actions.by_name.get(name)
        return OfferedAction(
            name=harmless(name),
            title=harmless(specification.title),
            tier=self._tier(specification, action),
            undo=harmless(specification.undo, _LONGEST_REASON) if specification.undo is not None else None,
            arguments=tuple(_argument(each, prospect) for each in specification.arguments),
            place=action.context if action is not None else None,
            why_not=harmless(why_not, _LONGEST_REASON) if why_not is not None else None,
            unknown=harmless(known.unknown, _LONGEST_REASON) if known is not None and known.unknown else None,
            is_asked=is_asked,
            is_foreign=name in self._actions.closed if known is None else known.is_foreign,
        )

    def _tier(self, specification: ActionSpecification, action: Action | None) -> RiskTier:
        """Return the least risk of an action here, as its plan will be raised to."""
        of_the_place = 0 if action is None else self._gate.minimum_tier(action.context)
        return RiskTier(max(specification.tier, of_the_place, raised_for(specification.name, self._actions.tiers)))

    def _why_not_here(self, name: str, view: ModelView) -> str | None:
        """Return what this console knows without asking anybody: settings, switches, owners."""
        past = self._gate.why_no_plan()
        if past is not None:
            return past
        action: Action | None = self._actions.by_name.get(name)
        if action is None:
            return self._actions.closed.get(name, "not configured")
        instead = action_for(self._actions, name, view)
        if instead is not action:
            owner = view.workload.workload.owner if view.workload is not None and view.workload.workload else None
            who = f"{owner.kind} {owner.name}" if owner is not None else "its owner"
            return f"{who} would undo it: {instead.specification.name} does it there"
        return self._gate.why_no_commit(action.context)


def _key(name: str, view: ModelView) -> tuple[str, str, str]:
    """Return what an answer is about: another workload of the same model is another question."""
    workload = view.workload.workload if view.workload is not None else None
    return view.model.id, name, workload.uid if workload is not None else ""


def _argument(argument: Argument, prospect: Prospect) -> OfferedArgument:
    choices, meanings = prospect.choices.get(argument.name, argument.choices), prospect.meanings.get(argument.name, {})
    named = ", ".join(f"{choice} ({meanings[choice]})" if choice in meanings else choice for choice in choices)
    return OfferedArgument(
        name=argument.name,
        title=harmless(argument.meaning),
        expected=harmless(f"one of {named}" if choices else expected_of(argument), _LONGEST_LIST),
        options=tuple(choices),
        present=prospect.present.get(argument.name, ""),
        required=argument.required,
        takes=takes_of(argument),
    )
