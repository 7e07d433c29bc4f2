"""The actions on the registries of the MLflow servers of the settings."""

from collections.abc import Iterable

from console.actions.mlflow.move_alias import MOVE_ALIAS, MoveAlias
from console.actions.mlflow.server import MlflowServer, Servers
from console.actions.provider import Action, Surroundings
from console.actions.specification import ActionSpecification
from console.settings.settings import Settings


class MlflowProvider:
    """Acts on aliases of registered models."""

    name = "mlflow"

    def specifications(self) -> Iterable[ActionSpecification]:
        """Return the actions that there are."""
        return (MOVE_ALIAS,)

    def why_closed(self, settings: Settings) -> str | None:
        """Return that no MLflow is configured, None where one is."""
        return None if settings.mlflow else "no MLflow is configured (mlflow): there is no alias to move"

    def open(self, surroundings: Surroundings) -> Iterable[Action]:
        """Return the actions on the servers of the settings."""
        servers = Servers(
            tuple(MlflowServer(settings, surroundings.environment) for settings in surroundings.settings.mlflow)
        )
        surroundings.closing.push_async_callback(servers.aclose)
        return (MoveAlias(servers, surroundings.clock, transport=surroundings.transport),)
