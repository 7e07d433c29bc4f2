"""What a person would type for kubectl to do the same."""

import shlex
from pathlib import Path

import msgspec

from console.actions.kubernetes.guarded_patch import GuardedPatch


def kubectl(context: str, namespace: str, *arguments: str, kubeconfig: str | None = None) -> str:
    """Return a command line for kubectl, quoted for a shell.

    `~` in the path of the kubeconfig is written out, because a shell leaves a quoted one as it is.
    """
    where = ["--kubeconfig", str(Path(kubeconfig).expanduser())] if kubeconfig is not None else []
    where += ["--context", context, *(["-n", namespace] if namespace else [])]
    return shlex.join(["kubectl", *where, *arguments])


def patch_command(context: str, patch: GuardedPatch, kubeconfig: str | None = None) -> str:
    """Return the command line that sends a patch with all its preconditions."""
    address = patch.address
    resource = f"{address.plural}.{address.group}" if address.group else address.plural
    arguments = ["patch", resource, address.name, "--type=json"]
    if address.subresource:
        arguments.append(f"--subresource={address.subresource}")
    body = msgspec.json.encode(patch.request.body).decode()
    return kubectl(context, address.namespace, *arguments, "-p", body, kubeconfig=kubeconfig)
