"""The same operation as a person would type it for kubectl."""

import shlex
from pathlib import Path

import msgspec

from console.actions.kubernetes.guarded_patch import GuardedPatch
from console.domain.model import Target


def kubectl_command(target: Target, kubeconfig: str | None, *arguments: str, namespaced: bool = True) -> str:
    """Return a command line for kubectl in the context of a target, quoted for a shell.

    `~` in the path of the kubeconfig is written out, because a shell leaves a quoted one as it is.
    """
    command = ["kubectl"]
    if kubeconfig is not None:
        command += ["--kubeconfig", str(Path(kubeconfig).expanduser())]
    command += ["--context", target.context]
    if namespaced:
        command += ["-n", target.namespace]
    return shlex.join([*command, *arguments])


def patch_command(target: Target, kubeconfig: str | None, patch: GuardedPatch) -> str:
    """Return the command line that sends the very patch, its preconditions included."""
    address = patch.address
    resource = f"{address.plural}.{address.group}" if address.group else address.plural
    body = msgspec.json.encode(patch.request.body).decode()
    arguments = ["patch", f"{resource}/{address.name}", "--type=json", f"--patch={body}"]
    if address.subresource:
        arguments.append(f"--subresource={address.subresource}")
    return kubectl_command(target, kubeconfig, *arguments, namespaced=bool(address.namespace))
