"""`kubernetes.scale`: set the replicas of a Deployment or a StatefulSet through its `/scale`."""

import asyncio
from collections.abc import Callable, Mapping

import msgspec

from console.actions.kubernetes.rollout import rollout_progress
from console.actions.kubernetes.scale_outcome import (
    LAST_ARRIVAL_SECONDS,
    is_another,
    moved,
    outcome_by_reading,
    set_by,
    set_by_others,
)
from console.actions.kubernetes.scale_request import (
    PLURALS,
    scale_command,
    scale_request,
    scale_tier,
    seen_and_wanted,
)
from console.actions.kubernetes.situation import (
    Situation,
    notes,
    read_room,
    read_situation,
    read_workload,
    refusals,
    why_not_permitted,
)
from console.actions.provider import ActionRefused, Occasion, Prospect, RolloutProgress
from console.actions.specification import ActionSpecification, Argument
from console.domain.action import Commitment, FieldChange, Outcome, Plan, Request, RiskTier, Undo
from console.domain.label import harmless
from console.domain.model import Target
from console.settings.settings import KubernetesSettings
from console.sources.cluster.failures import UNREADABLE, ended_by_the_server, in_short, may_have_been_applied
from console.sources.cluster.objects import decode_object
from console.transport.kubernetes import (
    Conflict,
    Forbidden,
    KubernetesError,
    KubernetesTransport,
    PreconditionFailed,
)

NO_DRY_RUN = "not asked: the console only reads"
SCALE = ActionSpecification(
    name="kubernetes.scale",
    title="Set the number of replicas",
    arguments=(Argument(name="replicas", meaning="how many replicas to run", kind="integer", least=1),),
    undo="the number of before is set again",
    tier=RiskTier.BOUNDED,
)
SETTLE_SECONDS = 2.0
"""Time that a request without an answer is given to arrive before what is read afterwards counts."""


class _ScaleSpec(msgspec.Struct, frozen=True):
    replicas: int = 0


class _Scale(msgspec.Struct, frozen=True):
    """The answer of `/scale`; the server leaves out a count of 0."""

    spec: _ScaleSpec = _ScaleSpec()


class Scale:
    """Plans, sends, watches and takes back changes of a replica count.

    Args:
        transport: the cluster of the settings' context.
        settings: limits and marks of that cluster.
        clock: returns the time (UTC seconds).
        settle_seconds: how long to wait before reading what became of a request without an answer.
    """

    specification = SCALE

    def __init__(
        self,
        transport: KubernetesTransport,
        settings: KubernetesSettings,
        clock: Callable[[], float],
        settle_seconds: float = SETTLE_SECONDS,
    ) -> None:
        self._transport = transport
        self._settings = settings
        self._clock = clock
        self._settle_seconds = settle_seconds

    @property
    def context(self) -> str:
        """Return the context in which replicas are set."""
        return self._settings.context

    async def prospect(self, occasion: Occasion) -> Prospect:
        """Return whether this user may set replicas at all, and how many there are.

        Raises:
            ActionRefused: the kind cannot be scaled, or it is in another cluster.
        """
        workload = occasion.workload
        plural = self._plural_of(workload)
        forbidden = await why_not_permitted(self._transport, workload.target, plural)
        return Prospect(forbidden, {"replicas": str(workload.replicas)})

    async def plan(self, occasion: Occasion, arguments: Mapping[str, object], *, may_dry_run: bool) -> Plan:
        """Return the plan to set the replicas to `arguments["replicas"]` (a whole number).

        Raises:
            ActionRefused: the argument is no count, the kind cannot be scaled, or the cluster cannot be read.
        """
        wanted = _wanted_replicas(arguments)
        made_at = self._clock()
        workload = occasion.workload
        target = workload.target
        situation = await self._situation(target, made_at)
        forbidden = [*self._limit_refusals(wanted), *refusals(situation, target, wanted)]
        request = scale_request(target, situation.replicas, wanted)
        told = notes(situation, target, workload.shared_by)
        return await self._finish(occasion.model_id, situation, target, request, told, forbidden, made_at, may_dry_run)

    async def plan_undo(self, plan: Plan, *, may_dry_run: bool) -> Plan:
        """Return the recorded inverse as a plan; refused when the replicas are not what the plan made them.

        Raises:
            ActionRefused: the plan has no inverse, or the cluster cannot be read.
        """
        if plan.undo is None:
            raise ActionRefused(f"{plan.title} cannot be undone")
        expected, wanted = seen_and_wanted(plan.undo.request)
        made_at = self._clock()
        situation = await self._situation(plan.target, made_at)
        forbidden = list(refusals(situation, plan.target, wanted))
        if situation.replicas not in (expected, wanted):
            forbidden.insert(0, f"{moved(situation.live, expected)}: nothing is undone over somebody else's change")
        elif situation.replicas == expected and set_by_others(situation.live):
            told = f"replicas are {expected}{set_by(situation.live)}"
            forbidden.insert(0, f"{told}: nothing is undone over somebody else's change")
        beside = notes(situation, plan.target)
        undo = await self._finish(
            plan.model_id, situation, plan.target, plan.undo.request, beside, forbidden, made_at, may_dry_run
        )
        return msgspec.structs.replace(undo, undoes=plan.hash)

    async def commit(self, plan: Plan) -> Commitment:
        """Send the request exactly once and tell what came of it."""
        _, wanted = seen_and_wanted(plan.request)
        sent_at = self._clock()
        try:
            answer = await self._transport.patch(
                plan.request.path, plan.request.body, content_type=plan.request.content_type, dry_run=False
            )
            replicas = decode_object(answer, _Scale).spec.replicas
        except (PreconditionFailed, Conflict) as error:
            return self._commitment(Outcome.NOT_APPLIED, f"nothing was changed: {await self._explain(plan, error)}")
        except UNREADABLE as error:
            if not may_have_been_applied(error):
                return self._commitment(Outcome.NOT_APPLIED, f"nothing was changed: {in_short(error)}")
            await asyncio.sleep(self._settle_seconds)
            read = await self._read_outcome(plan, sent_at, ended=ended_by_the_server(error))
            return self._commitment(read.outcome, f"{read.detail} ({in_short(error)})")
        if replicas != wanted:
            detail = f"the cluster made it {replicas} replicas, not {wanted}: an admission webhook changes them"
            return self._commitment(Outcome.APPLIED, detail)
        return self._commitment(Outcome.APPLIED, f"{plan.target.name} is asked to run {wanted} replicas")

    async def settle(self, plan: Plan, sent_at: float) -> Commitment:
        """Tell from the replicas as they are now whether the request of a plan was applied; sends nothing."""
        return await self._read_outcome(plan, sent_at, ended=self._clock() - sent_at >= LAST_ARRIVAL_SECONDS)

    async def observe(self, plan: Plan) -> RolloutProgress:
        """Tell how far the rollout is, by the rules of `kubectl rollout status`, and why pods do not come.

        Replicas that somebody else set since, and a workload made anew, leave it unknown: what was committed has not
        failed, it is not there to be seen.
        """
        _, wanted = seen_and_wanted(plan.request)
        try:
            live = await read_workload(self._transport, plan.target)
            if is_another(live, plan):
                return RolloutProgress(None, None, f"{plan.target.name} was deleted and made anew")
            if live.spec.replicas != wanted:
                return RolloutProgress(None, None, moved(live, wanted))
            progress = rollout_progress(plan.target.kind, live)
            if progress.done:
                return progress
            no_room = await read_room(self._transport, plan.target, live, self._clock())
        except UNREADABLE as error:
            return RolloutProgress(None, None, f"the rollout cannot be read: {in_short(error)}")
        if no_room is None:
            return progress
        return msgspec.structs.replace(progress, text=f"{progress.text}; {no_room}")

    async def _read_outcome(self, plan: Plan, sent_at: float, *, ended: bool) -> Commitment:
        try:
            live = await read_workload(self._transport, plan.target)
        except UNREADABLE as error:
            return self._commitment(Outcome.UNKNOWN, f"whether it was applied cannot be read: {in_short(error)}")
        return self._commitment(*outcome_by_reading(live, plan, sent_at, ended=ended))

    def _refuse_elsewhere(self, target: Target) -> None:
        """Refuse an object of another cluster before anything is asked: one of the same name here would answer."""
        if target.context != self.context:
            raise ActionRefused(f"it is for context {harmless(target.context)}, which is not the configured one")

    def _plural_of(self, target: Target) -> str:
        self._refuse_elsewhere(target)
        if target.kind not in PLURALS:
            raise ActionRefused(f"a {target.kind} cannot be scaled; expected one of {', '.join(PLURALS)}")
        return PLURALS[target.kind]

    async def _situation(self, target: Target, now: float) -> Situation:
        self._plural_of(target)
        try:
            return await read_situation(self._transport, target, now)
        except UNREADABLE as error:
            raise ActionRefused(
                f"{target.kind} {target.namespace}/{target.name} cannot be read: {in_short(error)}"
            ) from error

    def _limit_refusals(self, wanted: int) -> tuple[str, ...]:
        if wanted > self._settings.max_replicas:
            return (f"{wanted} replicas are over the limit of {self._settings.max_replicas} (kubernetes.max_replicas)",)
        return ()

    async def _finish(
        self,
        model_id: str,
        situation: Situation,
        target: Target,
        request: Request,
        told: tuple[str, ...],
        forbidden: list[str],
        made_at: float,
        may_dry_run: bool,
    ) -> Plan:
        """Ask the server for its dry run where that is allowed and worth asking, and put the plan together."""
        seen, wanted = seen_and_wanted(request)
        after, dry_run = wanted, NO_DRY_RUN
        if may_dry_run and not forbidden:
            after, dry_run, refused = await self._dry_run(request)
            forbidden = [refused] if refused else []
        elif may_dry_run:
            dry_run = "not asked: it is refused already"
        return Plan(
            action=SCALE.name,
            title=f"Scale {target.name} from {seen} to {wanted} replicas",
            confirm=f"scale to {wanted}",
            model_id=model_id,
            target=target,
            request=request,
            changes=(FieldChange("replicas", str(situation.replicas), str(after)),),
            tier=scale_tier(seen, wanted, critical=self._settings.critical),
            made_at=made_at,
            dry_run=dry_run,
            undo=Undo(
                title=f"Scale {target.name} back to {seen} replicas",
                changes=(FieldChange("replicas", str(wanted), str(seen)),),
                request=scale_request(target, wanted, seen),
            ),
            watch=(f"{wanted} of {wanted} replicas available",),
            notes=told,
            refusals=tuple(forbidden),
            command=scale_command(target, seen, wanted, self._settings.kubeconfig),
        )

    async def _dry_run(self, request: Request) -> tuple[int, str, str | None]:
        """Return the replicas that the server would make of a request, its word on it, and why it is refused."""
        _, wanted = seen_and_wanted(request)
        try:
            answer = await self._transport.patch(
                request.path, request.body, content_type=request.content_type, dry_run=True
            )
            replicas = decode_object(answer, _Scale).spec.replicas
        except PreconditionFailed as error:
            return wanted, f"refused: {in_short(error)}", "the workload changed while the plan was made: plan again"
        except Forbidden as error:
            return wanted, f"refused: {in_short(error)}", f"the cluster forbids it: {in_short(error)}"
        except UNREADABLE as error:
            return wanted, f"failed: {in_short(error)}", f"the server's dry run failed: {in_short(error)}"
        if replicas != wanted:
            reason = f"the cluster would make it {replicas} replicas, not {wanted}: an admission webhook changes them"
            return replicas, "accepted with a change", reason
        return replicas, "accepted by the server", None

    async def _explain(self, plan: Plan, error: KubernetesError) -> str:
        """Return why a precondition failed: the server does not say which, so the workload is read again."""
        seen, _ = seen_and_wanted(plan.request)
        try:
            live = await read_workload(self._transport, plan.target)
        except UNREADABLE as reading:
            return f"{in_short(error)}; why cannot be read: {in_short(reading)}"
        if is_another(live, plan):
            return f"{plan.target.name} was deleted and made anew"
        if live.spec.replicas != seen:
            return moved(live, seen)
        return in_short(error)

    def _commitment(self, outcome: Outcome, detail: str) -> Commitment:
        return Commitment(outcome, detail, self._clock())


def _wanted_replicas(arguments: Mapping[str, object]) -> int:
    unknown = sorted(set(arguments) - {"replicas"})
    if unknown:
        raise ActionRefused(f"kubernetes.scale has no argument {unknown[0]!r}; expected replicas")
    match arguments.get("replicas"):
        case bool() as given:
            raise ActionRefused(f"kubernetes.scale: replicas is {given!r}; expected a whole number")
        case int(wanted) if wanted >= 0:
            return wanted
        case given:
            raise ActionRefused(f"kubernetes.scale: replicas is {given!r}; expected a whole number from 0")
