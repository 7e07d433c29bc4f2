"""`argo_rollouts.scale`: set the replicas of a Rollout through its `/scale`."""

from collections.abc import Mapping
from functools import cached_property

import msgspec

from console.actions.argo_rollouts.rollout import GROUP, KIND, Rollout, rollout_address
from console.actions.argo_rollouts.rollout_action import RolloutAction
from console.actions.argument_values import whole_number
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
from console.actions.kubernetes.situation import Situation, notes, read_room, read_situation, refusals
from console.actions.provider import Occasion, RolloutProgress
from console.actions.specification import ActionSpecification, Argument, StandsFor
from console.domain.action import Plan, RiskTier
from console.domain.model import Target, Workload
from console.domain.quantity import how_many
from console.sources.cluster.rollouts import scalable_rollout
from console.sources.cluster.writers import LiveObject

SCALE = ActionSpecification(
    name="argo_rollouts.scale",
    title="Set the number of replicas",
    arguments=(Argument(name="replicas", meaning="how many replicas to run", kind="integer", least=1),),
    undo="the number of before is set again",
    tier=RiskTier.BOUNDED,
    stands_for=StandsFor("kubernetes.scale", GROUP, KIND),
)
_REPLICAS = "/spec/replicas"


class Scale(RolloutAction):
    """Sets the replicas of a Rollout; its canary goes on with the same shares of them.

    Where an autoscaler sets the count, its bounds are changed instead, by the rules of `kubernetes.scale`.
    """

    specification = SCALE
    _subresource = "scale"

    def _arguments(self, arguments: Mapping[str, object]) -> Mapping[str, object]:
        return {"replicas": whole_number(SCALE, super()._arguments(arguments), "replicas")}

    async def _place(self, workload: Workload, rollout: Rollout) -> Address:
        governing = await governing_address(self._transport, self._pauses, workload, GROUP)
        return governing or await super()._place(workload, rollout)

    @cached_property
    def _pauses(self) -> Pauses:
        return Pauses(self._transport, self._clock)

    def _present(self, workload: Workload) -> Mapping[str, str]:
        return {"replicas": str(workload.replicas)}

    async def _propose(
        self, occasion: Occasion, rollout: Rollout, asked: Mapping[str, object]
    ) -> tuple[GuardedPatch, LiveObject, Description]:
        target = occasion.workload.target
        live, wanted = rollout.live, int(str(asked["replicas"]))
        situation = await self._situation(target, rollout)
        governing = await governing_patch(self._transport, situation, wanted)
        if governing is not None:
            patch, live = governing
        else:
            place = rollout_address(target, "scale" if live.at(_REPLICAS) is not None else "")  # no count, no /scale
            patch = GuardedPatch(place, target.uid, (edit(live, _REPLICAS, wanted),))
        return patch, live, await self._described(target, patch, live, rollout, situation)

    async def _describe(self, target: Target, patch: GuardedPatch, live: LiveObject) -> Description:
        rollout = await self._of(target, live)
        return await self._described(target, patch, live, rollout, await self._situation(target, rollout))

    async def _situation(self, target: Target, rollout: Rollout) -> Situation:
        live = scalable_rollout(rollout.live.document)
        return await read_situation(self._transport, self._pauses, target, live, self._clock())

    async def _described(
        self, target: Target, patch: GuardedPatch, live: LiveObject, rollout: Rollout, situation: Situation
    ) -> Description:
        if is_governor(patch.address):
            governed = governed_description(target, patch, live, situation)
            more = governed_count(patch) - rollout.spec.replicas
            no_room = await quota_notes(self._transport, target, rollout.live, more)
            return msgspec.structs.replace(governed, notes=(*no_room, *governed.notes))
        (change,), seen = patch.edits, rollout.spec.replicas
        wanted = 1 if change.after is None else int(change.after)
        short = await quota_notes(self._transport, target, rollout.live, wanted - seen)
        told, forbidden = (*short, *notes(situation, grows=wanted > seen)), refusals(situation, target, wanted)
        if situation.autoscaler is not None and 0 in (seen, wanted):
            told, forbidden = (told_resting(situation.autoscaler), *told), ()
        if not rollout.is_promoted:
            told = (f"an update is under way, which goes on with the same shares: it is {rollout.state}", *told)
        return count_description(
            target.name,
            seen,
            wanted,
            tier=scale_tier(seen, wanted),
            notes=told,
            refusals=forbidden,
            command=scale_command(target, seen, wanted, self._settings.kubeconfig),
        )

    async def _progress(self, plan: Plan, patch: GuardedPatch, rollout: Rollout) -> RolloutProgress:
        moved = patch.moved_since(rollout.live if patch.uid == plan.target.uid else await self._sending.read(patch))
        if moved is not None:
            return RolloutProgress(None, None, moved)
        if not rollout.is_observed:
            return RolloutProgress(False, None, "the controller has not looked at the change yet")
        status, wanted = rollout.status, rollout.spec.replicas
        not_yet = told_not_yet(patch, wanted) if is_governor(patch.address) else None
        if not_yet is not None:
            return RolloutProgress(False, None, not_yet)
        told = f"{status.available_replicas} of {wanted} available"
        if status.available_replicas >= wanted:
            over = status.replicas > wanted and rollout.is_promoted
            return RolloutProgress(not over, None, f"{told}, {status.replicas - wanted} too many end" if over else told)
        no_room = await read_room(self._transport, plan.target, scalable_rollout(rollout.live.document), self._clock())
        return RolloutProgress(False, None, f"{told}; {no_room}" if no_room is not None else told)

    def _forbidden(self, asked: Mapping[str, object]) -> tuple[str, ...]:
        return over_the_limit(asked["replicas"], self._settings.max_replicas)

    def _done(self, plan: Plan, patch: GuardedPatch) -> str:
        if is_governor(patch.address):
            return done_governed(plan.title, patch)
        return f"{plan.target.name} is asked to run {how_many(int(patch.edits[0].after), 'replica')}"
