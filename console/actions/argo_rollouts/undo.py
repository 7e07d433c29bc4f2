"""`argo_rollouts.undo`: go back to the pod template of another version of the model."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from console.actions.argo_rollouts.revisions import Revision, Revisions, read_revisions
from console.actions.argo_rollouts.rollout import GROUP, KIND, Rollout, template_place
from console.actions.argo_rollouts.rollout_action import RolloutAction, plugin_command
from console.actions.argument_values import whole_number
from console.actions.kubernetes.address import Address
from console.actions.kubernetes.config_maps import gone_config_maps, told_gone, unread_config_maps
from console.actions.kubernetes.guarded_patch import GuardedPatch, edit
from console.actions.kubernetes.left_versions import left_templates
from console.actions.kubernetes.looking_back import LookingBack
from console.actions.kubernetes.patching_action import Description
from console.actions.kubernetes.pod_template import same_version, told_apart, version_of
from console.actions.kubernetes.situation import tool_notes
from console.actions.kubernetes.way_back import REVISION, WayBack, named_way_back, newest_good, offered, with_records
from console.actions.provider import ActionRefused, Occasion, RolloutProgress
from console.actions.specification import ActionSpecification, StandsFor
from console.domain.action import Plan, RiskTier
from console.domain.label import harmless
from console.domain.model import Target, Workload
from console.domain.served import ServedPast
from console.sources.cluster.fields import same_value
from console.sources.cluster.writers import LiveObject

UNDO = ActionSpecification(
    name="argo_rollouts.undo",
    title="Go back to another version",
    arguments=(REVISION,),
    undo="the version of before is asked for again",
    tier=RiskTier.WIDE,
    stands_for=StandsFor("kubernetes.roll_back", GROUP, KIND),
)
_WAYS_BACK = frozenset({UNDO.name})


class Undo(LookingBack, RolloutAction):
    """Sets the pod template only, of the Rollout or of the object that it references.

    "Back" is not the revision before: after a restart that one runs the same version, and after an aborted update it
    may be the one that was bad. It is the stable version while an update is under way, which still serves, else the
    newest other one that was not left and is not known to have missed its objectives.
    """

    specification = UNDO
    _subresource = ""

    async def _place(self, workload: Workload, rollout: Rollout) -> Address:
        place, _ = template_place(workload.target, rollout)
        return place

    async def _choices(self, rollout: Rollout) -> Mapping[str, Mapping[str, str]]:
        metadata = rollout.live.metadata
        revisions = await read_revisions(self._transport, metadata.namespace, metadata.uid)
        return {REVISION.name: offered(revisions.kept)}

    async def _propose(
        self, occasion: Occasion, rollout: Rollout, asked: Mapping[str, object]
    ) -> tuple[GuardedPatch, LiveObject, Description]:
        target = occasion.workload.target
        place, pointer = template_place(target, rollout)
        with self._metrics_asked(occasion.view) as served:
            live = rollout.live
            if place != rollout.address:
                live = LiveObject.of(await self._transport.get(place.path))
            revisions = await read_revisions(self._transport, target.namespace, rollout.live.metadata.uid)
            if revisions.unknown is not None:
                raise ActionRefused(revisions.unknown)
            left = left_templates(await self._past(target.uid), _WAYS_BACK)
            past = await served
        way = way_back(rollout, revisions, live.at(pointer), asked.get("revision"), left, past)
        patch = GuardedPatch(place, live.metadata.uid, (edit(live, pointer, way.revision.template),))
        description = self._described(target, patch, live, rollout, way.revision)
        gone, unread = await gone_config_maps(
            self._transport, target.namespace, live.at(pointer), way.revision.template
        )
        return (
            patch,
            live,
            msgspec.structs.replace(
                description,
                notes=(*way.notes, *unread_config_maps(unread), *description.notes),
                refusals=(*told_gone(way.revision.shown, gone), *description.refusals),
            ),
        )

    async def _describe(self, target: Target, patch: GuardedPatch, live: LiveObject) -> Description:
        rollout = await self._of(target, live)
        (change,) = patch.edits
        revisions = await read_revisions(self._transport, target.namespace, rollout.live.metadata.uid)
        kept = (each for each in revisions.kept if same_value(each.template, change.after))
        return self._described(target, patch, live, rollout, next(kept, None))

    def _described(
        self, target: Target, patch: GuardedPatch, live: LiveObject, rollout: Rollout, chosen: Revision | None
    ) -> Description:
        """Return what a patch means; `chosen` is the revision to whose template it leads, None where none is kept."""
        (change,) = patch.edits
        now, back = map(harmless, told_apart(live.at(change.pointer), change.after))
        to = f"{back} (revision {chosen.number})" if chosen is not None else back
        notes = [f"it is {rollout.state}", _steps_again(rollout, chosen)]
        if patch.address != rollout.address:
            notes.append(f"its template is that of {_referenced(rollout)}, which is changed")
        if rollout.spec.paused:
            notes.insert(
                0, "somebody paused it by hand (spec.paused): its controller waits with this until it is promoted"
            )
        notes.append("ConfigMaps, Secrets and data are not rolled back")
        return Description(
            title=f"Take {target.name} from {now} back to {to}",
            confirm=f"go back to {back}",
            tier=RiskTier.WIDE,
            undo=f"Ask {target.name} for {now} again",
            watch=(f"{to} is the stable version",),
            notes=(*notes, *tool_notes(live.metadata)),
            command=plugin_command(target, "undo", f"--to-revision={chosen.number}") if chosen is not None else None,
        )

    async def _progress(self, plan: Plan, patch: GuardedPatch, rollout: Rollout) -> RolloutProgress:
        live = rollout.live if patch.address == rollout.address else await self._sending.read(patch)
        moved = patch.moved_since(live)
        if moved is not None:
            return RolloutProgress(None, None, moved)
        seen = rollout.is_observed if live is rollout.live else rollout.has_observed_reference(live.metadata.generation)
        if not seen:
            return RolloutProgress(False, None, "the controller has not looked at the change yet")
        if await self._runs_another(rollout, patch):
            return RolloutProgress(False, None, "the controller has not begun yet")
        if rollout.status.phase == "Degraded":
            reason = f"the way back failed: it is {rollout.state}"
            return RolloutProgress(False, reason, reason)
        done = rollout.is_promoted and rollout.status.phase == "Healthy"
        return RolloutProgress(done, None, f"it is {rollout.state}")

    async def _runs_another(self, rollout: Rollout, patch: GuardedPatch) -> bool:
        """Tell whether the controller is known to be still at another template than the one that was set."""
        metadata, (change,) = rollout.live.metadata, patch.edits
        revisions = await read_revisions(self._transport, metadata.namespace, metadata.uid)
        current = revisions.of_hash(rollout.status.current_pod_hash)
        return current is not None and not same_version(current.template, change.after)

    def _arguments(self, arguments: Mapping[str, object]) -> Mapping[str, object]:
        asked = super()._arguments(arguments)
        return asked if asked.get("revision") is None else {"revision": whole_number(UNDO, asked, "revision")}


def way_back(
    rollout: Rollout,
    revisions: Revisions,
    now: object,
    asked: object,
    left: Sequence[Any] = (),
    past: ServedPast | None = None,
) -> WayBack[Revision]:
    """Return the revision to go back to.

    Args:
        rollout: the Rollout as it is now.
        revisions: those that are kept.
        now: the pod template that is asked for.
        asked: the number of a revision, None for the one that fits.
        left: the pod templates that were left because they were bad; the stable one is gone back to all the same.
        past: how the versions served, None where nobody asked. A canary serves beside the stable version, so that only
            metrics that name versions tell them apart.

    Raises:
        ActionRefused: there is no such revision, or none that runs another version.
    """
    kept = with_records(revisions.kept, past, alone={})
    if asked is not None:
        numbers = ", ".join(str(each.number) for each in reversed(revisions.kept)) or "none"
        named = next((each for each in kept if each.revision.number == asked), None)
        if named is None:
            raise ActionRefused(f"revision {asked} is not kept; kept are {numbers}")
        return named_way_back(named)
    stable = revisions.of_hash(rollout.status.stable_hash)
    if stable is not None and not rollout.is_promoted and not same_version(stable.template, now):
        return named_way_back(next(each for each in kept if each.revision == stable))
    found = newest_good(kept, now, left)
    if found is not None:
        return found
    count = len(kept)
    raise ActionRefused(
        f"no revision that is kept runs another version than {harmless(version_of(now))} ({count} kept)"
        if count
        else "no earlier revision is kept"
    )


def _steps_again(rollout: Rollout, chosen: Revision | None) -> str:
    """Return how fast it goes back."""
    if chosen is not None and chosen.pod_hash == rollout.status.stable_hash and not rollout.is_promoted:
        return "it is the stable version: no steps are run"
    if rollout.spec.strategy.blue_green is not None:
        return "the pods of that version are started beside those of now, then traffic is switched"
    window = rollout.spec.rollback_window.revisions if rollout.spec.rollback_window is not None else 0
    if window:
        last = "is the last revision" if window == 1 else f"is one of the last {window} revisions"
        return f"the steps of its canary ({rollout.steps}) are skipped where it {last}, else run again"
    if not rollout.steps:
        return "it has no steps"
    return f"the steps of its canary ({rollout.steps}) are run again, with their pauses"


def _referenced(rollout: Rollout) -> str:
    reference = rollout.spec.workload_ref
    return harmless(f"{reference.kind} {reference.name}") if reference is not None else ""
