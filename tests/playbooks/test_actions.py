from typing import cast

from console.actions.registry import kubernetes_actions
from console.playbooks.steps import ACTIONS
from console.settings.settings import KubernetesSettings
from console.transport.kubernetes import KubernetesTransport


def test_the_language_knows_exactly_the_actions_that_there_are() -> None:
    no_cluster = cast(KubernetesTransport, None)  # the names are known without one
    there_are = kubernetes_actions(no_cluster, KubernetesSettings(context="prod"), lambda: 0.0)
    assert set(ACTIONS) == set(there_are)
