"""`kubernetes.cordon`: keep new pods off the node of a bad replica."""

from collections.abc import Mapping

import msgspec

from console.actions.kubernetes.address import Address
from console.actions.kubernetes.guarded_patch import GuardedPatch, edit
from console.actions.kubernetes.kubectl import kubectl_command
from console.actions.kubernetes.patching_action import Description
from console.actions.kubernetes.pods import named_pod, read_pods
from console.actions.kubernetes.workload_action import WorkloadAction
from console.actions.kubernetes.workload_reading import read_workload
from console.actions.provider import ActionRefused, Occasion, Prospect, RolloutProgress
from console.actions.specification import ActionSpecification, Argument
from console.domain.action import Plan, RiskTier
from console.domain.label import harmless
from console.domain.model import Target
from console.sources.cluster.failures import UNREADABLE, in_short
from console.sources.cluster.writers import LiveObject

CORDON = ActionSpecification(
    name="kubernetes.cordon",
    title="Keep new pods off a node",
    arguments=(Argument(name="pod", meaning="the replica on whose node no new pods are to start"),),
    undo="the node takes new pods again",
    tier=RiskTier.WIDE,
    proof="system",
)
_UNSCHEDULABLE = "/spec/unschedulable"


class Cordon(WorkloadAction):
    """Sets `spec.unschedulable` of the node on which a pod runs; what runs there stays."""

    specification = CORDON
    _participle = "looked for on nodes"
    _undone_by_owners = False

    async def prospect(self, occasion: Occasion) -> Prospect:
        """Return whether this user may cordon nodes, and on which pods' nodes it could be.

        Raises:
            ActionRefused: it cannot be done for this kind of workload, it is in another cluster, or the cluster cannot
                be asked.
        """
        found = await super().prospect(occasion)
        target = occasion.workload.target
        try:
            pods = await read_pods(self._transport, target, await read_workload(self._transport, target))
        except UNREADABLE as error:
            raise self._unreadable(target, error) from error
        names = tuple(pod.name for pod in pods if pod.spec.node_name)
        return msgspec.structs.replace(found, choices={"pod": names})

    def _address(self, target: Target) -> Address:
        super()._address(target)
        return Address("v1", "nodes", "", "")

    async def _propose(
        self, occasion: Occasion, live: LiveObject, asked: Mapping[str, object]
    ) -> tuple[GuardedPatch, LiveObject, Description]:
        target = occasion.workload.target
        pod = named_pod(await read_pods(self._transport, target, live), asked["pod"], target)
        if not pod.spec.node_name:
            raise ActionRefused(f"pod {pod.name} runs on no node")
        address = Address("v1", "nodes", "", pod.spec.node_name)
        try:
            node = LiveObject.of(await self._transport.get(address.path))
        except UNREADABLE as error:
            raise ActionRefused(f"node {harmless(address.name)} cannot be read: {in_short(error)}") from error
        patch = GuardedPatch(address, node.metadata.uid, (edit(node, _UNSCHEDULABLE, True),))
        return patch, node, await self._describe(target, patch, node)

    async def _describe(self, target: Target, patch: GuardedPatch, live: LiveObject) -> Description:
        (change,) = patch.edits
        cordons, node = change.after is True, harmless(patch.address.name)
        notes = ["other models may run on it: their new pods go elsewhere too, if there is room"]
        notes += ["the pods that run there stay: delete the bad one to have it replaced elsewhere"] if cordons else []
        return Description(
            title=f"Keep new pods off node {node}" if cordons else f"Let node {node} take new pods again",
            confirm=f"cordon {node}" if cordons else f"uncordon {node}",
            tier=RiskTier.WIDE,
            undo=f"Let node {node} take new pods again" if cordons else f"Keep new pods off node {node} again",
            watch=(f"node {node} is {'cordoned' if cordons else 'schedulable'}",),
            notes=tuple(notes),
            command=kubectl_command(
                target,
                self._settings.kubeconfig,
                "cordon" if cordons else "uncordon",
                patch.address.name,
                namespaced=False,
            ),
        )

    async def _progress(self, plan: Plan, patch: GuardedPatch, live: LiveObject) -> RolloutProgress:
        (change,) = patch.edits
        node = harmless(patch.address.name)
        told = "takes no new pods" if change.after is True else "takes new pods"
        return RolloutProgress(True, None, f"node {node} {told}")
