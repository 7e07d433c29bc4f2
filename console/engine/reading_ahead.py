"""What the plan of an action reads, read before anybody asks for the plan: it comes after one round trip then."""

import logging
from collections.abc import Iterable, Mapping

import msgspec

from console.actions.provider import Action, ActionRefused, Occasion
from console.actions.registry import OpenActions
from console.actions.specification import ActionSpecification, Argument
from console.domain.action import Plan
from console.domain.command import ReadAhead
from console.domain.snapshot import ModelView
from console.engine.acting import Asked
from console.engine.choosing import action_for
from console.engine.failures import log_failure
from console.engine.gate import ActionGate
from console.transport.kubernetes.remembering_transport import RememberingTransport

_log = logging.getLogger(__name__)


class ReadingAhead:
    """Reads what plans will read, and makes plans of what was read, for actions in the cluster.

    Args:
        actions: the actions that can be done.
        gate: says whether anything may be done; what may not is not read ahead.
        cluster: remembers what was read.
    """

    def __init__(self, actions: OpenActions, gate: ActionGate, cluster: RememberingTransport) -> None:
        self._actions = actions
        self._gate = gate
        self._cluster = cluster

    async def read(self, view: ModelView, asked: Iterable[Asked]) -> None:
        """Read what these plans for a model would read; nothing is raised: a plan tells itself what it cannot read."""
        with self._cluster.reading_ahead():
            for name, arguments in asked:
                try:
                    await self._read(name, view, arguments)
                except ActionRefused as refusal:
                    _log.info("reading ahead for %s: %s", name, refusal)
                except Exception as error:  # noqa: BLE001 -- a provider's bug must not end what only saves time
                    log_failure(_log, f"reading ahead for {name} failed", error)

    async def read_for(self, view: ModelView, asked: ReadAhead) -> None:
        """Read what the plan of an action would read whose arguments a person is being asked for."""
        try:
            specification = action_for(self._actions, asked.action, view).specification
        except ActionRefused:  # which the list of actions says
            return
        arguments = likely_arguments(specification, asked.present)
        if arguments is not None:
            await self.read(view, ((asked.action, arguments),))

    async def plan(self, action: Action, occasion: Occasion, arguments: Mapping[str, object]) -> Plan:
        """Return a plan that the server's dry run accepted, of what was read ahead as far as that is fresh.

        It is as old as the oldest that it was made of. One that cannot be sent is made anew, of what is read now: what
        is remembered refuses nothing.

        Raises:
            ActionRefused: no plan can be made at all.
        """
        if action.context != self._cluster.context:
            return await action.plan(occasion, arguments, may_dry_run=True)
        with self._cluster.recollecting() as recollection:
            try:
                plan = await action.plan(occasion, arguments, may_dry_run=True)
            except Exception as error:
                if recollection.since is None:
                    raise
                _log.info("a plan of what was read ahead is made anew: %s", type(error).__name__)
                plan = None
        if recollection.since is None and plan is not None:
            return plan
        if plan is None or plan.refusals or not recollection.was_tried:
            return await action.plan(occasion, arguments, may_dry_run=True)
        return msgspec.structs.replace(plan, made_at=min(plan.made_at, recollection.since or plan.made_at))

    def forget(self) -> None:
        """Remember nothing any more: something was sent, wherever it went."""
        self._cluster.forget()

    async def _read(self, name: str, view: ModelView, arguments: Mapping[str, object]) -> None:
        action = action_for(self._actions, name, view)
        is_here = action.context == self._cluster.context
        if is_here and self._gate.why_no_commit(action.context) is None:
            await action.plan(Occasion(view), arguments, may_dry_run=False)


def likely_arguments(specification: ActionSpecification, present: Mapping[str, str]) -> dict[str, int | str] | None:
    """Return the arguments that somebody may be about to give, None where one that is needed cannot be guessed.

    A text is likely what it is now, a number one more: what grows is what more is read for, such as quotas.
    """
    likely: dict[str, int | str] = {}
    for argument in specification.arguments:
        value = _likely(argument, present.get(argument.name, ""))
        if value is not None:
            likely[argument.name] = value
        elif argument.required:
            return None
    return likely


def _likely(argument: Argument, present: str) -> int | str | None:
    if argument.kind == "text":
        return present or None
    if not present.isdecimal():
        return None
    return int(present) + 1 if argument.most is None else min(int(present) + 1, argument.most)
