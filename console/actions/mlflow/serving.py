"""Whether what serves a model would notice that an alias moved, by what its pods are given to load."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from console.actions.mlflow.moving import Moving
from console.actions.provider import ActionRefused, Occasion
from console.domain.label import harmless
from console.domain.model import Workload
from console.sources.cluster.failures import UNREADABLE
from console.sources.cluster.objects import decode_object
from console.transport.kubernetes import KubernetesTransport, object_path

LOADED_ONCE = (
    "what serves looks an alias up when it loads the model, most often: it goes on with what it has until it is"
    " restarted (kubernetes.restart), and the version that the metrics report tells which one serves"
)
PATIENCE_SECONDS = 2.0
"""How long the cluster may take to answer: without it a plan says what mostly holds."""
_ROLLOUT = "Rollout"
_PLACES = {
    "Deployment": ("apps/v1", "deployments"),
    "StatefulSet": ("apps/v1", "statefulsets"),
    _ROLLOUT: ("argoproj.io/v1alpha1", "rollouts"),
}


class _Variable(msgspec.Struct, frozen=True):
    value: str | None = None


class _Container(msgspec.Struct, frozen=True):
    name: str = ""
    command: tuple[str, ...] | None = None
    args: tuple[str, ...] | None = None
    env: tuple[_Variable, ...] | None = None

    @property
    def texts(self) -> Iterator[str]:
        """Yield everything that it is given, as far as it stands in the template."""
        yield from self.command or ()
        yield from self.args or ()
        yield from (variable.value for variable in self.env or () if variable.value)


class _Pod(msgspec.Struct, frozen=True, rename="camel"):
    containers: tuple[_Container, ...] = ()
    init_containers: tuple[_Container, ...] | None = None


class _Template(msgspec.Struct, frozen=True):
    spec: _Pod = _Pod()


class _Spec(msgspec.Struct, frozen=True):
    template: _Template = _Template()


class _Workload(msgspec.Struct, frozen=True):
    spec: _Spec = _Spec()


class _Given(msgspec.Struct, frozen=True):
    """An address of the model that a container is given: by an alias, else by a version or a stage."""

    container: str
    address: str
    alias: str | None


async def what_notices(transport: KubernetesTransport | None, occasion: Occasion, move: Moving) -> str:
    """Return whether what serves the model of an occasion would notice a move, as far as its pod template tells."""
    try:
        workload = occasion.workload
    except ActionRefused:  # nobody knows what serves it
        return LOADED_ONCE
    if transport is None or transport.context != workload.context or workload.kind not in _PLACES:
        return LOADED_ONCE
    group_version, plural = _PLACES[workload.kind]
    path = object_path(group_version, plural, namespace=workload.namespace, name=workload.name)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            document = await transport.get(path)
        given = list(_given(document, move.name))
    except (*UNREADABLE, TimeoutError):
        return LOADED_ONCE
    return _in_words(workload, given, move) if given else LOADED_ONCE


def _given(document: dict[str, Any], name: str) -> Iterator[_Given]:
    """Yield the addresses of a registered model in a pod template: `models:/fraud@champion`, `models:/fraud/3`."""
    pod = decode_object(document, _Workload).spec.template.spec
    address = re.compile(rf"models:/+{re.escape(name)}(?:@(?P<alias>[\w-]+)|/[\w.-]+)")
    for container in (*(pod.init_containers or ()), *pod.containers):
        for text in container.texts:
            yield from (_Given(container.name, found[0], found["alias"]) for found in address.finditer(text))


def _in_words(workload: Workload, given: list[_Given], move: Moving) -> str:
    by_alias = next((each for each in given if each.alias == move.alias), None)
    each = by_alias or given[0]
    where = harmless(f"container {each.container} of {workload.kind} {workload.namespace}/{workload.name}")
    told = f"{where} is given {harmless(each.address)}"
    if by_alias is None:
        return f"what serves will not notice, not even after a restart: {told}, and not {move.shown}"
    return (
        f"restart needed: {told}, which is looked up when it is loaded; it goes on with what it has until its pods are"
        f" replaced ({_restart_of(workload)}), and the version that the metrics report tells which one serves"
    )


def _restart_of(workload: Workload) -> str:
    if workload.kind == _ROLLOUT:
        return "argo_rollouts.restart"
    if workload.owner is not None:
        return harmless(f"by {workload.owner.kind} {workload.owner.name}, which owns it")
    return "kubernetes.restart"
