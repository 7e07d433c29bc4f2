"""The request that moves an alias: as a plan holds it, and as it is sent."""

import shlex

import msgspec

from console.domain.action import Request
from console.domain.label import harmless

ALIAS = "/api/2.0/mlflow/registered-models/alias"
JSON = "application/json"


class Moving(msgspec.Struct, frozen=True):
    """An alias of a registered model that is to point to a version, if it points to the one that is expected.

    No version means: no such alias.
    """

    name: str
    alias: str
    version: str | None
    expects: str | None

    @property
    def request(self) -> Request:
        """Return the move as the request of a plan."""
        method = "DELETE" if self.version is None else "POST"
        return Request(method, ALIAS, JSON, msgspec.to_builtins(self))

    @property
    def document(self) -> dict[str, str]:
        """Return what is sent: MLflow takes no precondition."""
        target = {} if self.version is None else {"version": self.version}
        return {"name": self.name, "alias": self.alias, **target}

    @property
    def back(self) -> "Moving":
        """Return the move that takes this one back."""
        return Moving(self.name, self.alias, version=self.expects, expects=self.version)

    @property
    def shown(self) -> str:
        """Return the alias as MLflow's users write it: `fraud@champion`."""
        return harmless(f"{self.name}@{self.alias}")

    def command(self, url: str) -> str:
        """Return the command line that makes the same move, quoted for a shell; MLflow's own has none for aliases."""
        given = [self.name, self.alias, *([] if self.version is None else [self.version])]
        method = "delete_registered_model_alias" if self.version is None else "set_registered_model_alias"
        call = f"MlflowClient().{method}({', '.join(map(repr, given))})"
        return shlex.join(
            ["env", f"MLFLOW_TRACKING_URI={url}", "python", "-c", f"from mlflow import MlflowClient; {call}"]
        )


def moving(request: Request) -> Moving:
    """Return the move that a request makes."""
    return msgspec.convert(request.body, Moving)


def version_in_words(version: str | None) -> str:
    """Return `version 4`, `no such alias` for none."""
    return "no such alias" if version is None else harmless(f"version {version}")
