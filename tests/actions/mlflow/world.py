"""A registry of models, and the action on its aliases."""

from contextlib import AsyncExitStack
from typing import Any, Self

import httpx
import msgspec

from console.actions.mlflow.move_alias import MoveAlias
from console.actions.mlflow.server import MlflowServer, Servers
from console.actions.provider import Occasion
from console.domain.action import Plan
from console.domain.anomaly import Status
from console.domain.label import Label
from console.domain.model import Model
from console.domain.snapshot import ModelView
from console.settings.settings import MlflowSettings
from tests.actions.occasions import Clock
from tests.sources.lying_server import Request

ALIAS = "/api/2.0/mlflow/registered-models/alias"
PLACE = "mlflow"


class Registry:
    """A registry as somebody else changes it and reads it; `name` is that of its model."""

    def __init__(self, url: str, name: str) -> None:
        self.url = url
        self.name = name
        self._client = httpx.AsyncClient(trust_env=False, timeout=20.0)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def start_anew(self) -> None:
        """Let there be three versions, `champion` point to the first, and nothing else to any."""
        if not await self._is_filled():
            await self.fill(versions=3)
        await self.forget("challenger")
        await self.point("champion", "1")

    async def _is_filled(self) -> bool:
        """Return whether the model is registered."""
        answer = await self._client.get(f"{self.url}/api/2.0/mlflow/registered-models/get", params={"name": self.name})
        return answer.is_success

    async def fill(self, *, versions: int) -> None:
        """Register the model and so many versions of it."""
        await self._ask("POST", "/api/2.0/mlflow/registered-models/create", {"name": self.name})
        for number in range(versions):
            source = f"s3://models/{number}"
            await self._ask("POST", "/api/2.0/mlflow/model-versions/create", {"name": self.name, "source": source})

    async def forget(self, alias: str) -> None:
        """Delete an alias, where it is there."""
        await self._ask("DELETE", ALIAS, {"name": self.name, "alias": alias})

    async def point(self, alias: str, version: str) -> None:
        """Let an alias point to a version."""
        await self._ask("POST", ALIAS, {"name": self.name, "alias": alias, "version": version})

    async def version_of(self, alias: str) -> str | None:
        """Return the version that an alias points to, None where there is no such alias."""
        path = f"/api/2.0/mlflow/registered-models/get?{httpx.QueryParams(name=self.name)}"
        told = await self._ask("GET", path)
        found = {each["alias"]: each["version"] for each in told["registered_model"].get("aliases", [])}
        return found.get(alias)

    async def _ask(self, method: str, path: str, document: object = None) -> Any:
        answer = await self._client.request(method, self.url + path, json=document)
        answer.raise_for_status()
        return answer.json()


class World(msgspec.Struct):
    """The action, and the clock of the console."""

    clock: Clock
    action: MoveAlias
    occasion: Occasion

    async def planned(self, **arguments: object) -> Plan:
        """Return the plan to let `champion` point to version 2."""
        given = {"alias": "champion", "version": 2, **arguments}
        plan = await self.action.plan(self.occasion, given, may_dry_run=True)
        assert plan.refusals == ()
        return plan


def a_world(closing: AsyncExitStack, registry: Registry, *settings: MlflowSettings) -> World:
    """Return the action on MLflow servers for the model of a registry; `closing` closes their connections."""
    clock = Clock()
    servers = Servers(tuple(MlflowServer(each, {}) for each in settings))
    closing.push_async_callback(servers.aclose)
    model = Model(registry.name, Label(registry.name), {"namespace": "ml"})
    occasion = Occasion(ModelView(model, Status.CRITICAL, {}), by="ann@bastion")
    return World(clock, MoveAlias(servers, clock, 0.0), occasion)


def at(url: str, **fields: Any) -> MlflowSettings:
    """Return the settings of one MLflow."""
    return MlflowSettings(**{"name": PLACE, "write": True, "timeout": 10.0, **fields}, urls=(url,))


def is_change(request: Request) -> bool:
    """Choose what moves or deletes an alias."""
    return request.path == ALIAS and request.method != "GET"


def is_reading_of_alias(request: Request) -> bool:
    """Choose what reads an alias."""
    return request.path == ALIAS and request.method == "GET"
