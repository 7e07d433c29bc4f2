"""Knative Serving, as far as KServe needs it: a Service's template becomes revisions, and each runs a Deployment.

Without load the autoscaler keeps what runs within the bounds of a revision; one that the route does not name any more
goes down to no pods at once (on a real cluster after about a minute and a half).
"""

import copy

from console.simulation.cluster.custom_resources import ControlPlane
from console.simulation.cluster.kserve.knative_mode import MAX_SCALE, MIN_SCALE
from console.simulation.cluster.kserve.resources import CONFIGURATIONS, KNATIVE_SERVICES, REVISIONS
from console.simulation.cluster.objects import condition, owner_reference, put_condition
from console.simulation.cluster.resources import DEPLOYMENTS, Object, ResourceType
from console.simulation.cluster.schema import with_defaults

_GROUP = KNATIVE_SERVICES.group


class KnativeServingController:
    """Brings every Knative Service to what its spec wants."""

    def __init__(self, plane: ControlPlane) -> None:
        self._store = plane.store

    def next_due(self) -> float | None:
        """Return None: it acts at once, and on nothing by itself."""
        return None

    def reconcile(self, now: float) -> None:
        """Act on every Knative Service at an instant (UTC seconds)."""
        for service in self._store.list(KNATIVE_SERVICES):
            configuration = self._configuration(service, now)
            revisions = self._revisions(configuration, now)
            created = revisions[-1]
            ready = [revision for revision in revisions if _is_ready(revision)]
            newest_ready = ready[-1]["metadata"]["name"] if ready else ""
            traffic = _resolved(service, newest_ready)
            for revision in revisions:
                name = revision["metadata"]["name"]
                is_routed = any(target["revisionName"] == name for target in traffic)
                self._bring_deployment(revision, is_reachable=is_routed or revision is created, now=now)
            self._tell(configuration, service, created["metadata"]["name"], newest_ready, traffic, now)

    def _configuration(self, service: Object, now: float) -> Object:
        metadata = service["metadata"]
        existing = self._store.get(CONFIGURATIONS, metadata["namespace"], metadata["name"])
        spec = {"template": copy.deepcopy(service["spec"]["template"])}
        if existing is not None:
            return self._store.update(CONFIGURATIONS, {**copy.deepcopy(existing), "spec": spec})
        made = _owned_object(CONFIGURATIONS, metadata["name"], service, metadata["labels"])
        return self._store.create(CONFIGURATIONS, {**made, "spec": spec}, now)

    def _revisions(self, configuration: Object, now: float) -> list[Object]:
        """Return the revisions of a Configuration, oldest first; a changed template has got one of its own."""
        generation, name = configuration["metadata"]["generation"], configuration["metadata"]["name"]
        newest = f"{name}-{generation:05d}"
        if self._store.get(REVISIONS, configuration["metadata"]["namespace"], newest) is None:
            template = configuration["spec"]["template"]
            labels = {**template["metadata"]["labels"], f"{_GROUP}/configuration": name, f"{_GROUP}/service": name}
            made = _owned_object(REVISIONS, newest, configuration, labels)
            made["metadata"]["annotations"] = dict(template["metadata"]["annotations"])
            self._store.create(REVISIONS, {**made, "spec": copy.deepcopy(template["spec"])}, now)
        owned = (self._with_readiness(revision, now) for revision in tuple(self._store.owned(REVISIONS, configuration)))
        return sorted(owned, key=lambda revision: str(revision["metadata"]["name"]))

    def _with_readiness(self, revision: Object, now: float) -> Object:
        """Return a revision that is ready once its first pods were; it stays ready when they go."""
        deployment = self._deployment(revision)
        available = 0 if deployment is None else deployment["status"].get("availableReplicas", 0)
        if _is_ready(revision) or available < max(_bounds(revision)[0], 1):
            return revision
        draft = copy.deepcopy(revision)
        put_condition(draft.setdefault("status", {}), condition("Ready", holds=True, at=now))
        return self._store.update(REVISIONS, draft)

    def _deployment(self, revision: Object) -> Object | None:
        metadata = revision["metadata"]
        return self._store.get(DEPLOYMENTS, metadata["namespace"], f"{metadata['name']}-deployment")

    def _bring_deployment(self, revision: Object, *, is_reachable: bool, now: float) -> None:
        existing = self._deployment(revision)
        desired = _deployment_object(revision)
        least, most = _bounds(revision)
        running = 0 if existing is None else existing["spec"]["replicas"]
        if is_reachable:
            running = max(running, least, 0 if _is_ready(revision) and existing is not None else 1)
            desired["spec"]["replicas"] = running if most is None else min(running, most)
        else:
            desired["spec"]["replicas"] = 0
        if existing is None:
            self._store.create(DEPLOYMENTS, desired, now)
        else:
            self._store.update(DEPLOYMENTS, {**copy.deepcopy(existing), "spec": desired["spec"]})

    def _tell(
        self, configuration: Object, service: Object, created: str, ready: str, traffic: list[Object], now: float
    ) -> None:
        names = {"latestCreatedRevisionName": created}
        if ready:
            names["latestReadyRevisionName"] = ready
        for resource, told in ((CONFIGURATIONS, configuration), (KNATIVE_SERVICES, service)):
            draft = copy.deepcopy(told)
            status = draft.setdefault("status", {})
            status |= {**names, "observedGeneration": draft["metadata"]["generation"]}
            if resource is KNATIVE_SERVICES and ready:
                status["traffic"] = traffic
            put_condition(status, condition("Ready", holds=created == ready, at=now))
            self._store.update(resource, draft)


def _owned_object(resource: ResourceType, name: str, owner: Object, labels: dict[str, str]) -> Object:
    return {
        "apiVersion": resource.api_version,
        "kind": resource.kind,
        "metadata": {
            "name": name,
            "namespace": owner["metadata"]["namespace"],
            "labels": dict(labels),
            "ownerReferences": [owner_reference(owner)],
        },
    }


def _resolved(service: Object, newest_ready: str) -> list[Object]:
    """Return the traffic as it is routed: the latest revision is the newest one that is ready."""
    if not newest_ready:
        return []
    targets = copy.deepcopy(service["spec"]["traffic"])
    for target in targets:
        if target["latestRevision"]:
            target["revisionName"] = newest_ready
    return list(targets)


def _is_ready(revision: Object) -> bool:
    conditions = revision.get("status", {}).get("conditions", [])
    return any((each["type"], each["status"]) == ("Ready", "True") for each in conditions)


def _bounds(revision: Object) -> tuple[int, int | None]:
    annotations = revision["metadata"]["annotations"]
    most = annotations.get(MAX_SCALE)
    return int(annotations[MIN_SCALE]), None if most is None else int(most)


def _deployment_object(revision: Object) -> Object:
    metadata = revision["metadata"]
    labels = {**metadata["labels"], f"{_GROUP}/revision": metadata["name"], "app": metadata["name"]}
    made = _owned_object(DEPLOYMENTS, f"{metadata['name']}-deployment", revision, labels)
    made["metadata"]["annotations"] = dict(metadata["annotations"])
    made["spec"] = {
        "selector": {"matchLabels": {f"{_GROUP}/revisionUID": metadata["uid"]}},
        "template": {
            "metadata": {
                "labels": {**labels, f"{_GROUP}/revisionUID": metadata["uid"]},
                "annotations": dict(metadata["annotations"]),
            },
            "spec": {**copy.deepcopy(revision["spec"]), "restartPolicy": "Always"},
        },
    }
    made["status"] = {}
    return with_defaults(DEPLOYMENTS.kind, made)
