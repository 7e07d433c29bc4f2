"""`seldon.set_storage_uri`: let a Model load another artefact, such as the one of before."""

from collections.abc import Iterable, Mapping
from itertools import pairwise

from console.actions.kubernetes.address import Address
from console.actions.kubernetes.guarded_patch import Edit, GuardedPatch, edit
from console.actions.kubernetes.looking_back import LookingBack
from console.actions.kubernetes.patching_action import Description
from console.actions.kubernetes.serving_times import SETTLING_SECONDS
from console.actions.kubernetes.situation import tool_notes
from console.actions.provider import ActionRefused, Occasion, RolloutProgress
from console.actions.seldon.objects import (
    GROUP,
    MODEL,
    SERVER,
    Scaled,
    changed_since,
    has_given_up,
    seldon_address,
    shown_condition,
)
from console.actions.seldon.seldon_action import SeldonAction
from console.actions.specification import ActionSpecification, Argument, StandsFor
from console.detect.version_records import version_records
from console.domain.action import Plan, RiskTier
from console.domain.label import harmless
from console.domain.model import Target
from console.domain.served import KeptVersion, Span, Verdict
from console.sources.cluster.writers import LiveObject

STORAGE = "/spec/storageUri"
SET_STORAGE_URI = ActionSpecification(
    name="seldon.set_storage_uri",
    title="Load another artefact, such as that of the version before",
    arguments=(
        Argument(
            name="storage_uri",
            meaning="where the artefact is; left out, the one before that of now, as far as this journal knows",
            required=False,
        ),
    ),
    undo="the storage URI of before is set again",
    tier=RiskTier.WIDE,
    stands_for=StandsFor("kubernetes.roll_back", GROUP, SERVER),
)


class SetStorageUri(LookingBack, SeldonAction):
    """Sets `spec.storageUri`. A Model keeps no history: what was before is what the journal says, and never guessed."""

    specification = SET_STORAGE_URI

    async def _prospect(self, model: Scaled) -> tuple[Address, Mapping[str, str], Mapping[str, tuple[str, ...]]]:
        present = model.spec.storage_uri
        known = known_uris(await self._past(model.live.metadata.uid), present)
        return self._place(model), {"storage_uri": harmless(present)}, {"storage_uri": known} if known else {}

    async def _patch(self, model: Scaled, arguments: Mapping[str, object]) -> tuple[Target, GuardedPatch, LiveObject]:
        match arguments.get("storage_uri"):
            case None:
                wanted = previous_uri(await self._past(model.live.metadata.uid), model)
            case str(given) if given.strip() and given.isprintable():
                wanted = given.strip()
            case given:
                told = f"{SET_STORAGE_URI.name}: storage_uri is {harmless(repr(given))}"
                raise ActionRefused(f"{told}; expected such as gs://bucket/model/v41")
        target = self._target(model.live)
        return target, GuardedPatch(self._place(model), target.uid, (edit(model.live, STORAGE, wanted),)), model.live

    async def _describe(self, target: Target, patch: GuardedPatch, live: LiveObject) -> Description:
        model = Scaled.of(live)
        (change,) = patch.edits
        notes = ["the version that runs goes on serving until the other one is loaded"]
        if live.at("/spec/artifactVersion") is not None:
            notes.append(f"artifactVersion stays {harmless(str(live.at('/spec/artifactVersion')))}")
        return Description(
            title=f"Let Model {target.name} load {harmless(str(change.after))}",
            confirm=f"load it for {target.name}",
            tier=RiskTier.WIDE,
            undo=f"Let Model {target.name} load {harmless(model.spec.storage_uri)} again",
            watch=("ModelReady is True for the new storage URI",),
            notes=(*notes, *tool_notes(live.metadata)),
        )

    async def _told(self, occasion: Occasion, patch: GuardedPatch, asked: Mapping[str, object]) -> tuple[str, ...]:
        (change,) = patch.edits
        measured, sent = await self._served(occasion.view), await self._past(patch.uid)
        kept = [KeptVersion(_names(uri), times_loaded(sent, uri)) for uri in (change.after, change.before)]
        record, *_ = version_records(kept, measured)
        told = f"{harmless(str(change.after))} {record.text}"
        if record.verdict is Verdict.MISSED and asked.get("storage_uri") is None:
            raise ActionRefused(f"it is not chosen without you: {told}; give storage_uri")
        return (told,)

    def _progress(self, patch: GuardedPatch, live: LiveObject) -> RolloutProgress:
        model = Scaled.of(live)
        ready = model.status.condition("ModelReady")
        if ready is None or not changed_since(live, model.status, ready, STORAGE):
            return RolloutProgress(False, None, "Seldon has not told of the other artefact yet")
        if has_given_up(ready):
            reason = f"Seldon gave up: {shown_condition(ready)}"
            return RolloutProgress(False, reason, reason)
        return RolloutProgress(ready.status == "True", None, shown_condition(ready))

    def _place(self, model: Scaled) -> Address:
        return seldon_address(MODEL, model.live.metadata.namespace, model.live.metadata.name)


def previous_uri(past: Iterable[Plan], model: Scaled) -> str:
    """Return the storage URI that stood before the one of now, which is none that somebody went back from.

    Args:
        past: what was applied to the Model, newest first.
        model: the Model as it is now.

    Raises:
        ActionRefused: the journal does not say.
    """
    name, present = model.live.metadata.name, model.spec.storage_uri
    changes = [change for plan in past if (change := _change(plan)) is not None]
    if not changes:
        raise ActionRefused(f"the journal knows no storage URI that Model {name} had before: give storage_uri")
    newest = changes[0]
    if newest.after != present or not isinstance(newest.before, str):
        since = f"it has {harmless(present)} now, which this console did not set"
        raise ActionRefused(f"{since}: what was before is not known, give storage_uri")
    held = _not_left(reversed(changes))
    before = held[-2] if len(held) > 1 else None
    if not isinstance(before, str):
        told = f"{harmless(present)} was gone back to from {harmless(newest.before)}"
        raise ActionRefused(f"{told}, and what was before it is not known: give storage_uri")
    return before


def _not_left(changes: Iterable[Edit]) -> list[object]:
    """Return the values that followed each other, without those that somebody went back from; `changes` oldest first.

    What nobody here saw being set says nothing of what was before.
    """
    held: list[object] = []
    for change in changes:
        if not held or held[-1] != change.before:
            held = [change.before]
        known = held.index(change.after) if change.after in held else len(held)
        held = [*held[:known], change.after]
    return held


def times_loaded(past: Iterable[Plan], uri: object) -> tuple[Span, ...]:
    """Return when a storage URI was the one of a Model, between two changes that the journal knows.

    Args:
        past: what was applied to the Model, newest first.
        uri: the storage URI.
    """
    changes = [(plan.made_at, change) for plan in past if (change := _change(plan)) is not None]
    return tuple(
        (since + SETTLING_SECONDS, until)
        for (until, later), (since, earlier) in pairwise(changes)
        if earlier.after == later.before == uri and since + SETTLING_SECONDS < until
    )


def _names(uri: object) -> tuple[str, ...]:
    """Return what metrics may call the version of an artefact: the last part of where it is."""
    return (str(uri).rstrip("/").rpartition("/")[2],)


def known_uris(past: Iterable[Plan], present: str) -> tuple[str, ...]:
    """Return the other storage URIs that the journal knows of a Model, the newest first."""
    changes = [change for plan in past if (change := _change(plan)) is not None]
    uris = [uri for change in changes for uri in (change.before, change.after)]
    return tuple(dict.fromkeys(uri for uri in uris if isinstance(uri, str) and uri != present))


def _change(plan: Plan) -> Edit | None:
    try:
        return GuardedPatch.of(plan.request).edit_of(STORAGE)
    except ValueError:
        return None  # another kind of action on the same object
