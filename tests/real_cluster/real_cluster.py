"""A namespace of a real cluster in which one user may act, as the contract's cases need it."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from console.simulation.cluster.faults import Faults
from console.simulation.cluster.messages import RecordedRequest
from console.simulation.cluster.simulated_cluster import SimulatedPod
from console.sources.cluster.objects import instant
from tests.real_cluster.access import Access
from tests.real_cluster.relay import Relay

_RBAC = "/apis/rbac.authorization.k8s.io/v1"
_API_OF_RBAC = "rbac.authorization.k8s.io/v1"
_LOOK_SECONDS, _PATIENCE_SECONDS = 0.05, 60.0
_SETTLING_SECONDS = 0.5
"""Real controllers get this time for what takes them longer in a simulation."""
_MAY: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("", "pods"): ("get", "list", "delete"),
    ("", "events"): ("list",),
    ("", "resourcequotas"): ("list",),
    ("apps", "deployments"): ("get", "list", "patch", "delete"),
    ("apps", "deployments/scale"): ("get", "patch"),
    ("apps", "statefulsets"): ("get", "list"),
    ("apps", "replicasets"): ("get", "list"),
    ("apps", "controllerrevisions"): ("list",),
    ("autoscaling", "horizontalpodautoscalers"): ("get", "list", "patch", "delete"),
}
_MAY_WITH_ITS_NODE: Mapping[tuple[str, str], tuple[str, ...]] = {("", "nodes"): ("get", "patch", "delete")}


class RealCluster:
    """Makes things ready as an administrator, and lets `user` do through the relay what is allowed by RBAC."""

    def __init__(self, admin: Access, relay: Relay, *, namespace: str, user: str, node: str) -> None:
        self._admin = admin
        self._relay = relay
        self._namespace = namespace
        self._user = user
        self._node = node

    @property
    def faults(self) -> Faults:
        return self._relay.faults

    @property
    def requests(self) -> Sequence[RecordedRequest]:
        return self._relay.requests

    def forget_requests(self) -> None:
        self._relay.requests.clear()

    def advance(self) -> None:
        time.sleep(_SETTLING_SECONDS)

    def set_up(self) -> None:
        """Make the namespace, and what the user may do in it; the node is shared, and as it was at first."""
        self._admin.merge(f"/api/v1/nodes/{self._node}", {"spec": {"unschedulable": None}})
        self._admin.create("/api/v1/namespaces", _object("v1", "Namespace", self._namespace))
        self._admin.create(self._roles, self._role("Role", _MAY))
        self._admin.create(f"{_RBAC}/clusterroles", self._role("ClusterRole", _MAY_WITH_ITS_NODE))
        self._admin.create(f"{self._in_namespace(_RBAC)}/rolebindings", self._binding("Role"))
        self._admin.create(f"{_RBAC}/clusterrolebindings", self._binding("ClusterRole"))
        self._wait_for_permission("patch", "apps", "deployments", granted=True)
        self._wait_for_permission("patch", "", "nodes", granted=True)
        _wait_until(lambda: self._admin.find(f"{self._in_namespace('/api/v1')}/serviceaccounts/default") is not None)

    def tear_down(self) -> None:
        """Take everything away again; what is in the namespace goes with it."""
        self._admin.delete(f"{_RBAC}/clusterrolebindings/{self._namespace}")
        self._admin.delete(f"{_RBAC}/clusterroles/{self._namespace}")
        self._admin.delete(f"/api/v1/namespaces/{self._namespace}")

    def deny(self, *, verb: str = "*", resource: str = "*", subresource: str = "*") -> None:
        """Take a permission away, and wait until the server knows."""
        named = {resource, f"{resource}/scale"} if subresource == "*" else {f"{resource}/{subresource}"}
        for kind, roles, may in (
            ("Role", self._roles, _MAY),
            ("ClusterRole", f"{_RBAC}/clusterroles", _MAY_WITH_ITS_NODE),
        ):
            kept = {
                place: tuple(each for each in verbs if place[1] not in named or each != verb)
                for place, verbs in may.items()
            }
            self._admin.merge(f"{roles}/{self._namespace}", {"rules": self._role(kind, kept)["rules"]})
        groups = {name: group for group, name in (*_MAY, *_MAY_WITH_ITS_NODE)}
        for name in named & groups.keys():
            self._wait_for_permission(verb, groups[name], name, granted=False)

    def pods(self, namespace: str, deployment: str) -> tuple[SimulatedPod, ...]:
        path = f"/api/v1/namespaces/{namespace}/pods"
        found = self._admin.get(path, labelSelector=f"app={deployment}")["items"]
        return tuple(_pod(pod) for pod in found if "deletionTimestamp" not in pod["metadata"])

    def add_deployment(self, *, name: str, replicas: int, image: str, version: str, before: Mapping[str, str]) -> None:
        """Add a Deployment whose pods run, after a release of which nothing runs any more (`image`, `version`)."""
        path = f"{self._in_namespace('/apis/apps/v1')}/deployments"
        template = _template(name, before["image"], before["version"], self._node)
        spec = {"replicas": 0, "selector": {"matchLabels": {"app": name}}, "template": template}
        self._admin.create(path, _object("apps/v1", "Deployment", name, spec=spec))
        sets = f"{self._in_namespace('/apis/apps/v1')}/replicasets"
        _wait_until(lambda: bool(self._admin.get(sets)["items"]))
        spec = {"replicas": replicas, "template": _template(name, image, version, self._node)}
        self._admin.merge(f"{path}/{name}", {"spec": spec})
        _wait_until(lambda: self._is_complete(f"{path}/{name}", replicas))

    def add_autoscaler(self, *, namespace: str, deployment: str, minimum: int, maximum: int) -> None:
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": deployment}
        spec = {"minReplicas": minimum, "maxReplicas": maximum, "scaleTargetRef": target}
        made = _object("autoscaling/v1", "HorizontalPodAutoscaler", deployment, spec=spec)
        self._admin.create(f"/apis/autoscaling/v1/namespaces/{namespace}/horizontalpodautoscalers", made)

    def roll_out(self, *, namespace: str, name: str, image: str, labels: Mapping[str, str]) -> None:
        """Roll out a release, and wait for its first pod."""
        path = f"/apis/apps/v1/namespaces/{namespace}/deployments/{name}"
        self._admin.merge(path, {"spec": {"template": _template(name, image, labels["version"], self._node)}})
        _wait_until(lambda: any(pod.version == labels["version"] for pod in self.pods(namespace, name)))

    @property
    def _roles(self) -> str:
        return f"{self._in_namespace(_RBAC)}/roles"

    def _in_namespace(self, api: str) -> str:
        return f"{api}/namespaces/{self._namespace}"

    def _role(self, kind: str, may: Mapping[tuple[str, str], Sequence[str]]) -> dict[str, Any]:
        rules: list[dict[str, Any]] = [
            {"apiGroups": [group], "resources": [resource], "verbs": list(verbs)}
            for (group, resource), verbs in may.items()
            if verbs
        ]
        if kind == "ClusterRole":
            rules = [{**rule, "resourceNames": [self._node]} for rule in rules]
        return _object(_API_OF_RBAC, kind, self._namespace, rules=rules)

    def _binding(self, role: str) -> dict[str, Any]:
        group = "rbac.authorization.k8s.io"
        return _object(
            _API_OF_RBAC,
            f"{role}Binding",
            self._namespace,
            roleRef={"apiGroup": group, "kind": role, "name": self._namespace},
            subjects=[{"apiGroup": group, "kind": "User", "name": self._user}],
        )

    def _wait_for_permission(self, verb: str, group: str, resource: str, *, granted: bool) -> None:
        _wait_until(lambda: self._may(verb, group, resource) is granted)

    def _may(self, verb: str, group: str, resource: str) -> bool:
        plural, _, subresource = resource.partition("/")
        asked = {"verb": verb, "group": group, "resource": plural, "subresource": subresource}
        where = {"name": self._node} if plural == "nodes" else {"namespace": self._namespace}
        spec = {"user": self._user, "resourceAttributes": {**asked, **where}}
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
        answer = self._admin.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
        return bool(answer["status"]["allowed"])

    def _is_complete(self, path: str, replicas: int) -> bool:
        found = self._admin.get(path)
        status = found["status"]
        counts = [status.get(count) for count in ("replicas", "updatedReplicas", "availableReplicas")]
        return status.get("observedGeneration") == found["metadata"]["generation"] and counts == [replicas] * 3


def _object(api_version: str, kind: str, name: str, **parts: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **parts}


def _template(name: str, image: str, version: str, node: str) -> dict[str, Any]:
    return {
        "metadata": {"labels": {"app": name, "version": version}},
        "spec": {
            "nodeName": node,
            "tolerations": [{"operator": "Exists"}],
            "automountServiceAccountToken": False,
            "containers": [{"name": name, "image": image}],
        },
    }


def _pod(pod: dict[str, Any]) -> SimulatedPod:
    conditions = pod["status"].get("conditions", [])
    ready = next((each for each in conditions if (each["type"], each["status"]) == ("Ready", "True")), None)
    return SimulatedPod(
        name=pod["metadata"]["name"],
        node=pod["spec"].get("nodeName", ""),
        version=pod["metadata"]["labels"].get("version", ""),
        ready=ready is not None,
        ready_since=instant(ready["lastTransitionTime"]) if ready is not None else None,
        started=instant(pod["metadata"]["creationTimestamp"]) or 0.0,
    )


def _wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < until, f"not within {_PATIENCE_SECONDS:g} s: is a kube-controller-manager running?"
        time.sleep(_LOOK_SECONDS)
