"""What a patch that rolls an InferenceService back means in words, and what its inverse does."""

from typing import Any

from console.actions.kserve.inference_service import CANARIES, CANARY_PERCENT, InferenceService
from console.actions.kserve.knative_traffic import WHOLE
from console.actions.kubernetes.guarded_patch import Edit, GuardedPatch
from console.actions.kubernetes.patching_action import Description
from console.actions.kubernetes.situation import tool_notes
from console.domain.action import RiskTier
from console.domain.label import harmless
from console.sources.cluster.fields import shown_value


def described(patch: GuardedPatch, service: InferenceService) -> Description:
    """Return what a patch does to an InferenceService, be it a roll back or the inverse of one."""
    name = harmless(service.metadata.name)
    refusals = (f"{service.shown} is stopped (annotation serving.kserve.io/stop): start it first",)
    percent, canaries = patch.edit_of(CANARY_PERCENT), patch.edit_of(CANARIES)
    if percent is not None:
        title, confirm, undo, watch = _of_traffic(name, patch, percent)
    elif canaries is not None:
        title, confirm, undo, watch = _of_canaries(name, canaries)
    else:
        title, confirm, undo, watch = _of_model(name, patch)
    return Description(
        title=title,
        confirm=confirm,
        tier=RiskTier.WIDE,
        undo=undo,
        watch=(watch,),
        notes=tool_notes(service.metadata),
        refusals=refusals if service.stopped else (),
    )


def _of_traffic(name: str, patch: GuardedPatch, percent: Edit) -> tuple[str, str, str, str]:
    newest, before = (harmless(str(guard.value)) for guard in patch.guards)
    to_newest = f"Send {_share(percent.after)} % of the traffic of {name} to revision {newest}"
    to_newest_again = f"Send {_share(percent.before)} % of the traffic of {name} to revision {newest} again"
    back = f"Send all traffic of {name} back to revision {before}"
    if percent.after == 0:
        return back, "roll back", to_newest_again, f"{before} serves 100 % of the traffic"
    return to_newest, "send it back", back, f"{newest} serves {_share(percent.after)} % of the traffic"


def _share(percent: Any) -> int:
    """Return the newest revision's share of the traffic: KServe means all of it where none is set."""
    return WHOLE if percent is None else int(percent)


def _of_canaries(name: str, canaries: Edit) -> tuple[str, str, str, str]:
    before, after = _names(canaries.before), _names(canaries.after)
    gone = ", ".join(canary for canary in before if canary not in after)
    come = ", ".join(canary for canary in after if canary not in before)
    if gone:
        return (
            f"Take canary {gone} out of {name}",
            "roll back",
            f"Put canary {gone} into {name} again",
            f"the Deployment of canary {gone} is gone, and the others are available",
        )
    return (
        f"Put canary {come} into {name} again",
        "put it in again",
        f"Take canary {come} out of {name}",
        f"the Deployment of canary {come} is available",
    )


def _names(entries: Any) -> list[str]:
    """Return the names of canaries in a list of entries, or none where there is no list."""
    return [harmless(str((entry.get("predictor") or {}).get("name"))) for entry in entries or ()]


def _of_model(name: str, patch: GuardedPatch) -> tuple[str, str, str, str]:
    """Return what a patch of the model block means; the field that says most of the model stands for it."""
    telling = min(patch.edits, key=lambda each: _by_what_it_tells(each.pointer))
    return (
        f"Write the model of {name} back: {shown_value(telling.after)}",
        "roll back",
        f"Write the model of {name} back: {shown_value(telling.before)}",
        f"all pods of {name} run {shown_value(telling.after)}",
    )


def _by_what_it_tells(pointer: str) -> int:
    ends = ("/storageUri", "/path", "/image", "/runtimeVersion", "/value")
    return next((place for place, end in enumerate(ends) if pointer.endswith(end)), len(ends))
