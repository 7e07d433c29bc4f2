"""A fake MLflow: it speaks the protocol of its registry as MLflow 3.17 was seen to, over HTTP."""

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.sources.lying_server import Lie, LyingServer, Request, answer

ROOT = "/api/2.0/mlflow"
NO_SUCH_PATH = Lie(404, b"<!doctype html>\n<title>404 Not Found</title>", "text/html; charset=utf-8")


class FakeMlflow(LyingServer):
    """Keeps registered models, their versions and their aliases."""

    def __init__(self) -> None:
        super().__init__()
        self._versions: dict[str, int] = {}
        self._aliases: dict[str, dict[str, str]] = {}

    async def _lie_for(self, request: Request) -> Lie:
        given: Mapping[str, Any] = json.loads(request.body) if request.body else {}
        asked = {key: values[0] for key, values in request.query.items()} | dict(given)
        match request.method, request.path.removeprefix(ROOT):
            case "POST", "/registered-models/create":
                self._versions[asked["name"]], self._aliases[asked["name"]] = 0, {}
                return answer({"registered_model": {"name": asked["name"]}})
            case "POST", "/model-versions/create":
                self._versions[asked["name"]] += 1
                return self._version(asked["name"], str(self._versions[asked["name"]]))
            case "GET", "/model-versions/get":
                return self._version(asked["name"], asked["version"])
            case "GET", "/registered-models/get":
                return self._model(asked["name"])
            case "GET", "/registered-models/search":
                return answer({"registered_models": [{"name": name} for name in self._versions]})
            case "GET" | "POST" | "DELETE", "/registered-models/alias":
                return self._alias(request.method, asked)
            case _:
                return NO_SUCH_PATH

    def _version(self, name: str, version: str) -> Lie:
        if not 1 <= int(version) <= self._versions.get(name, 0):
            return _failure(404, "RESOURCE_DOES_NOT_EXIST", f"Model Version (name={name}, version={version}) not found")
        return answer({"model_version": {"name": name, "version": version, "status": "READY", "run_id": ""}})

    def _model(self, name: str) -> Lie:
        if name not in self._versions:
            return _failure(404, "RESOURCE_DOES_NOT_EXIST", f"Registered Model with name={name} not found")
        aliases = [{"alias": alias, "version": version} for alias, version in self._aliases[name].items()]
        return answer({"registered_model": {"name": name, **({"aliases": aliases} if aliases else {})}})

    def _alias(self, method: str, asked: Mapping[str, str]) -> Lie:
        name, alias = asked["name"], asked["alias"]
        if name not in self._versions:
            return self._model(name)
        if re.fullmatch(r"[\w-]+", alias) is None:
            return _failure(400, "INVALID_PARAMETER_VALUE", f"Invalid alias name: '{alias}'.")
        aliases = self._aliases[name]
        if method == "DELETE":
            aliases.pop(alias, None)
            return answer({})
        if method == "GET":
            if alias not in aliases:
                return _failure(400, "INVALID_PARAMETER_VALUE", f"Registered model alias {alias} not found.")
            return self._version(name, aliases[alias])
        found = self._version(name, asked["version"])
        if found.status != 200:
            return found
        aliases[alias] = asked["version"]
        return answer({})


def _failure(status: int, code: str, message: str) -> Lie:
    return answer({"error_code": code, "message": message, "sqlstate": "KAM00"}, status)
