"""`kubernetes.scale`: set the replicas of a Deployment or a StatefulSet, or the bounds of what sets them by itself."""

from collections.abc import Mapping
from functools import cached_property

import msgspec

from console.actions.kubernetes.address import Address
from console.actions.kubernetes.autoscaling import is_governor, told_resting
from console.actions.kubernetes.floor import (
    done_governed,
    governed_count,
    governed_description,
    governing_address,
    governing_patch,
    told_not_yet,
)
from console.actions.kubernetes.guarded_patch import GuardedPatch, edit
from console.actions.kubernetes.keda_pause import Pauses
from console.actions.kubernetes.patching_action import Description
from console.actions.kubernetes.quota import quota_notes
from console.actions.kubernetes.replica_count import count_description, over_the_limit, scale_command, scale_tier
from console.actions.kubernetes.rollout import count_progress
from console.actions.kubernetes.situation import Situation, notes, read_situation, refusals
from console.actions.kubernetes.workload_action import WorkloadAction
from console.actions.kubernetes.workload_reading import read_workload, scalable_of
from console.actions.provider import ActionRefused, Occasion, Prospect, RolloutProgress
from console.actions.specification import ActionSpecification, Argument
from console.domain.action import Plan, RiskTier
from console.domain.model import Target, Workload
from console.domain.quantity import how_many
from console.sources.cluster.failures import UNREADABLE, in_short
from console.sources.cluster.objects import Scalable
from console.sources.cluster.writers import LiveObject

SCALE = ActionSpecification(
    name="kubernetes.scale",
    title="Set the number of replicas",
    arguments=(Argument(name="replicas", meaning="how many replicas to run", kind="integer", least=1),),
    undo="the number of before is set again",
    tier=RiskTier.BOUNDED,
)
_REPLICAS = "/spec/replicas"
_APPS = "apps"
_NOTHING: tuple[str, ...] = ()


class Scale(WorkloadAction):
    """Plans, sends, watches and takes back changes of a replica count.

    Where an autoscaler sets the count it would take a change of it back, so its lower bound is raised instead, and its
    upper bound with it where that is in the way. At 0 replicas autoscalers do nothing: those are set directly. Where
    KEDA is paused and holds a count, what it holds is changed.
    """

    specification = SCALE
    _participle = "scaled"

    async def prospect(self, occasion: Occasion) -> Prospect:
        """Return whether this user may change what sets the replicas, and how many there are.

        Raises:
            ActionRefused: the kind cannot be scaled, it is in another cluster, or the cluster cannot be asked.
        """
        found = await super().prospect(occasion)
        if self._why_owned(occasion.workload) is not None:
            return found
        try:
            address = await governing_address(self._transport, self._pauses, occasion.workload, _APPS)
            if address is None:
                return found
            why_not = await self._sending.why_not_permitted(address)
        except UNREADABLE as error:
            raise ActionRefused(f"whether you may do it cannot be asked: {in_short(error)}") from error
        return msgspec.structs.replace(found, why_not=why_not)

    @cached_property
    def _pauses(self) -> Pauses:
        return Pauses(self._transport, self._clock)

    def _address(self, target: Target) -> Address:
        return msgspec.structs.replace(super()._address(target), subresource="scale")

    def _present(self, workload: Workload) -> Mapping[str, str]:
        return {"replicas": str(workload.replicas)}

    async def _propose(
        self, occasion: Occasion, live: LiveObject, asked: Mapping[str, object]
    ) -> tuple[GuardedPatch, LiveObject, Description]:
        target = occasion.workload.target
        wanted = int(str(asked["replicas"]))
        situation = await read_situation(self._transport, self._pauses, target, scalable_of(live), self._clock())
        is_owned = live.metadata.controller is not None
        governing = None if is_owned else await governing_patch(self._transport, situation, wanted)
        if governing is not None:
            patch, governor = governing
            return patch, governor, await self._describe_governed(target, patch, governor, live, situation)
        patch = GuardedPatch(self._address(target), target.uid, (edit(live, _REPLICAS, wanted),))
        return patch, live, await self._describe_count(target, patch, live, situation)

    async def _describe(self, target: Target, patch: GuardedPatch, live: LiveObject) -> Description:
        is_governed = is_governor(patch.address)
        workload = await read_workload(self._transport, target) if is_governed else live
        situation = await read_situation(self._transport, self._pauses, target, scalable_of(workload), self._clock())
        if is_governed:
            return await self._describe_governed(target, patch, live, workload, situation)
        return await self._describe_count(target, patch, live, situation)

    async def _describe_count(
        self, target: Target, patch: GuardedPatch, live: LiveObject, situation: Situation
    ) -> Description:
        seen, wanted = _counts(patch)
        short = await quota_notes(self._transport, target, live, wanted - seen)
        told, forbidden = (*short, *notes(situation, grows=wanted > seen)), _NOTHING
        if situation.autoscaler is not None and 0 in (seen, wanted):
            told = (told_resting(situation.autoscaler), *told)
        elif situation.autoscaler is not None or situation.pause is not None:
            forbidden = refusals(situation, target, wanted)
        return count_description(
            target.name,
            seen,
            wanted,
            tier=scale_tier(seen, wanted),
            notes=told,
            refusals=forbidden,
            command=scale_command(target, seen, wanted, self._settings.kubeconfig),
        )

    async def _describe_governed(
        self, target: Target, patch: GuardedPatch, governor: LiveObject, workload: LiveObject, situation: Situation
    ) -> Description:
        told = governed_description(target, patch, governor, situation)
        more = governed_count(patch) - situation.live.spec.replicas
        short = await quota_notes(self._transport, target, workload, more)
        return msgspec.structs.replace(told, notes=(*short, *told.notes))

    async def _progress(self, plan: Plan, patch: GuardedPatch, live: LiveObject) -> RolloutProgress:
        progress = await super()._progress(plan, patch, live)
        if not is_governor(patch.address):
            return progress
        not_yet = told_not_yet(patch, scalable_of(live).spec.replicas)
        return progress if not_yet is None else RolloutProgress(False, None, not_yet)

    def _how_far(self, kind: str, workload: Scalable) -> RolloutProgress:
        return count_progress(kind, workload)

    def _done(self, plan: Plan, patch: GuardedPatch) -> str:
        if is_governor(patch.address):
            return done_governed(plan.title, patch)
        return f"{plan.target.name} is asked to run {how_many(_counts(patch)[1], 'replica')}"

    def _forbidden(self, asked: Mapping[str, object]) -> tuple[str, ...]:
        return over_the_limit(asked["replicas"], self._settings.max_replicas)


def _counts(patch: GuardedPatch) -> tuple[int, int]:
    """Return the count that a patch expects and the one that it sets; the server means 1 where there is none."""
    counted = patch.edit_of(_REPLICAS)
    before, after = (None, None) if counted is None else (counted.before, counted.after)
    return 1 if before is None else int(before), 1 if after is None else int(after)
