"""Which Model of Seldon Core 2 serves a model of the fleet.

Seldon runs many models on the pods of one Server, so no pod leads to a Model. Its metrics carry the name of the Model,
and scraping adds the namespace: those two name the object. It is looked for only where the preset `seldon-core-2` knows
the model, or its pods are those of a Server, so that a namesake of another serving system is not taken for it.
"""

from console.actions.provider import ActionRefused, ServedOtherwise
from console.actions.seldon.objects import GROUP, GROUP_VERSION, MODEL, PLURALS, SERVER, Scaled, seldon_address
from console.domain.label import harmless
from console.domain.snapshot import ModelView
from console.settings.settings import KubernetesSettings
from console.sources.cluster.objects import decode_list
from console.sources.cluster.resolve import Sought, is_name, why_elsewhere
from console.sources.cluster.writers import LiveObject
from console.transport.kubernetes import Forbidden, KubernetesTransport, NotFound, object_path

PRESET = "seldon-core-2"
_MOST_TOLD = 3


async def find_model(transport: KubernetesTransport, settings: KubernetesSettings, view: ModelView) -> Scaled:
    """Return the Model that serves a model of the fleet.

    Raises:
        ServedOtherwise: Seldon is not known to serve it.
        ActionRefused: there is no such Model, or several could be meant.
        Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
    """
    model, name = view.model, view.model.name.raw
    if not _is_seldons(view):
        raise ServedOtherwise(f"{model.shown_id} is not known to be served by Seldon Core 2 (preset {PRESET})")
    elsewhere = why_elsewhere(Sought(model.namespace, (), model.cluster), settings.cluster, settings.context)
    if elsewhere is not None:
        raise ActionRefused(elsewhere)
    if not is_name(name):
        raise ActionRefused(f"{harmless(name)!r} is no name of a Model")
    namespace = model.namespace
    if namespace is None:
        return await _find_anywhere(transport, name)
    if not is_name(namespace):
        raise ActionRefused(f"{harmless(namespace)!r} is no name of a namespace")
    try:
        live = LiveObject.of(await transport.get(seldon_address(MODEL, namespace, name).path))
    except NotFound as missing:
        raise ActionRefused(f"there is no Model {name} ({GROUP}) in namespace {namespace}") from missing
    if (live.metadata.namespace, live.metadata.name) != (namespace, name):
        raise ActionRefused(f"the cluster answers with another Model than {namespace}/{name}")
    return Scaled.of(live)


async def _find_anywhere(transport: KubernetesTransport, name: str) -> Scaled:
    try:
        answer = await transport.get(object_path(GROUP_VERSION, PLURALS[MODEL]))
    except NotFound as missing:
        raise ActionRefused(f"this cluster serves no Models ({GROUP})") from missing
    except Forbidden as forbidden:
        told = "the metrics name no namespace, and Models may not be listed in all of them (RBAC)"
        raise ActionRefused(told) from forbidden
    found = [LiveObject.of(item) for item in decode_list(answer, dict)]
    named = [live for live in found if live.metadata.name == name and is_name(live.metadata.namespace)]
    if len(named) > 1:
        places = sorted(harmless(live.metadata.namespace) for live in named)
        more = f" and {len(places) - _MOST_TOLD} more" if len(places) > _MOST_TOLD else ""
        raise ActionRefused(f"ambiguous: Models {name} are in namespaces {', '.join(places[:_MOST_TOLD])}{more}")
    if not named:
        raise ActionRefused(f"there is no Model {name} ({GROUP}) in any namespace")
    return Scaled.of(named[0])


def _is_seldons(view: ModelView) -> bool:
    workload = view.workload.workload if view.workload is not None else None
    owner = workload.owner if workload is not None else None
    return PRESET in view.presets or (owner is not None and (owner.group, owner.kind) == (GROUP, SERVER))
