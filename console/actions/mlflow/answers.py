"""What MLflow answers about its registry, and how it tells that something is not there.

https://mlflow.org/docs/latest/api_reference/rest-api.html
"""

import re

import msgspec

from console.transport.errors import BadRequest, NotThere, SourceError
from console.transport.http import UNREADABLE, Reply

READY = "READY"
NO_ALIASES = (
    "it has no aliases: MLflow knows them from 2.3 on, Microsoft Fabric does not (there a tag of a version says which"
    " one is served)"
)
_NOT_THERE = "RESOURCE_DOES_NOT_EXIST"
_BAD_VALUE = "INVALID_PARAMETER_VALUE"
_MISSING_ALIAS = re.compile(r"registered model alias .*not found", re.IGNORECASE | re.DOTALL)


class NoSuchAlias(NotThere):
    """The model is there, and has no such alias."""


class NoSuchPath(BadRequest):
    """The server knows nothing at the path that was asked: not what was asked for is missing."""


class Version(msgspec.Struct, frozen=True):
    """One version of a registered model; servers that keep no status tell none."""

    version: str
    status: str = READY
    status_message: str = ""


class Alias(msgspec.Struct, frozen=True):
    """An alias and the version that it points to."""

    alias: str
    version: str


class RegisteredModel(msgspec.Struct, frozen=True):
    """A registered model with its aliases."""

    name: str
    aliases: tuple[Alias, ...] = ()


class VersionAnswer(msgspec.Struct):
    """The answer with one version."""

    model_version: Version


class ModelAnswer(msgspec.Struct):
    """The answer with one registered model."""

    registered_model: RegisteredModel


class _Failure(msgspec.Struct):
    error_code: str
    message: str = ""


_FAILURE = msgspec.json.Decoder(_Failure)


def explained(reply: Reply) -> SourceError | None:
    """Return what a failed answer says is not there; None where it says something else.

    MLflow tells a missing alias as a bad value, and only its message tells it from one.
    """
    try:
        told = _FAILURE.decode(reply.body)
    except UNREADABLE:
        told = _Failure("")
    words = reply.endpoint.redact(told.message)
    if reply.status == 400 and told.error_code == _BAD_VALUE and _MISSING_ALIAS.match(told.message):
        return NoSuchAlias(words)
    if reply.status == 404:
        if told.error_code == _NOT_THERE:
            return NotThere(words)
        return NoSuchPath(f"{reply.endpoint.name} answered 404: {reply.first_words()!r}")
    return None


def knows_no_path(status: int | None, document: object) -> bool:
    """Return whether an answer says that the server does not know the path, rather than the model or the version."""
    code = document.get("error_code") if isinstance(document, dict) else None
    return status == 404 and code != _NOT_THERE
