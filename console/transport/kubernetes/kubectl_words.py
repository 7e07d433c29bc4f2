"""How kubectl is asked, and what its complaints mean: pure functions.

kubectl prints the reason and the message of the API's `Status`, not the object; see `checkErr` in
https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go
"""

import re
from typing import Any
from urllib.parse import unquote, urlencode

import msgspec

from console.transport.kubernetes.answers import Answer
from console.transport.kubernetes.requests import ApiRequest, PatchType

_STATUSES = {
    "BadRequest": 400,
    "Unauthorized": 401,
    "Forbidden": 403,
    "NotFound": 404,
    "MethodNotAllowed": 405,
    "NotAcceptable": 406,
    "AlreadyExists": 409,
    "Conflict": 409,
    "Gone": 410,
    "Expired": 410,
    "RequestEntityTooLarge": 413,
    "UnsupportedMediaType": 415,
    "Invalid": 422,
    "TooManyRequests": 429,
    "InternalError": 500,
    "ServiceUnavailable": 503,
    "ServerTimeout": 504,
    "Timeout": 504,
}
_FROM_SERVER = re.compile(r"^Error from server \((?P<reason>\w+)\): (?P<message>.*)", re.MULTILINE | re.DOTALL)
_INVALID = re.compile(r'^The (?:request|\S+ ".*?") is invalid: (?P<message>.*)', re.MULTILINE | re.DOTALL)
_UNAUTHORIZED = re.compile(r"^error: You must be logged in to the server", re.MULTILINE)
_UNSUPPORTED = re.compile(r"^error: \S+ is not supported by .*?: (?P<message>.*)", re.MULTILINE | re.DOTALL)
_PATCH_DID_NOT_APPLY = "the server rejected our request due to an error in our request"
_NEVER_SENT = re.compile(
    r"was refused|dial tcp|no such host|x509:|tls: |getting credentials|context \"[^\"]*\" does not exist|"
    r"invalid configuration|error loading config"
)
_UNKNOWN_FIELD = re.compile(r'^Warning: (unknown field ".*")', re.MULTILINE)
_PATCH_NAMES = {PatchType.JSON: "json", PatchType.MERGE: "merge", PatchType.STRATEGIC_MERGE: "strategic"}
_RAW_VERBS = {"POST": "create", "PUT": "replace", "DELETE": "delete"}


def arguments(request: ApiRequest) -> list[str]:
    """Return kubectl's arguments for a request; a body goes to its standard input.

    Raises:
        ValueError: kubectl has no way to send it.
    """
    if request.method == "PATCH":
        return _patch_arguments(request)
    url = request.path + (f"?{urlencode(request.query)}" if request.query else "")
    if request.method == "GET":
        return ["get", "--raw", url]
    return [_RAW_VERBS[request.method], "--raw", url, "--filename=-"]


def _patch_arguments(request: ApiRequest) -> list[str]:
    """Return the arguments of a patch, for which kubectl has no raw form."""
    root, *parts = [unquote(part) for part in request.path.strip("/").split("/")]
    group, version, *rest = parts if root == "apis" else ["", *parts]
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2:
        namespace, rest = rest[1], rest[2:]
    plural, name, subresource = (*rest, "", "")[:3]
    if not name or subresource not in {"", "scale", "status"}:
        raise ValueError(f"kubectl cannot patch {request.path}")
    made = ["patch", f"{plural}.{version}.{group}/{name}", f"--type={_PATCH_NAMES[PatchType(request.content_type)]}"]
    if namespace:
        made.append(f"--namespace={namespace}")
    if subresource:
        made.append(f"--subresource={subresource}")
    if request.query.get("dryRun") == "All":
        made.append("--dry-run=server")
    made += [f"--field-manager={request.query['fieldManager']}", "--patch-file=/dev/stdin"]
    return [*made, "--output=json", "--show-managed-fields"]


def refusal(complaint: str) -> Answer | None:
    """Return what the API answered, rebuilt from kubectl's complaint; None where the complaint is not the API's."""
    if found := _FROM_SERVER.search(complaint):
        return _status(found["reason"], found["message"], {})
    if found := _INVALID.search(complaint):
        message = found["message"].strip()
        if message == _PATCH_DID_NOT_APPLY:
            return _status("Invalid", message, {})
        field = message.partition(":")[0].lstrip("* ")
        return _status("Invalid", message, {"causes": [{"field": field, "message": message}]})
    if found := _UNSUPPORTED.search(complaint):
        return _status("UnsupportedMediaType", found["message"], {})
    if _UNAUTHORIZED.search(complaint):
        return _status("Unauthorized", complaint.strip(), {})
    return None


def was_never_sent(complaint: str) -> bool:
    """Return whether kubectl says that it did not get as far as sending."""
    return _NEVER_SENT.search(complaint) is not None


def unknown_fields(complaint: str) -> str:
    """Return the fields that the API warned of, empty where it did not."""
    return ", ".join(_UNKNOWN_FIELD.findall(complaint))


def _status(reason: str, message: str, details: dict[str, Any]) -> Answer:
    document = {"kind": "Status", "reason": reason, "message": message.strip(), "details": details}
    return Answer(_STATUSES.get(reason, 500), {}, msgspec.json.encode(document))
