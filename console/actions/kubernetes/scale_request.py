"""The request that sets a replica count, its risk, and the same as a person would type it."""

import shlex
from pathlib import Path

import msgspec

from console.domain.action import Request, RiskTier
from console.domain.model import Target
from console.transport.kubernetes import PatchType, object_path

APPS = "apps/v1"
PLURALS = {"Deployment": "deployments", "StatefulSet": "statefulsets"}
"""The kinds that have a `/scale` of the apps group, with their plurals."""


class _Operation(msgspec.Struct, frozen=True):
    op: str
    path: str
    value: str | int


def scale_request(target: Target, seen: int, wanted: int) -> Request:
    """Return the JSON Patch (RFC 6902) that sets the replicas, unless the object or its count is another by then."""
    return Request(
        method="PATCH",
        path=object_path(APPS, PLURALS[target.kind], namespace=target.namespace, name=target.name, subresource="scale"),
        content_type=PatchType.JSON.value,
        body=[
            {"op": "test", "path": "/metadata/uid", "value": target.uid},
            {"op": "test", "path": "/spec/replicas", "value": seen},
            {"op": "replace", "path": "/spec/replicas", "value": wanted},
        ],
    )


def seen_and_wanted(request: Request) -> tuple[int, int]:
    """Return the replica count that a scale request expects and the one that it sets.

    Raises:
        ValueError: it is no scale request.
    """
    operations = msgspec.convert(request.body, type=tuple[_Operation, ...])
    counts = {operation.op: operation.value for operation in operations if operation.path == "/spec/replicas"}
    match counts:
        case {"test": int(seen), "replace": int(wanted)}:
            return seen, wanted
        case _:
            raise ValueError(f"{request.shown} does not set replicas")


def scale_tier(seen: int, wanted: int, *, critical: bool) -> RiskTier:
    """Return the risk: up to twice as many is bounded, none at all is hard to undo, everything else has wide effect.

    In a cluster that is marked critical every change is confirmed like one that is hard to undo.
    """
    if critical or wanted == 0:
        return RiskTier.HARD_TO_UNDO
    return RiskTier.BOUNDED if seen < wanted <= 2 * seen else RiskTier.WIDE


def scale_command(target: Target, seen: int, wanted: int, kubeconfig: str | None = None) -> str:
    """Return the command line for kubectl, quoted for a shell; `--current-replicas` is its precondition.

    `~` in the path of the kubeconfig is written out, because a shell leaves a quoted one as it is.
    """
    arguments = ["kubectl"]
    if kubeconfig is not None:
        arguments += ["--kubeconfig", str(Path(kubeconfig).expanduser())]
    arguments += ["--context", target.context, "-n", target.namespace, "scale", f"{target.kind.lower()}/{target.name}"]
    arguments += [f"--replicas={wanted}", f"--current-replicas={seen}"]
    return shlex.join(arguments)
