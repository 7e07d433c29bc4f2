"""The API itself: from an HTTP request to the answer that a Kubernetes API server would give."""

from collections.abc import Callable
from secrets import compare_digest

import msgspec

from console.simulation.cluster import failures, listing, protobuf_bodies
from console.simulation.cluster.admission import Admission, Review
from console.simulation.cluster.authorization import Attempt, Authorizer
from console.simulation.cluster.catalogue import Catalogue
from console.simulation.cluster.failures import ApiFailure
from console.simulation.cluster.messages import Answer, Request, json_answer
from console.simulation.cluster.pod_logs import PodLogs
from console.simulation.cluster.replica_sets import is_terminating, mark_terminating
from console.simulation.cluster.resources import (
    NAMESPACES,
    PODS,
    SELF_ACCESS_REVIEWS,
    Object,
    ResourceType,
)
from console.simulation.cluster.scales import scale_object
from console.simulation.cluster.server_side_apply import is_apply
from console.simulation.cluster.store import Store
from console.simulation.cluster.tables import table, wants_table
from console.simulation.cluster.watching import Watching
from console.simulation.cluster.writes import Writer

USER = "on-call"


class Target(msgspec.Struct, frozen=True):
    """What a path names: a collection when `name` is empty, the whole cluster when `namespace` is."""

    resource: ResourceType
    namespace: str = ""
    name: str = ""
    subresource: str = ""


def parse_target(catalogue: Catalogue, path: str) -> Target | None:
    """Return what a path below `/api` or `/apis` names, or None if the server serves no such path.

    Raises:
        ApiFailure: a custom resource has no such subresource.
    """
    parts = path.strip("/").split("/")
    match parts:
        case ["api", version, *rest]:
            group = ""
        case ["apis", group, version, *rest]:
            pass
        case _:
            return None
    namespace = ""
    if len(rest) >= 3 and rest[0] == "namespaces":
        namespace, rest = rest[1], rest[2:]
    if not 1 <= len(rest) <= 3 or "" in rest:
        return None
    resource = catalogue.find(group, version, rest[0])
    if resource is None or (namespace and not resource.namespaced):
        return None
    name, subresource = (*rest[1:], "", "")[:2]
    if name and resource.namespaced and not namespace:
        return None
    if subresource and subresource not in _subresources(resource):
        if resource.custom:
            raise failures.not_found(resource, name)
        return None
    return Target(resource, namespace, name, subresource)


def _subresources(resource: ResourceType) -> set[str]:
    served = (("scale", resource.scale), ("status", resource.status), ("log", resource is PODS))
    return {name for name, there in served if there}


class Api:
    """Authenticates, authorizes and does one request at a time."""

    def __init__(
        self,
        store: Store,
        catalogue: Catalogue,
        authorizer: Authorizer,
        admission: Admission,
        logs: PodLogs,
        *,
        token: str,
        watching: Watching,
        now: Callable[[], float],
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._authorizer = authorizer
        self._admission = admission
        self._logs = logs
        self._token = token
        self._watching = watching
        self._now = now
        self._writer = Writer(store, admission)

    def answer(self, request: Request) -> Answer:
        """Return the answer to a request; every failure is an answer too."""
        try:
            return self._answer(request)
        except ApiFailure as failure:
            return json_answer(failure.code, failure.status, failure.headers)

    def _answer(self, request: Request) -> Answer:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not compare_digest(token.encode(), self._token.encode()):
            raise failures.unauthorized()
        document = self._catalogue.document(request.path)
        if document is not None:
            if request.method != "GET":
                raise failures.method_not_allowed()
            return json_answer(200, document)
        target = parse_target(self._catalogue, request.path)
        if target is None:
            return Answer(status=404, body=b"404 page not found\n", content_type="text/plain; charset=utf-8")
        verb = _verb(request, target)
        self._authorize(verb, target)
        self._writer.warnings.clear()
        done = self._do(verb, request, target)
        if not self._writer.warnings:
            return done
        quoted = (warning.replace('"', '\\"') for warning in self._writer.warnings)
        warned = {"Warning": ", ".join(f'299 - "{warning}"' for warning in quoted)}
        return msgspec.structs.replace(done, headers={**done.headers, **warned})

    def _authorize(self, verb: str, target: Target) -> None:
        attempt = Attempt(
            verb=verb,
            group=target.resource.group,
            resource=target.resource.plural,
            subresource=target.subresource,
            namespace=target.namespace,
            name=target.name,
        )
        if not self._authorizer.allows(attempt):
            raise failures.forbidden(
                target.resource,
                target.name,
                user=USER,
                verb=verb,
                subresource=target.subresource,
                namespace=target.namespace,
            )

    def _do(self, verb: str, request: Request, target: Target) -> Answer:
        if verb in {"list", "watch"}:
            return listing.answer(
                verb, self._store, target.resource, target.namespace, request, self._watching, self._now()
            )
        if verb == "create":
            return self._create(request, target)
        if is_apply(request) and not target.subresource:
            place = target.namespace, target.name
            return json_answer(*self._writer.apply(request, target.resource, place, self._now()))
        current = self._store.get(target.resource, target.namespace, target.name)
        if current is None:
            raise failures.not_found(target.resource, target.name)
        if verb == "delete":
            return self._delete(request, target, current)
        if target.subresource == "scale":
            shown = scale_object(target.resource, current)
            if verb != "get":
                scaled = self._writer.scale(verb, request, target.resource, current)
                shown = scale_object(target.resource, scaled)
            return json_answer(200, shown)
        if target.subresource == "log":
            text = self._logs.read(current, request.query, self._now())
            return Answer(status=200, body=text, content_type="text/plain")
        if verb == "get":
            if wants_table(request.headers):
                metadata = {"resourceVersion": current["metadata"]["resourceVersion"]}
                return json_answer(200, table(target.resource, [current], metadata, self._now()))
            return json_answer(200, _as_served(current, target.resource))
        if target.subresource == "status":
            return json_answer(200, self._writer.write_status(verb, request, target.resource, current))
        written = self._writer.write(verb, request, target.resource, current)
        return json_answer(200, _as_served(written, target.resource))

    def _create(self, request: Request, target: Target) -> Answer:
        if target.resource is SELF_ACCESS_REVIEWS:
            return json_answer(201, self._authorizer.review(self._review(request)))
        if target.namespace and self._store.get(NAMESPACES, "", target.namespace) is None:
            raise failures.not_found(NAMESPACES, target.namespace)
        created = self._writer.create(request, target.resource, target.namespace, self._now())
        return json_answer(201, created)

    def _review(self, request: Request) -> Object:
        if request.headers.get("content-type") != protobuf_bodies.MEDIA_TYPE:
            return self._writer.decoded(request, SELF_ACCESS_REVIEWS)
        try:
            return protobuf_bodies.decoded_review(request.body)
        except ValueError as error:
            raise failures.bad_request(f"unable to decode: {error}") from error

    def _delete(self, request: Request, target: Target, current: Object) -> Answer:
        try:
            request.read_delete_options()
        except ValueError as error:
            raise failures.bad_request(f"couldn't get version/kind; json parse error: {error}") from error
        _check_preconditions(request, target.resource, current)
        review = Review(operation="DELETE", old=current, new=None, dry_run=request.dry_run)
        self._admission.check(target.resource, "", review)
        if not request.dry_run:
            if target.resource is PODS:
                if not is_terminating(current):
                    current = mark_terminating(self._store, current, self._now())
                return json_answer(200, current)
            self._store.delete(target.resource, current)
        details = {"name": target.name, "kind": target.resource.plural, "uid": current["metadata"]["uid"]}
        if target.resource.group:
            details["group"] = target.resource.group
        success = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}
        return json_answer(200, success)


def _as_served(found: Object, resource: ResourceType) -> Object:
    """Return an object in the version of its API that was asked for, whatever the one in which it is stored."""
    return {**found, "apiVersion": resource.api_version}


def _check_preconditions(request: Request, resource: ResourceType, current: Object) -> None:
    """Refuse a deletion that means another object, or another version of it."""
    wanted = request.delete_options.get("preconditions") or {}
    for field, words in (("uid", "UID"), ("resourceVersion", "ResourceVersion")):
        held = current["metadata"][field]
        if wanted.get(field, held) != held:
            why = f"Precondition failed: {words} in precondition: {wanted[field]}, {words} in object meta: {held}"
            raise failures.conflict(resource, current["metadata"]["name"], why)


def _verb(request: Request, target: Target) -> str:
    """Return the Kubernetes verb of a request.

    Raises:
        ApiFailure: the resource does not support the HTTP method.
    """
    if target.name:
        verb = {"GET": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}.get(request.method)
        if target.subresource and (verb == "delete" or (target.subresource == "log" and verb != "get")):
            verb = None
    else:
        watches = request.query.get("watch", "") in {"true", "1"}
        verb = {"GET": "watch" if watches else "list", "POST": "create"}.get(request.method)
        if verb == "create" and target.resource.namespaced and not target.namespace:
            verb = None
    if verb is None or verb not in target.resource.verbs:
        raise failures.method_not_allowed()
    return verb
