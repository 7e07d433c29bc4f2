"""`kserve.scale`: raise or lower the fewest replicas of a predictor, in the InferenceService that owns it."""

from collections.abc import Mapping, Sequence

import msgspec

from console.actions.argument_values import refuse_unknown, whole_number
from console.actions.kserve.floor import (
    AUTOSCALED,
    DEFAULT_REPLICAS,
    floor,
    floor_notes,
    floor_refusals,
    floor_settings,
    floor_tier,
)
from console.actions.kserve.inference_service import GROUP, KIND, MIN_REPLICAS, InferenceService, Mode
from console.actions.kserve.predictor_reading import (
    PredictorDeployment,
    read_deployments,
    stable_deployment,
    told_elsewhere,
)
from console.actions.kserve.service_action import ServiceAction
from console.actions.kubernetes.autoscaling import told_stuck
from console.actions.kubernetes.guarded_patch import GuardedPatch, edit
from console.actions.kubernetes.patching_action import Description
from console.actions.kubernetes.quota import quota_notes
from console.actions.kubernetes.replica_count import over_the_limit
from console.actions.kubernetes.situation import read_room, told_sharers, tool_notes
from console.actions.provider import ActionRefused, Occasion, Prospect, RolloutProgress
from console.actions.specification import ActionSpecification, Argument, StandsFor
from console.domain.action import Plan, RiskTier
from console.domain.label import harmless
from console.domain.model import Target, Workload
from console.domain.quantity import how_many
from console.sources.cluster.autoscalers import list_autoscalers
from console.sources.cluster.failures import UNREADABLE, in_short
from console.sources.cluster.writers import LiveObject
from console.transport.kubernetes import Forbidden, NotFound

SCALE = ActionSpecification(
    name="kserve.scale",
    title="Set the least number of replicas",
    arguments=(Argument(name="replicas", meaning="how many replicas to run at least", kind="integer", least=1),),
    undo="the bounds of before are set again",
    tier=RiskTier.BOUNDED,
    stands_for=StandsFor("kubernetes.scale", GROUP, KIND),
)


class Scale(ServiceAction):
    """Plans, sends, watches and takes back changes of the floor of a predictor's replicas."""

    specification = SCALE

    async def plan(self, occasion: Occasion, arguments: Mapping[str, object], *, may_dry_run: bool) -> Plan:
        """Return the plan to run at least `arguments["replicas"]` (a whole number).

        Raises:
            ActionRefused: the argument is no count, KServe does not serve the model, or the cluster cannot be read.
        """
        refuse_unknown(SCALE, arguments)
        wanted = whole_number(SCALE, arguments, "replicas")
        made_at = self._clock()
        workload = occasion.workload
        target = workload.target
        self._refuse_elsewhere(target)
        try:
            service = await self._read(workload)
            live = service.live
            edits = tuple(edit(live, pointer, value) for pointer, value in floor_settings(service, wanted).items())
            patch = GuardedPatch(self._address(workload), self._owner(workload).uid, edits)
            description = await self._describe(target, patch, live)
        except UNREADABLE as error:
            raise self._unreadable(target, error) from error
        refusals = [*self._limit_refusals(wanted), *description.refusals]
        if wanted == floor(service) != service.predictor.min_replicas:
            refusals.append(f"{service.shown} asks for {how_many(wanted, 'replica')} already: minReplicas is not set")
        told = told_sharers(target, workload.shared_by)
        description = msgspec.structs.replace(description, refusals=tuple(refusals), notes=(*told, *description.notes))
        return await self._finish(
            occasion.model_id, target, patch, live, description, made_at=made_at, may_dry_run=may_dry_run
        )

    async def observe(self, plan: Plan) -> RolloutProgress:
        """Tell whether so many replicas are there to serve, and why pods do not come."""
        patch = GuardedPatch.of(plan.request)
        _, wanted = _floors(patch)
        try:
            live = await self._sending.read(patch)
            unknown = self._moved_on(patch, live)
            if unknown is not None:
                return RolloutProgress(None, None, unknown)
            service = InferenceService.of(live)
            mode = await self._mode(plan.target, service)
            deployments = await read_deployments(self._transport, plan.target.namespace, patch.address.name)
            serving = [found for found in deployments if mode is Mode.STANDARD or _serves(found, service, wanted)]
            progress = _progress(serving, wanted)
            if progress.done:
                return progress
            short = [found.workload for found in serving if found.workload.status.available_replicas < wanted]
            rooms = [await read_room(self._transport, plan.target, workload, self._clock()) for workload in short]
        except (ActionRefused, *UNREADABLE) as error:
            return RolloutProgress(None, None, f"the replicas cannot be read: {in_short(error)}")
        told = "; ".join([progress.text, *(room for room in rooms if room is not None)])
        return msgspec.structs.replace(progress, text=told)

    async def _describe(self, target: Target, patch: GuardedPatch, live: LiveObject) -> Description:
        service = InferenceService.of(live)
        mode = await self._mode(target, service)
        seen, wanted = _floors(patch)
        notes = list(floor_notes(service, mode, wanted))
        running = 0
        try:
            deployments = await read_deployments(self._transport, target.namespace, patch.address.name)
            running = sum(found.workload.spec.replicas for found in deployments)
            if seen < wanted <= running:
                asked = how_many(running, "replica is", "replicas are")
                kept = "it" if running == 1 else "them"
                notes.insert(0, f"{asked} asked for now: this starts none, it keeps {kept} from going")
            if mode is Mode.STANDARD and service.autoscaler_class in AUTOSCALED:
                notes = [*await self._told_stuck(target, service, deployments), *notes]
            notes = [*await self._told_of_quotas(target, service, mode, deployments, wanted), *notes]
            notes.extend(told_elsewhere(target, deployments))
        except Forbidden:
            notes.append("its Deployments may not be listed: how many replicas run is not known here")
        name = harmless(service.metadata.name)
        return Description(
            title=f"Scale {name} from at least {seen} to at least {how_many(wanted, 'replica')}",
            confirm=f"scale to {wanted}",
            tier=floor_tier(seen, wanted, running),
            undo=f"Scale {name} back to at least {how_many(seen, 'replica')}",
            watch=(f"at least {how_many(wanted, 'replica')} available",),
            notes=(*notes, *tool_notes(live.metadata)),
            refusals=floor_refusals(service, mode, wanted),
        )

    async def _told_of_quotas(
        self,
        target: Target,
        service: InferenceService,
        mode: Mode,
        deployments: Sequence[PredictorDeployment],
        wanted: int,
    ) -> tuple[str, ...]:
        """Return which quotas have no room for the pods that come: in Knative mode those of a new revision."""
        if mode is Mode.KNATIVE:
            newest = service.rollout.latest_ready_revision
            model = next((found for found in deployments if found.revision == newest), None)
            more = wanted
        else:
            model = stable_deployment(service, deployments)
            more = wanted - sum(found.workload.spec.replicas for found in deployments)
        return () if model is None else await quota_notes(self._transport, target, model.live, more)

    async def _told_stuck(
        self, target: Target, service: InferenceService, deployments: Sequence[PredictorDeployment]
    ) -> tuple[str, ...]:
        """Return that the autoscaler which KServe makes, or KEDA for it, does not scale by itself now."""
        stable = stable_deployment(service, deployments)
        try:
            autoscalers = await list_autoscalers(self._transport, target.namespace)
        except (Forbidden, NotFound) as error:
            return (f"whether its autoscaler scales by itself is not known: {in_short(error)}",)
        own = [found for found in autoscalers if stable and found.scales("apps", "Deployment", stable.name)]
        return tuple(told for told in map(told_stuck, own) if told is not None)

    async def _foreseen(self, workload: Workload, service: InferenceService, prospect: Prospect) -> Prospect:
        return msgspec.structs.replace(prospect, present={"replicas": str(floor(service))})

    def _done(self, plan: Plan, patch: GuardedPatch) -> str:
        return f"{patch.address.name} is asked to run at least {how_many(_floors(patch)[1], 'replica')}"

    def _limit_refusals(self, wanted: int) -> tuple[str, ...]:
        return over_the_limit(wanted, self._settings.max_replicas)


def _floors(patch: GuardedPatch) -> tuple[int, int]:
    """Return the floor that a patch expects and the one that it sets; KServe means 1 where there is none."""
    changed = patch.edit_of(MIN_REPLICAS)
    if changed is None:
        raise ValueError(f"{patch.request.shown} does not set minReplicas")
    seen, wanted = changed.before, changed.after
    return DEFAULT_REPLICAS if seen is None else int(seen), DEFAULT_REPLICAS if wanted is None else int(wanted)


def _serves(deployment: PredictorDeployment, service: InferenceService, wanted: int) -> bool:
    """Tell whether a Deployment runs the newest ready revision, and that one was made with the floor that is wanted."""
    return deployment.revision == service.rollout.latest_ready_revision and deployment.least == str(wanted)


def _progress(deployments: Sequence[PredictorDeployment], wanted: int) -> RolloutProgress:
    if not deployments:
        return RolloutProgress(False, None, "KServe has not made a Deployment with so many replicas yet")
    workloads = [found.workload for found in deployments]
    if not all(workload.is_observed for workload in workloads):
        return RolloutProgress(False, None, "the cluster has not looked at the change yet")
    asked = sum(workload.spec.replicas for workload in workloads)
    available = sum(workload.status.available_replicas for workload in workloads)
    told = f"{available} available, {asked} asked for, at least {wanted} wanted"
    return RolloutProgress(available >= wanted and asked >= wanted, None, told)
