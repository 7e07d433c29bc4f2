"""Every action that this console can do, by the name that playbooks use."""

from collections.abc import Callable

from console.actions.kubernetes.scale import Scale
from console.actions.provider import Action
from console.settings.settings import KubernetesSettings
from console.transport.kubernetes import KubernetesTransport


def kubernetes_actions(
    transport: KubernetesTransport, settings: KubernetesSettings, clock: Callable[[], float]
) -> dict[str, Action]:
    """Return the actions on the cluster of a transport; `clock` returns UTC seconds."""
    actions: tuple[Action, ...] = (Scale(transport, settings, clock),)
    return {action.name: action for action in actions}
