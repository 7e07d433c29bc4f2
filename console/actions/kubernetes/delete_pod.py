"""`kubernetes.delete_pod`: end one replica, so that its workload makes another one in its place."""

import asyncio
from collections.abc import Callable, Mapping

from console.actions.argument_values import refuse_unknown, text_or_none
from console.actions.kubernetes.address import Address
from console.actions.kubernetes.disruption import disruption_notes
from console.actions.kubernetes.kubectl import kubectl_command
from console.actions.kubernetes.patching_action import ONLY_READS, REFUSED_ALREADY
from console.actions.kubernetes.pods import ModelPod, named_pod, read_pods
from console.actions.kubernetes.rollout import count_progress
from console.actions.kubernetes.sending import LAST_ARRIVAL_SECONDS, SETTLE_SECONDS
from console.actions.kubernetes.situation import told_sharers
from console.actions.kubernetes.workload_reading import read_workload, scalable_of, workload_address
from console.actions.provider import ActionRefused, Occasion, Prospect, RolloutProgress
from console.actions.specification import ActionSpecification, Argument
from console.domain.action import Commitment, FieldChange, Outcome, Plan, Request, RiskTier
from console.domain.label import harmless
from console.domain.model import Target
from console.domain.quantity import how_many
from console.settings.settings import KubernetesSettings
from console.sources.cluster.failures import UNREADABLE, ended_by_the_server, in_short, may_have_been_applied
from console.sources.cluster.objects import decode_object
from console.transport.kubernetes import Conflict, KubernetesTransport, NotFound

DELETE_POD = ActionSpecification(
    name="kubernetes.delete_pod",
    title="Delete one replica",
    arguments=(Argument(name="pod", meaning="the replica to delete"),),
    tier=RiskTier.WIDE,
)


class DeletePod:
    """Deletes a pod of one uid; the last one that serves is left alone.

    Args:
        transport: the cluster of the settings' context.
        settings: limits and marks of that cluster.
        clock: returns the time (UTC seconds).
        settle_seconds: how long to wait before reading what became of a request without an answer.
    """

    specification = DELETE_POD

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
        """Return the context in which pods are deleted."""
        return self._settings.context

    async def prospect(self, occasion: Occasion) -> Prospect:
        """Return whether this user may delete pods here, and which pods there are.

        Raises:
            ActionRefused: it is no workload, it is in another cluster, or the cluster cannot be asked.
        """
        target = occasion.workload.target
        pods = await self._pods(target)
        try:
            why_not = await self._why_not_permitted(target)
        except UNREADABLE as error:
            raise ActionRefused(f"whether you may do it cannot be asked: {in_short(error)}") from error
        return Prospect(why_not, choices={"pod": tuple(pod.name for pod in pods if not pod.is_ending)})

    async def plan(self, occasion: Occasion, arguments: Mapping[str, object], *, may_dry_run: bool) -> Plan:
        """Return the plan to delete the pod `arguments["pod"]`.

        Raises:
            ActionRefused: there is no such pod, or the cluster cannot be read.
        """
        refuse_unknown(DELETE_POD, arguments)
        asked = text_or_none(DELETE_POD, arguments, "pod")
        if asked is None:
            raise ActionRefused(f"{DELETE_POD.name} needs pod: the replica to delete")
        made_at, workload = self._clock(), occasion.workload
        target = workload.target
        pods = await self._pods(target)
        pod = named_pod(pods, asked, target)
        address = Address("v1", "pods", target.namespace, pod.name)
        forbidden = list(_refusals(pod, pods))
        try:
            not_permitted = await self._why_not_permitted(target, pod.name)
        except UNREADABLE as error:
            raise ActionRefused(f"whether you may do it cannot be asked: {in_short(error)}") from error
        forbidden = [not_permitted, *forbidden] if not_permitted is not None else forbidden
        said = ONLY_READS if not may_dry_run else REFUSED_ALREADY
        if may_dry_run and not forbidden:
            said, refused = await self._dry_run(address, pod.metadata.uid)
            forbidden = [refused] if refused is not None else []
        name, serving = harmless(pod.name), sum(each.serves for each in pods)
        notes = [
            f"serving now: {serving} of {how_many(len(pods), 'pod')}",
            *await disruption_notes(self._transport, pod.metadata),
            "a deletion cannot be undone; another pod is made instead",
        ]
        return Plan(
            action=DELETE_POD.name,
            title=f"Delete pod {name} of {target.name}",
            confirm="delete",
            model_id=occasion.model_id,
            target=target,
            request=Request(
                method="DELETE",
                path=address.path,
                content_type="application/json",
                body={"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": pod.metadata.uid}},
            ),
            changes=(FieldChange(f"pod {name}", "serves" if pod.serves else "does not serve", "deleted"),),
            tier=RiskTier.HARD_TO_UNDO if self._settings.critical else RiskTier.WIDE,
            made_at=made_at,
            dry_run=said,
            watch=("another pod is made and available",),
            notes=(*told_sharers(target, workload.shared_by), *notes),
            refusals=tuple(forbidden),
            command=kubectl_command(target, self._settings.kubeconfig, "delete", "pod", pod.name),
        )

    async def plan_undo(self, plan: Plan, *, may_dry_run: bool) -> Plan:
        """Refuse: a pod does not come back.

        Raises:
            ActionRefused: always.
        """
        raise ActionRefused(f"{plan.title} cannot be undone")

    async def commit(self, plan: Plan) -> Commitment:
        """Send the deletion exactly once and tell what came of it.

        Right before it is looked whether another pod still serves, since a request cannot be made to rest on that.
        """
        name = Address.of(plan.request.path).name
        why_not = await self._why_not_any_more(plan)
        if why_not is not None:
            return self._commitment(Outcome.NOT_APPLIED, f"nothing was changed: {why_not}")
        try:
            await self._transport.delete(plan.request.path, uid=_uid(plan))
        except NotFound:
            return self._commitment(Outcome.NOT_APPLIED, f"nothing was changed: pod {name} is gone already")
        except Conflict as error:
            return self._commitment(Outcome.NOT_APPLIED, f"nothing was changed: {await self._explain(plan, error)}")
        except UNREADABLE as error:
            if not may_have_been_applied(error):
                return self._commitment(Outcome.NOT_APPLIED, f"nothing was changed: {in_short(error)}")
            await asyncio.sleep(self._settle_seconds)
            read = await self._read_outcome(plan, ended=ended_by_the_server(error))
            return self._commitment(read.outcome, f"{read.detail} ({in_short(error)})")
        return self._commitment(Outcome.APPLIED, f"pod {name} ends")

    async def settle(self, plan: Plan, sent_at: float) -> Commitment:
        """Tell from the pod as it is now whether it was deleted; sends nothing."""
        return await self._read_outcome(plan, ended=self._clock() - sent_at >= LAST_ARRIVAL_SECONDS)

    async def observe(self, plan: Plan) -> RolloutProgress:
        """Tell whether the pod is gone and as many as are wanted are available, whatever versions they run."""
        name, uid = Address.of(plan.request.path).name, _uid(plan)
        try:
            live = await read_workload(self._transport, plan.target)
            if live.metadata.uid != plan.target.uid:
                return RolloutProgress(None, None, f"{plan.target.name} was deleted and made anew")
            pods = await read_pods(self._transport, plan.target, live)
        except UNREADABLE as error:
            return RolloutProgress(None, None, f"the pods cannot be read: {in_short(error)}")
        if any(pod.metadata.uid == uid for pod in pods):
            return RolloutProgress(False, None, f"pod {name} has not ended yet")
        return count_progress(plan.target.kind, scalable_of(live))

    async def _explain(self, plan: Plan, error: Conflict) -> str:
        """Return why a pod was not deleted though there is one of its name."""
        name = harmless(Address.of(plan.request.path).name)
        try:
            pod = decode_object(await self._transport.get(plan.request.path), ModelPod)
        except UNREADABLE:
            return in_short(error)
        if pod.metadata.uid != _uid(plan):
            return f"pod {name} is another by now: the one of before is gone"
        return f"pod {name} was changed by somebody at the same moment: plan again ({in_short(error)})"

    async def _why_not_any_more(self, plan: Plan) -> str | None:
        """Return why a pod is not to be deleted any more; of one that is gone the deletion itself tells."""
        try:
            pods = await read_pods(self._transport, plan.target, await read_workload(self._transport, plan.target))
        except UNREADABLE as error:
            return f"whether other pods serve cannot be read: {in_short(error)}"
        pod = next((each for each in pods if each.metadata.uid == _uid(plan)), None)
        return next(iter(_refusals(pod, pods)), None) if pod is not None else None

    async def _pods(self, target: Target) -> tuple[ModelPod, ...]:
        if target.context != self.context:
            raise ActionRefused(f"it is for context {harmless(target.context)}, which is not the configured one")
        workload_address(target, "asked for its pods")
        try:
            live = await read_workload(self._transport, target)
            if live.metadata.uid != target.uid:
                raise ActionRefused(f"{target.kind} {target.name} was deleted and made anew: refresh first")
            return await read_pods(self._transport, target, live)
        except UNREADABLE as error:
            told = f"{target.kind} {target.namespace}/{target.name} cannot be read: {in_short(error)}"
            raise ActionRefused(told) from error

    async def _why_not_permitted(self, target: Target, name: str = "") -> str | None:
        allowed = await self._transport.can_i("delete", "", "pods", namespace=target.namespace, name=name)
        return None if allowed else f"you may not delete pods in namespace {target.namespace} (RBAC)"

    async def _dry_run(self, address: Address, uid: str) -> tuple[str, str | None]:
        try:
            await self._transport.delete(address.path, uid=uid, dry_run=True)
        except UNREADABLE as error:
            return f"refused: {in_short(error)}", f"the server's dry run failed: {in_short(error)}"
        return "accepted by the server", None

    async def _read_outcome(self, plan: Plan, *, ended: bool) -> Commitment:
        """Tell from the pod of the plan's uid what became of its deletion.

        That nobody is recorded as the one who deleted a pod does not matter: it can only be deleted once, and there is
        nothing to take back.
        """
        address = Address.of(plan.request.path)
        try:
            pod = decode_object(await self._transport.get(address.path), ModelPod)
        except NotFound:
            return self._commitment(Outcome.APPLIED, f"pod {address.name} is gone")
        except UNREADABLE as error:
            return self._commitment(Outcome.UNKNOWN, f"whether it was applied cannot be read: {in_short(error)}")
        if pod.metadata.uid != _uid(plan):
            return self._commitment(Outcome.APPLIED, f"pod {address.name} is another by now: the one of before is gone")
        if pod.is_ending:
            return self._commitment(Outcome.APPLIED, f"pod {address.name} ends")
        if not ended:
            return self._commitment(Outcome.UNKNOWN, f"pod {address.name} is still there: the request may arrive yet")
        return self._commitment(Outcome.NOT_APPLIED, f"pod {address.name} is still there: it was not deleted")

    def _commitment(self, outcome: Outcome, detail: str) -> Commitment:
        return Commitment(outcome, harmless(detail), self._clock())


def _refusals(pod: ModelPod, pods: tuple[ModelPod, ...]) -> tuple[str, ...]:
    if pod.is_ending:
        return (f"pod {harmless(pod.name)} ends already",)
    if pod.serves and sum(each.serves for each in pods) == 1:
        return (f"pod {harmless(pod.name)} is the only one that serves: scale up, or restart, instead",)
    return ()


def _uid(plan: Plan) -> str:
    return str(plan.request.body["preconditions"]["uid"])
