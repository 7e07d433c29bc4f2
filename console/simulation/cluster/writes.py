"""Create, update and patch: decode, merge, check, and persist unless it is a dry run."""

import copy
import json
from collections.abc import Callable, Sequence
from typing import Any

from console.simulation.cluster import failures, patching, schema
from console.simulation.cluster.admission import Admission, Review
from console.simulation.cluster.failures import Cause
from console.simulation.cluster.managed_fields import WrittenBy
from console.simulation.cluster.messages import Request
from console.simulation.cluster.resources import DEPLOYMENTS, STATEFUL_SETS, Object, ResourceType
from console.simulation.cluster.scales import scale_object, scaled_to
from console.simulation.cluster.schema import WrongType
from console.simulation.cluster.server_side_apply import applied, wanted_by
from console.simulation.cluster.store import Store
from console.simulation.cluster.validation import problems, pruned, with_defaults

_SYSTEM_METADATA = ("creationTimestamp", "deletionTimestamp", "generation", "managedFields", "selfLink")
_PATCH_TYPES = (patching.JSON_PATCH, patching.MERGE_PATCH, patching.STRATEGIC_MERGE_PATCH)
_LONGEST_JSON_PATCH = 10_000


class Writer:
    """Does the writes of the API on a store."""

    def __init__(self, store: Store, admission: Admission) -> None:
        self._store = store
        self._admission = admission
        self.warnings: list[str] = []
        """What the answer to the present request warns of; whoever answers it empties this."""

    def decoded(self, request: Request, resource: ResourceType) -> Object:
        """Return the object in a request's body, without fields that its kind does not have.

        Raises:
            ApiFailure: the body is no such object, or has unknown fields and the request is strict about them.
        """
        if request.headers.get("content-type", "application/json").partition(";")[0] != "application/json":
            raise failures.unsupported_media_type(["application/json"])
        try:
            document = json.loads(request.body)
        except ValueError as error:
            raise failures.bad_request(f"couldn't get version/kind; json parse error: {error}") from error
        if not isinstance(document, dict):
            raise failures.bad_request("couldn't get version/kind; json parse error")
        if document.get("kind", resource.kind) != resource.kind:
            message = f"the object provided is unrecognized (must be of type {resource.kind})"
            raise failures.bad_request(message)
        try:
            kept, unknown = pruned(resource, document)
        except WrongType as error:
            raise failures.bad_request(_cannot_be_handled(resource.kind, resource, str(error))) from error
        if self._is_strict_about(request, unknown):
            raise failures.bad_request(_cannot_be_handled(resource.kind, resource, _strict_error(unknown)))
        return {**kept, "apiVersion": resource.api_version, "kind": resource.kind}

    def create(self, request: Request, resource: ResourceType, namespace: str, now: float) -> Object:
        """Return the created object, which a dry run does not store."""
        return self._created(request, resource, namespace, self.decoded(request, resource), _written_by(request), now)

    def _created(
        self, request: Request, resource: ResourceType, namespace: str, decoded: Object, by: WrittenBy, now: float
    ) -> Object:
        document = with_defaults(resource, decoded)
        metadata = document.setdefault("metadata", {})
        if namespace and metadata.setdefault("namespace", namespace) != namespace:
            raise failures.bad_request(
                "the namespace of the provided object does not match the namespace sent on the request"
            )
        if not metadata.get("name") and metadata.get("generateName"):
            metadata["name"] = self._store.generated_name(resource, namespace, metadata["generateName"])
        name = metadata.get("name", "")
        if not name:
            required = Cause("metadata.name", "Required value: name or generateName is required", "FieldValueRequired")
            raise failures.invalid(resource, "", [required])
        if resource.custom and resource.status:
            document.pop("status", None)
        if found := problems(resource, document):
            raise failures.invalid(resource, name, found)
        if self._store.get(resource, namespace, name) is not None:
            raise failures.already_exists(resource, name)
        if resource in (DEPLOYMENTS, STATEFUL_SETS):
            document["status"] = {}
        review = Review(operation="CREATE", old=None, new=document, dry_run=request.dry_run)
        self._admission.check(resource, "", review)
        if request.dry_run:
            return self._store.with_system_fields(resource, document, now, by)
        return self._store.create(resource, document, now, by)

    def apply(self, request: Request, resource: ResourceType, place: tuple[str, str], now: float) -> tuple[int, Object]:
        """Return the status and the object after a server-side apply at a namespace and a name."""
        namespace, name = place
        current = self._store.get(resource, namespace, name)
        wanted, unknown = pruned(resource, wanted_by(request, resource, name))
        if self._is_strict_about(request, unknown):
            raise failures.bad_request(_cannot_be_handled(resource.kind, resource, _strict_error(unknown)))
        made = applied(request, resource, current, wanted)
        if current is None:
            return 201, self._created(request, resource, namespace, made.object, made.by, now)
        return 200, self._changed(request, resource, current, with_defaults(resource, made.object), made.by)

    def write(self, verb: str, request: Request, resource: ResourceType, current: Object) -> Object:
        """Return the object after an update or a patch, which a dry run does not store."""
        changed = self._wanted(verb, request, resource, current)
        return self._changed(request, resource, current, changed, _written_by(request))

    def _changed(
        self, request: Request, resource: ResourceType, current: Object, changed: Object, by: WrittenBy
    ) -> Object:
        _check_identity(resource, current, changed)
        if found := problems(resource, changed) + _immutable(resource, current, changed):
            raise failures.invalid(resource, current["metadata"]["name"], found)
        metadata = changed.setdefault("metadata", {})
        for field in ("name", "namespace", *_SYSTEM_METADATA, "uid", "resourceVersion"):
            metadata.pop(field, None)
            if field in current["metadata"]:
                metadata[field] = copy.deepcopy(current["metadata"][field])
        if resource.status or not resource.custom:
            changed.pop("status", None)
            if "status" in current:
                changed["status"] = current["status"]
        self._admit(request, resource, "", current, changed)
        return self._persist(request, resource, current, changed, by)

    def write_status(self, verb: str, request: Request, resource: ResourceType, current: Object) -> Object:
        """Return the object after an update or a patch of its `status`; whatever else that says is ignored."""
        wanted = self._wanted(verb, request, resource, current)
        _check_identity(resource, current, wanted)
        changed = {key: copy.deepcopy(value) for key, value in current.items() if key != "status"}
        if "status" in wanted:
            changed["status"] = wanted["status"]
        if resource.custom and (found := problems(resource, changed)):
            raise failures.invalid(resource, current["metadata"]["name"], found)
        self._admit(request, resource, "status", current, changed)
        return self._persist(request, resource, current, changed, _written_by(request, "status"))

    def _wanted(self, verb: str, request: Request, resource: ResourceType, current: Object) -> Object:
        if verb == "patch":
            changed = _patched(
                request, _accepted(resource), current, lambda patched: pruned(resource, patched), self._is_strict_about
            )
        else:
            changed = self.decoded(request, resource)
        return with_defaults(resource, copy.deepcopy(changed))

    def _admit(self, request: Request, resource: ResourceType, subresource: str, old: Object, new: Object) -> None:
        review = Review(operation="UPDATE", old=old, new=new, dry_run=request.dry_run)
        self._admission.check(resource, subresource, review)

    def scale(self, verb: str, request: Request, resource: ResourceType, current: Object) -> Object:
        """Return the object after an update or a patch of its `scale`, which a dry run does not store."""
        shown = scale_object(resource, current)
        if verb == "patch":
            wanted = _patched(
                request,
                _accepted(resource),
                shown,
                lambda patched: schema.pruned("Scale", patched),
                self._is_strict_about,
            )
        else:
            wanted = self._decoded_scale(request, resource)
        _check_identity(resource, shown, wanted)
        changed = scaled_to(resource, current, wanted)
        if found := schema.problems("Scale", wanted) + (problems(resource, changed) if resource.custom else []):
            raise failures.invalid(resource, current["metadata"]["name"], found)
        self._admit(request, resource, "scale", shown, wanted)
        return self._persist(request, resource, current, changed, _written_by(request, "scale"))

    def _is_strict_about(self, request: Request, unknown: list[str]) -> bool:
        """Return whether unknown fields are refused; unless they are to be ignored, they are warned of otherwise."""
        validation = request.query.get("fieldValidation", "Warn")
        if validation == "Warn":
            self.warnings += [f'unknown field "{path}"' for path in unknown]
        return bool(unknown) and validation == "Strict"

    def _decoded_scale(self, request: Request, resource: ResourceType) -> Object:
        try:
            kept, unknown = schema.pruned("Scale", json.loads(request.body))
        except (WrongType, ValueError) as error:
            raise failures.bad_request(_cannot_be_handled("Scale", resource, str(error))) from error
        if self._is_strict_about(request, unknown):
            raise failures.bad_request(_cannot_be_handled("Scale", resource, _strict_error(unknown)))
        return kept

    def _persist(
        self,
        request: Request,
        resource: ResourceType,
        current: Object,
        changed: Object,
        by: WrittenBy,
    ) -> Object:
        if changed == current and by.applied is None:
            return current
        if request.dry_run:
            return self._store.updated(resource, current, changed, by)
        return self._store.update(resource, changed, by)


def _accepted(resource: ResourceType) -> Sequence[str]:
    """Return the patch formats of a resource: strategic merge needs the Go types that a custom resource has not."""
    return _PATCH_TYPES[:2] if resource.custom else _PATCH_TYPES


def _patched(
    request: Request,
    accepted: Sequence[str],
    current: Object,
    prune: Callable[[Object], tuple[Object, list[str]]],
    is_strict_about: Callable[[Request, list[str]], bool],
) -> Object:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip()
    if content_type not in accepted:
        raise failures.unsupported_media_type(accepted)
    try:
        patch = json.loads(request.body)
    except ValueError as error:
        raise failures.bad_request(f"error decoding patch: {error}") from error
    try:
        patched = _apply(content_type, current, patch, is_escaped=patching.is_escaped_like_go(request.body))
    except patching.BadPatch as error:
        raise failures.bad_request(str(error)) from error
    except patching.PatchDoesNotApply as error:
        raise failures.patch_does_not_apply() from error
    if not isinstance(patched, dict):
        raise _undecodable(patched, "json: cannot unmarshal into Go value")
    try:
        kept, unknown = prune(patched)
    except WrongType as error:
        raise _undecodable(patched, str(error)) from error
    if is_strict_about(request, unknown):
        raise _undecodable(patched, _strict_error(unknown))
    return kept


def _apply(content_type: str, current: Object, patch: Any, *, is_escaped: bool) -> Any:
    if content_type == patching.JSON_PATCH:
        if isinstance(patch, list) and len(patch) > _LONGEST_JSON_PATCH:
            raise failures.ApiFailure(
                413,
                "RequestEntityTooLarge",
                f"The allowed maximum operations in a JSON patch is {_LONGEST_JSON_PATCH}, got {len(patch)}",
            )
        return patching.json_patch(current, patch, is_escaped=is_escaped)
    if content_type == patching.MERGE_PATCH:
        return patching.merge_patch(current, patch)
    return patching.strategic_merge_patch(current, patch)


def _undecodable(patched: Any, error: str) -> failures.ApiFailure:
    """Return the failure of a patch whose result is no such object: 422 like a failed `test`, but with a cause."""
    return failures.invalid(None, "", [Cause("patch", f"Invalid value: {json.dumps(json.dumps(patched))}: {error}")])


def _strict_error(unknown: list[str]) -> str:
    return "strict decoding error: " + ", ".join(f'unknown field "{path}"' for path in unknown)


def _cannot_be_handled(kind: str, resource: ResourceType, error: str) -> str:
    return f'{kind} in version "{resource.version}" cannot be handled as a {kind}: {error}'


def _check_identity(resource: ResourceType, current: Object, changed: Object) -> None:
    """Refuse a write that names another object, or another version of it."""
    held, metadata = current["metadata"], changed.get("metadata") or {}
    for field in ("name", "namespace"):
        if metadata.get(field, held.get(field)) != held.get(field):
            raise failures.bad_request(
                f"the {field} of the object ({metadata[field]}) does not match "
                f"the {field} on the URL ({held.get(field)})"
            )
    uid = metadata.get("uid") or held["uid"]
    if uid != held["uid"]:
        why = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {held['uid']}"
        raise failures.conflict(resource, held["name"], why)
    if (metadata.get("resourceVersion") or held["resourceVersion"]) != held["resourceVersion"]:
        raise failures.conflict(resource, held["name"])


def _immutable(resource: ResourceType, current: Object, changed: Object) -> list[Cause]:
    if resource in (DEPLOYMENTS, STATEFUL_SETS) and changed["spec"].get("selector") != current["spec"]["selector"]:
        message = f"Invalid value: {changed['spec'].get('selector')}: field is immutable"
        return [Cause("spec.selector", message)]
    return []


def _written_by(request: Request, subresource: str = "") -> WrittenBy:
    agent = request.headers.get("user-agent", "unknown").partition("/")[0]
    return WrittenBy(manager=request.query.get("fieldManager") or agent, subresource=subresource)
