"""The action on the Kubeflow Pipelines of the settings."""

from collections.abc import Iterable

from console.actions.kubeflow.retrain import RETRAIN, Retrain, with_arguments
from console.actions.kubeflow.server import KubeflowServer, Servers
from console.actions.provider import Action, Surroundings
from console.actions.specification import ActionSpecification
from console.settings.settings import Settings


class KubeflowProvider:
    """Starts runs of pipelines."""

    name = "kubeflow"

    def specifications(self) -> Iterable[ActionSpecification]:
        """Return the action that there is; its arguments only a configuration tells."""
        return (RETRAIN,)

    def declared(self, settings: Settings) -> Iterable[ActionSpecification]:
        """Return the action with the arguments that these settings declare."""
        return (with_arguments(RETRAIN, settings.kubeflow),) if settings.kubeflow else ()

    def why_closed(self, settings: Settings) -> str | None:
        """Return that no Kubeflow Pipelines is configured, None where one is."""
        return (
            None if settings.kubeflow else "no Kubeflow Pipelines is configured (kubeflow): there is none to train in"
        )

    def open(self, surroundings: Surroundings) -> Iterable[Action]:
        """Return the action on the Kubeflow Pipelines of the settings."""
        settings, environment = surroundings.settings.kubeflow, surroundings.environment
        servers = Servers(tuple(KubeflowServer(each, environment) for each in settings))
        surroundings.closing.push_async_callback(servers.aclose)
        return (Retrain(servers, surroundings.clock),)
