"""Who may do what: everything is allowed except what was denied, for requests and access reviews alike."""

import msgspec

from console.simulation.cluster.resources import Object


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to do, in the terms of Kubernetes authorization."""

    verb: str
    group: str
    resource: str
    subresource: str = ""
    namespace: str = ""
    name: str = ""


class Denial(msgspec.Struct, frozen=True, kw_only=True):
    """What is not allowed; `*` matches everything."""

    verb: str = "*"
    group: str = "*"
    resource: str = "*"
    subresource: str = "*"
    namespace: str = "*"

    def covers(self, attempt: Attempt) -> bool:
        """Return whether an attempt is denied by this."""
        pairs = (
            (self.verb, attempt.verb),
            (self.group, attempt.group),
            (self.resource, attempt.resource),
            (self.subresource, attempt.subresource),
            (self.namespace, attempt.namespace),
        )
        return all(denied in {"*", tried} for denied, tried in pairs)


class Authorizer:
    """Holds the denials of one simulated user."""

    def __init__(self) -> None:
        self.denials: list[Denial] = []

    def allows(self, attempt: Attempt) -> bool:
        """Return whether no denial covers an attempt."""
        return not any(denial.covers(attempt) for denial in self.denials)

    def review(self, document: Object) -> Object:
        """Return a SelfSubjectAccessReview with its status filled in."""
        asked = (document.get("spec") or {}).get("resourceAttributes") or {}
        attempt = Attempt(
            verb=asked.get("verb", ""),
            group=asked.get("group", ""),
            resource=asked.get("resource", ""),
            subresource=asked.get("subresource", ""),
            namespace=asked.get("namespace", ""),
            name=asked.get("name", ""),
        )
        allowed = self.allows(attempt)
        status: Object = {"allowed": allowed}
        if allowed:
            status["reason"] = 'RBAC: allowed by ClusterRoleBinding "on-call" of ClusterRole "admin" to User "on-call"'
        return {
            "kind": "SelfSubjectAccessReview",
            "apiVersion": "authorization.k8s.io/v1",
            "metadata": {},
            "spec": document.get("spec") or {},
            "status": status,
        }
