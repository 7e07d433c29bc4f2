"""Rolling back in Standard mode while a canary serves: its entry is taken out of the list (KServe 0.20).

KServe then deletes the Deployment of the canary, routes its share to the stable predictor, and gives the stable one
the replicas back that the canary counted towards the floor. A share of 0 would leave those away where the canary has
`minReplicas` of its own: the stable predictor would serve everything with fewer replicas than it had.
"""

from typing import Any

from console.actions.kserve.inference_service import CANARIES, Canary, InferenceService
from console.actions.provider import ActionRefused
from console.domain.label import harmless
from console.sources.cluster.objects import decode_object

CANARY_ARGUMENT = "canary"


def chosen_canary(service: InferenceService, name: str | None) -> Canary:
    """Return the canary that is rolled back: the named one, else the only one.

    Raises:
        ActionRefused: there is no such canary, or there are several and none is named.
    """
    known = ", ".join(harmless(canary.name) for canary in service.canaries)
    if name is None:
        if len(service.canaries) == 1:
            return service.canaries[0]
        raise ActionRefused(
            f"{service.shown} has {len(service.canaries)} canaries, and no more than one is taken back at once: "
            f"name it ({CANARY_ARGUMENT}: {known})"
        )
    found = next((canary for canary in service.canaries if canary.name == name), None)
    if found is None:
        raise ActionRefused(f"{service.shown} has no canary {harmless(name)!r}; it has {known or 'none'}")
    return found


def without_canary(service: InferenceService, canary: Canary) -> list[Any]:
    """Return the list of canaries (`CANARIES`) that is left without one.

    It is replaced as a whole, as the API merges it (listType=atomic): whoever changed any entry since is not
    overwritten. An empty list stays where none is left, as the server records who set a field, and not who removed one.
    """
    entries = decode_object(service.live.at(CANARIES), list[dict[str, Any]])
    return [entry for entry in entries if (entry.get("predictor") or {}).get("name") != canary.name]


def canary_notes(service: InferenceService, canary: Canary) -> tuple[str, ...]:
    """Return what a person must know before the key."""
    name = harmless(canary.name)
    rest = 100 - sum(other.percent for other in service.canaries if other is not canary)
    return (
        f"canary {name} serves {canary.percent} % of the traffic: the stable predictor serves {rest} % afterwards",
        f"the pods of canary {name} and their logs go with it",
    )
