"""`kserve.roll_back`: return to the model that served before, in the InferenceService that owns the workload.

Which request that is depends on how the model runs: the traffic goes back to the previous revision (Knative mode), the
canary is taken out (Standard mode, while there is one), or the earlier model block is written back, where what KServe
made of it is still in the cluster.
"""

import asyncio
from collections.abc import Mapping

import msgspec

from console.actions.argument_values import refuse_unknown, text_or_none
from console.actions.kserve.canaries import CANARY_ARGUMENT, canary_notes, chosen_canary, without_canary
from console.actions.kserve.earlier_model import (
    EarlierModel,
    Template,
    earlier_model,
    is_same_model,
    records_of_models,
)
from console.actions.kserve.inference_service import (
    CANARIES,
    CANARY_PERCENT,
    GROUP,
    KIND,
    InferenceService,
    Mode,
)
from console.actions.kserve.knative_traffic import TrafficReturn, traffic_notes, traffic_return
from console.actions.kserve.predictor_reading import (
    older_templates,
    read_deployments,
    revision_templates,
    stable_deployment,
    told_elsewhere,
)
from console.actions.kserve.roll_back_description import described
from console.actions.kserve.roll_back_progress import roll_back_progress
from console.actions.kserve.service_action import ServiceAction
from console.actions.kubernetes.guarded_patch import Edit, Guard, GuardedPatch, edit
from console.actions.kubernetes.looking_back import LookingBack
from console.actions.kubernetes.patching_action import Description
from console.actions.kubernetes.situation import told_sharers
from console.actions.provider import ActionRefused, Occasion, Prospect, RolloutProgress
from console.actions.specification import ActionSpecification, Argument, StandsFor
from console.domain.action import Plan, RiskTier
from console.domain.label import harmless
from console.domain.model import Target, Workload
from console.domain.served import ServedPast, Verdict, VersionRecord
from console.sources.cluster.failures import UNREADABLE, in_short
from console.sources.cluster.writers import LiveObject
from console.transport.kubernetes import Forbidden

_REVISION = "revision"
ROLL_BACK = ActionSpecification(
    name="kserve.roll_back",
    title="Roll back to the earlier model",
    arguments=(
        Argument(
            name=CANARY_ARGUMENT,
            meaning="which canary to take out, where there are several (Standard mode)",
            required=False,
        ),
        Argument(
            name=_REVISION,
            meaning="the revision whose model is written back; left out, the newest earlier one not known to be bad",
            required=False,
        ),
    ),
    undo="what the InferenceService held before is set again",
    tier=RiskTier.WIDE,
    stands_for=StandsFor("kubernetes.roll_back", GROUP, KIND),
)
_ROLLOUT = "/status/components/predictor"


class _Way(msgspec.Struct, frozen=True):
    """How to roll back: what is changed, on what that rests, and what a person must know."""

    edits: tuple[Edit, ...]
    guards: tuple[Guard, ...]
    notes: tuple[str, ...]


class _Asked(msgspec.Struct, frozen=True):
    """Which canary is meant, which revision, and what will tell how the versions of the model served."""

    canary: str | None
    revision: str | None
    served: asyncio.Future[ServedPast]


class RollBack(LookingBack, ServiceAction):
    """Plans, sends, watches and takes back the return to an earlier model."""

    specification = ROLL_BACK

    async def plan(self, occasion: Occasion, arguments: Mapping[str, object], *, may_dry_run: bool) -> Plan:
        """Return the plan to return to the model that served before.

        Raises:
            ActionRefused: KServe does not serve the model, no earlier one is known, or the cluster cannot be read.
        """
        refuse_unknown(ROLL_BACK, arguments)
        canary = text_or_none(ROLL_BACK, arguments, CANARY_ARGUMENT)
        revision = _revision(arguments)
        made_at = self._clock()
        workload = occasion.workload
        target = workload.target
        self._refuse_elsewhere(target)
        with self._metrics_asked(occasion.view) as served:
            try:
                service = await self._read(workload)
                live = service.live
                way = await self._way(target, service, _Asked(canary, revision, served))
                patch = GuardedPatch(self._address(workload), self._owner(workload).uid, way.edits, way.guards)
                description = await self._describe(target, patch, live)
            except UNREADABLE as error:
                raise self._unreadable(target, error) from error
        told = told_sharers(target, workload.shared_by)
        description = msgspec.structs.replace(description, notes=(*told, *way.notes, *description.notes))
        return await self._finish(
            occasion.model_id, target, patch, live, description, made_at=made_at, may_dry_run=may_dry_run
        )

    async def observe(self, plan: Plan) -> RolloutProgress:
        """Tell whether the traffic goes where it was sent, or the pods run the model that was written."""
        patch = GuardedPatch.of(plan.request)
        try:
            live = await self._sending.read(patch)
            unknown = self._moved_on(patch, live)
            if unknown is not None:
                return RolloutProgress(None, None, unknown)
            service = InferenceService.of(live)
            mode = await self._mode(plan.target, service)
            deployments = await read_deployments(self._transport, plan.target.namespace, patch.address.name)
        except (ActionRefused, *UNREADABLE) as error:
            return RolloutProgress(None, None, f"the rollout cannot be read: {in_short(error)}")
        return roll_back_progress(patch, service, mode, deployments)

    async def _foreseen(self, workload: Workload, service: InferenceService, prospect: Prospect) -> Prospect:
        mode = await self._mode(workload.target, service)
        if mode is Mode.STANDARD:
            names = tuple(harmless(canary.name) for canary in service.canaries)
            return msgspec.structs.replace(prospect, choices={CANARY_ARGUMENT: names} if names else {})
        try:
            traffic_return(service)
        except ActionRefused as why_not:
            return msgspec.structs.replace(prospect, why_not=prospect.why_not or str(why_not))
        return prospect

    async def _way(self, target: Target, service: InferenceService, asked: _Asked) -> _Way:
        mode = await self._mode(target, service)
        if mode is Mode.STANDARD and service.canaries:
            if asked.revision is not None:
                raise ActionRefused(f"{service.shown} has canaries: take them out before another model is written back")
            chosen = chosen_canary(service, asked.canary)
            change = edit(service.live, CANARIES, without_canary(service, chosen))
            return _Way((change,), (), canary_notes(service, chosen))
        if asked.canary is not None:
            raise ActionRefused(f"{service.shown} has no canaries of Standard mode to take out")
        if mode is Mode.KNATIVE:
            return await self._knative_way(target, service, asked)
        deployments = await read_deployments(self._transport, target.namespace, service.metadata.name)
        stable = stable_deployment(service, deployments)
        if stable is None:
            raise ActionRefused(f"KServe has made no Deployment of the predictor of {service.shown}")
        older = await older_templates(self._transport, target.namespace, stable, self._clock())
        way = _writing(service, earlier_model(service, stable.template, older, await asked.served, asked.revision))
        return msgspec.structs.replace(way, notes=(*told_elsewhere(target, deployments), *way.notes))

    async def _knative_way(self, target: Target, service: InferenceService, asked: _Asked) -> _Way:
        returning = traffic_return(service)
        try:
            templates = await revision_templates(self._transport, target.namespace, service.metadata.name)
        except Forbidden:
            unknown = "the revisions may not be listed: whether the previous one serves another model is not known here"
            return _returning(service, returning, (unknown,))
        leaving, back = templates.get(returning.leaving), templates.get(returning.returning)
        if back is None:
            gone = f"revision {harmless(returning.returning)} is not there any more"
            raise ActionRefused(f"{gone}: the traffic cannot go back to it; apply the earlier manifest")
        if leaving is None:
            return _returning(service, returning, ())
        names, past = list(templates), await asked.served
        older = [templates[name] for name in names[names.index(returning.leaving) + 1 :]]
        (record,) = records_of_models(leaving, (back,), past)
        why_not = _why_not_by_traffic(returning, leaving, back, record, asked.revision)
        if why_not is None:
            _refuse_to_go_forward(returning, templates)
            return _returning(service, returning, (f"{back.told} {record.text}",))
        if returning.is_split or service.predictor.canary_traffic_percent is not None:
            raise ActionRefused(
                f"{why_not}: a model that is written back gets no traffic now; apply the earlier manifest"
            )
        way = _writing(service, earlier_model(service, leaving, older, past, asked.revision))
        return msgspec.structs.replace(way, notes=(f"{why_not}: the earlier model is written back instead", *way.notes))

    async def _describe(self, target: Target, patch: GuardedPatch, live: LiveObject) -> Description:
        return described(patch, InferenceService.of(live))

    def _done(self, plan: Plan, patch: GuardedPatch) -> str:
        return f"{patch.address.name} is changed: its controller carries it out now"


def _revision(arguments: Mapping[str, object]) -> str | None:
    """Return the revision that is asked for: in Standard mode a number, as playbooks give it for a Deployment."""
    given = arguments.get(_REVISION)
    is_number = isinstance(given, int) and not isinstance(given, bool)
    return str(given) if is_number else text_or_none(ROLL_BACK, arguments, _REVISION)


def _why_not_by_traffic(
    returning: TrafficReturn, leaving: Template, back: Template, record: VersionRecord, revision: str | None
) -> str | None:
    """Return why moving the traffic is not the way back; a stable revision that still serves always may have it all."""
    if revision is not None and revision != back.revision:
        return f"revision {harmless(revision)} is asked for"
    if is_same_model(leaving, back):
        return f"{back.told} serves the same model as {leaving.told}"
    if record.verdict is Verdict.MISSED and revision is None and not returning.is_split:
        return f"{back.told} {record.text}"
    return None


def _refuse_to_go_forward(returning: TrafficReturn, templates: Mapping[str, Template]) -> None:
    """Refuse a previous revision that came after the model of now: that one was taken back already.

    Args:
        returning: where the traffic would go.
        templates: the pod templates of all revisions, newest first.

    Raises:
        ActionRefused: it is such a one.
    """
    names = list(templates)
    older = names[names.index(returning.returning) + 1 :]
    first = next((name for name in older if is_same_model(templates[name], templates[returning.leaving])), None)
    if first is not None and not returning.is_split:
        told = f"{harmless(returning.leaving)} serves the model of {harmless(first)}, which is older than"
        raise ActionRefused(f"{told} {harmless(returning.returning)}: the earlier model is back already")


def _returning(service: InferenceService, returning: TrafficReturn, notes: tuple[str, ...]) -> _Way:
    """Return the way by the traffic; it rests on the revisions between which it moves."""
    known_as = "latestRolledoutRevision" if returning.is_split else "previousRolledoutRevision"
    guards = (
        Guard(f"{_ROLLOUT}/latestReadyRevision", returning.leaving),
        Guard(f"{_ROLLOUT}/{known_as}", returning.returning),
    )
    change = edit(service.live, CANARY_PERCENT, 0)
    return _Way((change,), guards, (*notes, *traffic_notes(service, returning)))


def _writing(service: InferenceService, earlier: EarlierModel) -> _Way:
    """Return the way by the model block; it rests on the whole spec, as the block is only a part of what was tried."""
    edits = tuple(edit(service.live, pointer, value) for pointer, value in earlier.settings.items())
    guards = (Guard("/metadata/generation", service.metadata.generation),)
    notes = [f"the earlier model was read from {earlier.told}", *earlier.served]
    if earlier.beside:
        notes.append(f"not written back, though it differed there: {', '.join(earlier.beside)}")
    if service.predictor.canary_traffic_percent is not None:
        notes.append("canaryTrafficPercent is set, which does nothing in Standard mode")
    return _Way(edits, guards, tuple(notes))
