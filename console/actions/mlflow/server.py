"""One MLflow as actions see it: what its registry holds now."""

import asyncio
from collections.abc import Mapping
from typing import NoReturn, TypeVar

import msgspec

from console.actions.mlflow.answers import (
    NO_ALIASES,
    ModelAnswer,
    NoSuchAlias,
    NoSuchPath,
    RegisteredModel,
    Version,
    VersionAnswer,
    explained,
)
from console.actions.mlflow.moving import ALIAS
from console.actions.provider import ActionRefused
from console.actions.servers.servers import Servers as ServersOfAKind
from console.domain.label import harmless
from console.settings.places import MLFLOW, server_place
from console.settings.secrets import SecretUnavailable
from console.settings.settings import MlflowSettings
from console.transport.errors import NotThere, SourceError, Unauthorized
from console.transport.http import (
    UNREADABLE,
    BadEndpoint,
    Endpoint,
    HttpDoor,
    Probe,
    Reply,
    endpoints_of,
    not_an_answer,
)
from console.transport.http.request import Fields

_ROOT = "/api/2.0/mlflow"
_PROBE = Probe(f"{_ROOT}/registered-models/search", {"max_results": "1"})
_AT_ONCE = 2


_Answer = TypeVar("_Answer")
_VERSION = msgspec.json.Decoder(VersionAnswer)
_MODEL = msgspec.json.Decoder(ModelAnswer)


class MlflowServer:
    """Reads one MLflow of the settings; connections and secrets are taken when they are first needed."""

    def __init__(self, settings: MlflowSettings, environment: Mapping[str, str]) -> None:
        self.settings = settings
        self.place = server_place(MLFLOW, settings.name)
        self._environment = environment
        self._opening = asyncio.Lock()
        self._door: HttpDoor | None = None

    async def endpoint(self) -> Endpoint:
        """Return where it is, with the secrets that are in use.

        Raises:
            ActionRefused: it cannot be asked at all.
        """
        return (await self._opened()).endpoint

    async def ask_anything(self) -> float:
        """Return how long an answer of the registry took (seconds).

        Raises:
            ActionRefused: it does not answer, or not this login.
        """
        try:
            return (await self._get(*_PROBE)).seconds
        except SourceError as error:
            self._refuse("registered models", error)

    async def version_of(self, name: str, alias: str) -> str | None:
        """Return the version that an alias points to, None where the model has no such alias.

        Raises:
            ActionRefused: it cannot be read, the model is not there, or the server knows no aliases.
        """
        try:
            reply = await self._get(ALIAS, {"name": name, "alias": alias})
        except NoSuchAlias:
            return None
        except NotThere as error:
            raise ActionRefused(f"{self._shown}: {error.detail}") from error
        except NoSuchPath as error:
            raise ActionRefused(f"{self._shown} tells nothing of aliases ({error.detail}): {NO_ALIASES}") from error
        except SourceError as error:
            self._refuse(f"alias {harmless(alias)} of {harmless(name)}", error)
        return self._decoded(reply, _VERSION).model_version.version

    async def version(self, name: str, version: str) -> Version:
        """Return a version of a model.

        Raises:
            ActionRefused: it cannot be read, or is not there.
        """
        try:
            reply = await self._get(f"{_ROOT}/model-versions/get", {"name": name, "version": version})
        except NotThere as error:
            raise ActionRefused(f"{self._shown}: {error.detail}") from error
        except SourceError as error:
            self._refuse(f"version {harmless(version)} of {harmless(name)}", error)
        return self._decoded(reply, _VERSION).model_version

    async def registered_model(self, name: str) -> RegisteredModel | None:
        """Return a registered model, None where there is none of that name.

        Raises:
            ActionRefused: it cannot be read.
        """
        try:
            reply = await self._get(f"{_ROOT}/registered-models/get", {"name": name})
        except NotThere:
            return None
        except SourceError as error:
            self._refuse(f"registered model {harmless(name)}", error)
        return self._decoded(reply, _MODEL).registered_model

    @property
    def _shown(self) -> str:
        return harmless(self.settings.name)

    async def _get(self, path: str, parameters: Fields) -> Reply:
        door = await self._opened()
        return await door.get(path, parameters, deadline_seconds=self.settings.timeout)

    def _decoded(self, reply: Reply, decoder: "msgspec.json.Decoder[_Answer]") -> _Answer:
        try:
            return decoder.decode(reply.body)
        except UNREADABLE as error:
            raise ActionRefused(not_an_answer(reply, error, "MLflow").detail) from error

    def _refuse(self, what: str, error: SourceError) -> NoReturn:
        if isinstance(error, Unauthorized):
            why = f"{self._shown} does not let this login read {what} ({error.detail})"
        else:
            why = f"{what} cannot be read from {self._shown}: {error.detail}"
        raise ActionRefused(why) from error

    async def _opened(self) -> HttpDoor:
        async with self._opening:
            if self._door is None:
                try:
                    endpoint, *_ = await asyncio.to_thread(endpoints_of, self.settings, self._environment)
                    self._door = HttpDoor(endpoint, at_once=_AT_ONCE, explain=explained, probe=_PROBE)
                except (SecretUnavailable, BadEndpoint) as error:
                    raise ActionRefused(f"{self._shown} cannot be asked: {error}") from error
            return self._door

    async def aclose(self) -> None:
        """Close all connections."""
        if self._door is not None:
            await self._door.aclose()


class Servers(ServersOfAKind[MlflowServer]):
    """The MLflow servers of the settings, by place."""

    KIND = "MLflow"

    def named(self, name: str | None) -> MlflowServer:
        """Return the server of a name, the only one where none is given.

        Raises:
            ActionRefused: the settings name no such server, or several.
        """
        found = [server for server in self.all if name in (None, server.settings.name)]
        if len(found) == 1:
            return found[0]
        names = harmless(", ".join(server.settings.name for server in self.all))
        if name is None:
            raise ActionRefused(f"say which MLflow is meant: {names}")
        raise ActionRefused(f"no MLflow is called {harmless(name)}; expected one of {names}")
