"""The errors of the Kubernetes API: a status code and a `Status` object in the API's own words."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from console.simulation.cluster.resources import ResourceType


class ApiFailure(Exception):
    """A request that the API answers with a `Status` object."""

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        *,
        details: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.headers = dict(headers or {})
        self.status: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": message,
            "reason": reason,
            "code": code,
        }
        if details is not None:
            self.status["details"] = dict(details)


class Cause(msgspec.Struct, frozen=True):
    """One field that validation refused."""

    field: str
    message: str
    reason: str = "FieldValueInvalid"


def _details(resource: ResourceType, name: str, **more: Any) -> dict[str, Any]:
    details: dict[str, Any] = {"name": name, "group": resource.group, "kind": resource.plural, **more}
    return {key: value for key, value in details.items() if value != ""}


def unauthorized() -> ApiFailure:
    """Return the failure of a request whose token is missing or wrong."""
    return ApiFailure(401, "Unauthorized", "Unauthorized")


def forbidden(
    resource: ResourceType, name: str, *, user: str, verb: str, subresource: str, namespace: str
) -> ApiFailure:
    """Return the failure of a request that the user may not make."""
    subject = f'{resource.qualified} "{name}"' if name else resource.qualified
    plural = f"{resource.plural}/{subresource}" if subresource else resource.plural
    where = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
    message = (
        f'{subject} is forbidden: User "{user}" cannot {verb} resource "{plural}" '
        f'in API group "{resource.group}" {where}'
    )
    return ApiFailure(403, "Forbidden", message, details=_details(resource, name))


def not_found(resource: ResourceType, name: str) -> ApiFailure:
    """Return the failure of a request for an object that does not exist."""
    message = f'{resource.qualified} "{name}" not found'
    return ApiFailure(404, "NotFound", message, details=_details(resource, name))


def method_not_allowed() -> ApiFailure:
    """Return the failure of a verb that the resource does not support."""
    message = "the server does not allow this method on the requested resource"
    return ApiFailure(405, "MethodNotAllowed", message, details={})


def already_exists(resource: ResourceType, name: str) -> ApiFailure:
    """Return the failure of a creation whose name is taken."""
    message = f'{resource.qualified} "{name}" already exists'
    return ApiFailure(409, "AlreadyExists", message, details=_details(resource, name))


def conflict(resource: ResourceType, name: str, why: str = "") -> ApiFailure:
    """Return the failure of a write that was made from an older version of the object."""
    why = why or "the object has been modified; please apply your changes to the latest version and try again"
    message = f'Operation cannot be fulfilled on {resource.qualified} "{name}": {why}'
    return ApiFailure(409, "Conflict", message, details=_details(resource, name))


def bad_request(message: str) -> ApiFailure:
    """Return the failure of a request that cannot be decoded."""
    return ApiFailure(400, "BadRequest", message)


def expired(message: str) -> ApiFailure:
    """Return the failure of a watch or a page that starts too long ago."""
    return ApiFailure(410, "Expired", message)


def unsupported_media_type(accepted: Sequence[str]) -> ApiFailure:
    """Return the failure of a body in a format that the server does not read."""
    message = f"the body of the request was in an unknown format - accepted media types include: {', '.join(accepted)}"
    return ApiFailure(415, "UnsupportedMediaType", message)


def invalid(resource: ResourceType | None, name: str, causes: Sequence[Cause]) -> ApiFailure:
    """Return the failure of an object that validation refuses.

    Without a resource it is a patch whose result cannot be decoded.
    """
    listed = [f"{cause.field}: {cause.message}" for cause in causes]
    reasons = listed[0] if len(listed) == 1 else f"[{', '.join(listed)}]"
    kind = "" if resource is None else resource.qualified_kind
    details: dict[str, Any] = {
        "name": name,
        "group": "" if resource is None else resource.group,
        "kind": "" if resource is None else resource.kind,
    }
    details = {key: value for key, value in details.items() if value}
    details["causes"] = [{"reason": cause.reason, "message": cause.message, "field": cause.field} for cause in causes]
    return ApiFailure(422, "Invalid", f'{kind} "{name}" is invalid: {reasons}', details=details)


def patch_does_not_apply() -> ApiFailure:
    """Return the failure of a JSON patch with an operation that fails; the API does not say which."""
    return ApiFailure(422, "Invalid", "the server rejected our request due to an error in our request", details={})


def injected(code: int, retry_after: int | None) -> ApiFailure:
    """Return a failure of a given status code, as the API words it when it knows nothing more."""
    reason, message = _GENERIC.get(code, ("Unknown", f"the server responded with the status code {code}"))
    details: dict[str, Any] = {}
    headers: dict[str, str] = {}
    if retry_after is not None:
        details["retryAfterSeconds"] = retry_after
        headers["Retry-After"] = str(retry_after)
    return ApiFailure(code, reason, message, details=details, headers=headers)


_GENERIC = {
    400: ("BadRequest", "the server rejected our request for an unknown reason"),
    405: ("MethodNotAllowed", "the server does not allow this method on the requested resource"),
    410: ("Gone", "the server no longer has what was asked for"),
    413: ("RequestEntityTooLarge", "the request is too large"),
    415: ("UnsupportedMediaType", "the body of the request was in an unknown format"),
    401: ("Unauthorized", "Unauthorized"),
    403: ("Forbidden", "forbidden: not allowed by an injected fault"),
    404: ("NotFound", "the server could not find the requested resource"),
    409: ("Conflict", "the server reported a conflict"),
    422: ("Invalid", "the server rejected our request due to an error in our request"),
    429: (
        "TooManyRequests",
        "the server has received too many requests and has asked us to try again later",
    ),
    500: ("InternalError", "Internal error occurred: etcdserver: leader changed"),
    503: ("ServiceUnavailable", "the server is currently unable to handle the request"),
    504: ("Timeout", "Timeout: request did not complete within the allotted timeout"),
}
