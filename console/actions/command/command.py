"""`command.NAME`: one program on this machine, as the configuration declares it, with typed values in its slots."""

import asyncio
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from console.actions.command.running import Finished, clean_environment, run
from console.actions.declared.declared_action import DeclaredAction
from console.actions.declared.slots import arguments_of, declared_tier, given, slot_values, values_given
from console.actions.hiding import Hiding
from console.actions.provider import ActionRefused, Occasion, RolloutProgress
from console.actions.specification import ActionSpecification
from console.domain.action import Commitment, Outcome, Plan, Request, Undo
from console.domain.label import harmless
from console.domain.model import Target
from console.settings.commands import END_OF_OPTIONS, CommandSettings
from console.settings.places import COMMAND, place_name
from console.settings.secrets import Secret, SecretUnavailable, resolve_secret
from console.settings.slots import filled

RUN = "RUN"
"""The method of a request that runs a program; its path is the program, its body the argument vector."""
ARGV = "argv"
NO_CHECK = "nothing tells whether it was done (the command declares no check_argv)"
CHECK_SAYS_DONE = 0
CHECK_SAYS_NOT_DONE = 1


def specification_of(name: str, settings: CommandSettings) -> ActionSpecification:
    """Return what is known of a command before it is run."""
    is_tame = settings.dry_run_argv is not None and settings.undo_argv is not None
    return ActionSpecification(
        name=place_name(COMMAND, name),
        title=settings.title,
        arguments=tuple(arguments_of(settings.slots)),
        undo=None if settings.undo_argv is None else "the command's own undo is run",
        tier=declared_tier(settings.tier, is_tame=is_tame, critical=settings.critical),
        proof="metrics" if settings.check_argv is None else "system",
    )


class Command(DeclaredAction[CommandSettings]):
    """Plans, runs and settles one command.

    Args:
        name: what the configuration calls it.
        settings: what it says of it.
        environment: the variables of the process: three of them, and secrets that are declared, reach the program.
        clock: returns the time (UTC seconds).
    """

    def __init__(
        self, name: str, settings: CommandSettings, environment: Mapping[str, str], clock: Callable[[], float]
    ) -> None:
        super().__init__(name, settings, environment, clock)
        self.specification = specification_of(name, settings)

    @property
    def context(self) -> str:
        """Return the place: the command itself."""
        return place_name(COMMAND, self._name)

    async def plan(self, occasion: Occasion, arguments: Mapping[str, object], *, may_dry_run: bool) -> Plan:
        """Return the plan to run the command with these values in its slots.

        Raises:
            ActionRefused: a slot does not take its value.
        """
        settings = self._declared
        values = slot_values(self.context, settings.slots, arguments)
        undo = None
        if settings.undo_argv is not None:
            undo = Undo(f"run the undo of {self._name}", given(values), _request(settings.undo_argv, values))
        told = ", ".join(f"{name} {value}" for name, value in values.items())
        request = _request(settings.argv, values)
        plan = Plan(
            action=self.specification.name,
            title=harmless(f"{settings.title} ({told})" if told else settings.title),
            confirm=f"run {self._name}",
            model_id=occasion.model_id,
            target=Target(self.context, "this machine", "Command", self._name, self.context),
            request=request,
            changes=given(values),
            tier=self.specification.tier,
            made_at=self._clock(),
            dry_run="none: the command declares none",
            undo=undo,
            notes=tuple(self._notes()),
            command=shlex.join(request.body),
        )
        return await self._rehearse(plan, values, may_dry_run=may_dry_run)

    async def plan_undo(self, plan: Plan, *, may_dry_run: bool) -> Plan:
        """Return the declared undo of a run; refused where the check says that there is nothing to take back.

        Raises:
            ActionRefused: the command has no undo.
        """
        if plan.undo is None:
            raise ActionRefused(f"{plan.title} cannot be undone: the command declares no undo_argv")
        done, told = await self._check(plan)
        refusals = (f"there is nothing to take back: {told}",) if done is False else ()
        return Plan(
            action=plan.action,
            title=plan.undo.title,
            confirm=f"undo {self._name}",
            model_id=plan.model_id,
            target=plan.target,
            request=plan.undo.request,
            changes=plan.undo.changes,
            tier=self.specification.tier,
            made_at=self._clock(),
            dry_run="none: an undo has none",
            refusals=refusals,
            undoes=plan.hash,
            command=shlex.join(plan.undo.request.body),
        )

    async def commit(self, plan: Plan) -> Commitment:
        """Run the program once; whatever is not exit code 0, or one that promises that nothing was changed, is unknown.

        A program that was killed, or failed half-way, may have done a part: only a check can tell.
        """
        declared = self._declared.undo_argv if plan.undoes is not None else self._declared.argv
        values = values_given(plan.changes)
        if declared is None or _request(declared, values).body != plan.request.body:
            return self._end(Outcome.NOT_APPLIED, "nothing was run: the command is configured otherwise by now")
        try:
            finished, told = await self._run(plan.request.body)
        except ActionRefused as refusal:
            return self._end(Outcome.NOT_APPLIED, f"nothing was run: {refusal}")
        if finished.exit_code == 0 and not finished.timed_out:
            return self._end(Outcome.APPLIED, told)
        if finished.exit_code in self._declared.refused and not finished.timed_out:
            return self._end(Outcome.NOT_APPLIED, f"refused: {told}")
        settled = await self._settled(plan, is_over=True)
        return msgspec.structs.replace(settled, detail=f"{told}; {settled.detail}")

    async def settle(self, plan: Plan, sent_at: float) -> Commitment:
        """Tell by the check whether a run had its effect; nothing is run but that.

        A program outlives a console that was killed: as long as its time is not over it may still have its effect.
        """
        return await self._settled(plan, is_over=self._clock() - sent_at > self._declared.timeout)

    async def _settled(self, plan: Plan, *, is_over: bool) -> Commitment:
        done, told = await self._check(plan)
        if done is False and not is_over:
            return self._end(Outcome.UNKNOWN, f"{told}: it may still be running")
        outcome = Outcome.UNKNOWN if done is None else Outcome.APPLIED if done else Outcome.NOT_APPLIED
        return self._end(outcome, told)

    async def observe(self, plan: Plan) -> RolloutProgress:
        """Tell by the check whether what was asked for is done."""
        if self._declared.check_argv is None:
            return RolloutProgress(True, None, f"{self._name} was run; {NO_CHECK}")
        done, told = await self._check(plan)
        return RolloutProgress(done or None, None, told)

    async def _check(self, plan: Plan) -> tuple[bool | None, str]:
        """Return whether the effect of a plan is there, None where nothing tells, and the same in words."""
        if self._declared.check_argv is None:
            return None, NO_CHECK
        argv = _request(self._declared.check_argv, values_given(plan.changes)).body
        try:
            finished, told = await self._run(argv)
        except ActionRefused as refusal:
            return None, f"the check tells nothing: {refusal}"
        if finished.timed_out or finished.exit_code not in (CHECK_SAYS_DONE, CHECK_SAYS_NOT_DONE):
            return None, f"the check tells nothing: {told}"
        is_there = finished.exit_code == CHECK_SAYS_DONE
        word = "in effect" if is_there else "not in effect"
        return is_there if plan.undoes is None else not is_there, f"the check says that it is {word}"

    async def _rehearse(self, plan: Plan, values: Mapping[str, Any], *, may_dry_run: bool) -> Plan:
        argv = self._declared.dry_run_argv
        try:
            if argv is None:
                await self._surroundings()
                return plan
            if not may_dry_run:
                return msgspec.structs.replace(plan, dry_run="not asked: the console only reads")
            finished, told = await self._run(_request(argv, values).body)
        except ActionRefused as refusal:
            return msgspec.structs.replace(plan, refusals=(*plan.refusals, str(refusal)))
        if finished.exit_code == 0 and not finished.timed_out:
            return msgspec.structs.replace(plan, dry_run=f"accepted: {told}")
        refused = f"the dry run is refused: {told}"
        return msgspec.structs.replace(plan, dry_run=f"refused: {told}", refusals=(*plan.refusals, refused))

    async def _run(self, argv: Sequence[str]) -> tuple[Finished, str]:
        """Run a program; return how it ended, and that in one harmless line without secrets.

        Raises:
            ActionRefused: it could not be started.
        """
        environment, hiding = await self._surroundings()
        try:
            finished = await run(argv, environment, self._declared.timeout)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise ActionRefused(f"{harmless(argv[0])} cannot be run: {hiding.told(reason)}") from None
        return finished, _in_words(finished, self._declared.timeout, hiding)

    async def _read_secrets(self) -> None:
        await self._surroundings()

    async def _surroundings(self) -> tuple[dict[str, str], Hiding]:
        """Return the environment of the program with its secrets, and what hides them.

        Raises:
            ActionRefused: a secret is not where its reference says.
        """
        declared = self._declared.environment
        try:
            read = {
                name: (await asyncio.to_thread(resolve_secret, value, self._environment)).reveal()
                if isinstance(value, Secret)
                else value
                for name, value in declared.items()
            }
        except SecretUnavailable as error:
            raise ActionRefused(f"nothing can be run: {error}") from None
        secrets = [read[name] for name, value in declared.items() if isinstance(value, Secret)]
        return clean_environment(self._environment, read), Hiding(secrets)

    def _notes(self) -> list[str]:
        told = []
        if self._declared.dry_run_argv is None:
            told.append("it cannot be rehearsed: the command declares no dry_run_argv")
        if self._declared.undo_argv is None:
            told.append("it cannot be taken back: the command declares no undo_argv")
        if self._declared.check_argv is None:
            told.append("if it fails half-way nobody can tell what was done: the command declares no check_argv")
        return told


def _request(argv: Sequence[str], values: Mapping[str, Any]) -> Request:
    """Return the request that runs a program with values in its slots.

    Raises:
        ActionRefused: a value would be taken for an option.
    """
    made: list[str] = []
    for argument in argv:
        found = str(filled(argument, values))
        is_slot = found != argument and argument[:2] != "$$"
        if is_slot and found.startswith("-") and END_OF_OPTIONS not in made:
            raise ActionRefused(f"{argument[1:]}: '{harmless(found)}' begins with -, the program would take an option")
        made.append(found)
    return Request(RUN, made[0], ARGV, made)


def _in_words(finished: Finished, seconds: float, hiding: Hiding) -> str:
    """Return how a program ended and the last line that it said."""
    if finished.timed_out:
        ended = f"it was ended after {seconds:g} s"
    elif finished.exit_code < 0:
        ended = f"it was killed by signal {-finished.exit_code}"
    else:
        ended = f"exit code {finished.exit_code}"
    lines = finished.output.decode("utf-8", "replace").splitlines()
    if finished.is_cut and lines:
        lines.pop()  # the last line is not whole, and half a secret would not be known as one
    words = hiding.told(next((line for line in reversed(lines) if line.strip()), ""))
    return f"{ended}: '{words}'" if words else ended
