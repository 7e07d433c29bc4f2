"""`kubernetes.roll_back`: go back to the pod template of another version of the model."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from console.actions.kubernetes.config_maps import gone_config_maps, told_gone, unread_config_maps
from console.actions.kubernetes.guarded_patch import Edit, Guard, GuardedPatch, edit
from console.actions.kubernetes.interruption import interruption, kept_back
from console.actions.kubernetes.kubectl import kubectl_command
from console.actions.kubernetes.left_versions import left_templates
from console.actions.kubernetes.looking_back import LookingBack
from console.actions.kubernetes.patching_action import Description
from console.actions.kubernetes.pod_template import told_apart
from console.actions.kubernetes.revisions import (
    CHANGE_CAUSE,
    Revision,
    read_revisions,
    references,
    way_back,
)
from console.actions.kubernetes.serving_times import settled_after, times_alone
from console.actions.kubernetes.situation import tool_notes
from console.actions.kubernetes.way_back import REVISION, WayBack, offered, with_records
from console.actions.kubernetes.workload_action import WorkloadAction
from console.actions.provider import ActionRefused, Occasion, Prospect, RolloutProgress
from console.actions.specification import ActionSpecification
from console.domain.action import Plan, RiskTier
from console.domain.label import harmless
from console.domain.model import Target
from console.domain.served import Span
from console.sources.cluster.failures import UNREADABLE, in_short
from console.sources.cluster.fields import pointer_of, same_value
from console.sources.cluster.writers import LiveObject

ROLL_BACK = ActionSpecification(
    name="kubernetes.roll_back",
    title="Go back to another version",
    arguments=(REVISION,),
    undo="the version of before is asked for again",
    tier=RiskTier.WIDE,
)
WAYS_BACK = frozenset({"kubernetes.roll_back", "kubernetes.stop_rollout"})
TEMPLATE, PAUSED = "/spec/template", "/spec/paused"
_STRATEGY, _PARTITION = "/spec/updateStrategy/type", "/spec/updateStrategy/rollingUpdate/partition"
_MOST_LISTED = 500
"""So many ReplicaSets or ControllerRevisions of a namespace are read before anything is planned."""
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class RollBack(LookingBack, WorkloadAction):
    """Sets the pod template of a revision that is kept, unless it was changed or paused meanwhile.

    Where rollouts are paused already, the same request lets them go on: whoever resumed them first would roll out the
    very version that is to be left.

    "Back" is the newest revision that runs another version, not the one before: after a restart that one runs the same.
    Nor is it a version that was left by a way back, as far as the journal and the cluster know, or that missed its
    objectives while it served, as far as metrics tell.
    """

    specification = ROLL_BACK
    _participle = "rolled back"

    async def prospect(self, occasion: Occasion) -> Prospect:
        """Return whether this user may do it, and to which revisions; in a namespace of very many none are named.

        Raises:
            ActionRefused: it cannot be done to this kind of workload, it is in another cluster, or the cluster cannot
                be asked.
        """
        found = await super().prospect(occasion)
        if found.why_not is not None or REVISION not in self.specification.arguments:
            return found
        try:
            meanings = offered(await read_revisions(self._transport, occasion.workload.target, _MOST_LISTED))
        except UNREADABLE as error:
            raise ActionRefused(f"its revisions cannot be read: {in_short(error)}") from error
        choices = {REVISION.name: tuple(meanings)} if meanings else {}
        return msgspec.structs.replace(found, choices=choices, meanings={REVISION.name: meanings})

    async def _propose(
        self, occasion: Occasion, live: LiveObject, asked: Mapping[str, object]
    ) -> tuple[GuardedPatch, LiveObject, Description]:
        target, now = occasion.workload.target, live.at(TEMPLATE)
        if not isinstance(now, dict):
            raise ActionRefused(f"{target.kind} {target.name} has no pod template")
        way = await self._way_back(occasion, live, asked)
        edits = [edit(live, TEMPLATE, way.revision.template)]
        cause = pointer_of("metadata", "annotations", CHANGE_CAUSE)
        if not same_value(live.at(cause), way.revision.change_cause):
            edits.append(edit(live, cause, way.revision.change_cause))
        resumes = bool(live.at(PAUSED)) and not same_value(now, way.revision.template)
        if resumes:
            edits.append(edit(live, PAUSED, None))
        guards = () if resumes else (Guard(PAUSED, live.at(PAUSED)),)
        patch = GuardedPatch(self._address(target), target.uid, tuple(edits), guards)
        description = self._described(target, patch, live, way.revision)
        gone, unread = await gone_config_maps(self._transport, target.namespace, now, way.revision.template)
        return (
            patch,
            live,
            msgspec.structs.replace(
                description,
                notes=(*way.notes, *unread_config_maps(unread), *description.notes),
                refusals=(*told_gone(way.revision.shown, gone), *description.refusals),
            ),
        )

    async def _way_back(self, occasion: Occasion, live: LiveObject, asked: Mapping[str, object]) -> WayBack[Revision]:
        """Return the revision to go back to.

        Raises:
            ActionRefused: there is none.
            Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
        """
        target = occasion.workload.target
        with self._metrics_asked(occasion.view) as served:
            left = left_templates(await self._past(target.uid), WAYS_BACK)
            revisions = await read_revisions(self._transport, target)
            known = with_records(revisions, await served, self._times_alone(revisions, live))
        return way_back(known, live.at(TEMPLATE), asked.get("revision"), left)

    def _times_alone(self, revisions: Sequence[Revision], live: LiveObject) -> Mapping[int, tuple[Span, ...]]:
        """Return when each revision was the only one asked for; none where pods need not run what is asked for."""
        if live.at(_STRATEGY) == "OnDelete" or live.at(_PARTITION):
            return {}
        rollouts = [each.rollouts for each in revisions if each.rollouts is not None]
        return times_alone(rollouts, self._clock(), settled_after(live))

    async def _describe(self, target: Target, patch: GuardedPatch, live: LiveObject) -> Description:
        change = patch.edit_of(TEMPLATE)
        revisions = await read_revisions(self._transport, target)
        kept = (each for each in revisions if change is not None and same_value(each.template, change.after))
        return self._described(target, patch, live, next(kept, None))

    def _described(self, target: Target, patch: GuardedPatch, live: LiveObject, chosen: Revision | None) -> Description:
        """Return what a patch means; `chosen` is the revision to whose template it leads, None where none is kept."""
        change = patch.edit_of(TEMPLATE) or edit(live, TEMPLATE, live.at(TEMPLATE))
        now, to = map(harmless, told_apart(live.at(TEMPLATE), change.after))
        paused = patch.edit_of(PAUSED)
        number = f" (revision {chosen.number})" if chosen is not None else ""
        interrupted = interruption(target.kind, live)
        undo = ("rollout", "undo", f"{target.kind.lower()}/{target.name}")
        by_kubectl = chosen is not None and paused is None  # which refuses what is paused
        return Description(
            title=f"Take {target.name} from {now} back to {to}{number}",
            confirm=f"go back to {to}",
            tier=RiskTier.WIDE if interrupted is None else RiskTier.HARD_TO_UNDO,
            undo=f"Ask {target.name} for {now} again",
            watch=(f"every replica runs {to} and is available",),
            notes=(
                *_told_of_pause(paused),
                *([interrupted] if interrupted is not None else []),
                *_not_covered(change.before, change.after),
                *_told(target, live),
                *tool_notes(live.metadata),
            ),
            command=kubectl_command(target, self._settings.kubeconfig, *undo, f"--to-revision={chosen.number}")
            if by_kubectl and chosen is not None
            else None,
        )

    async def _progress(self, plan: Plan, patch: GuardedPatch, live: LiveObject) -> RolloutProgress:
        paused = patch.edit_of(PAUSED)
        if paused is not None and paused.after is True:
            return RolloutProgress(True, None, "its rollouts are paused as before: the pods stay as they are")
        return await super()._progress(plan, patch, live)

    def _done(self, plan: Plan, patch: GuardedPatch) -> str:
        change = patch.edit_of(TEMPLATE)
        version = harmless(told_apart(change.before, change.after)[1]) if change is not None else ""
        return f"{plan.target.name} is asked to run {version}"


def _told_of_pause(paused: Edit | None) -> tuple[str, ...]:
    if paused is None:
        return ()
    if paused.after is True:
        return ("its rollouts are paused again by the same request: the pods stay as they are by then",)
    return ("its rollouts are paused: they go on by the same request, straight to the version that is gone back to",)


def _not_covered(before: Any, after: Any) -> tuple[str, ...]:
    """Return what stays as it is though the versions may need it otherwise."""
    named = sorted({*references(before), *references(after)}) if isinstance(before, dict) else references(after)
    which = f"{', '.join(named)} and all data" if named else "ConfigMaps, Secrets and data"
    return (f"{which} are not rolled back; whether the old image can still be pulled is not known",)


def _told(target: Target, live: LiveObject) -> tuple[str, ...]:
    found = []
    if _LAST_APPLIED in (live.metadata.annotations or {}):
        found.append("it was applied from a file, which still holds the version of now: the next kubectl apply sets it")
    if target.kind == "StatefulSet":
        found.append("pods are replaced one by one; one that never gets ready must be deleted by hand")
        found += kept_back(live)
    return tuple(found)
