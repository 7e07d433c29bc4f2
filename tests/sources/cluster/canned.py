"""A transport with canned answers, for kinds and lies that the simulated cluster does not have."""

from collections.abc import Mapping, Sequence
from typing import Any

from console.transport.kubernetes import FIELD_MANAGER, KubernetesError, NotFound

NO_QUERY: Mapping[str, str] = {}


class CannedTransport:
    """Answers each path with a document or an error, and keeps the paths that were asked for."""

    context = "prod-eu"

    def __init__(self, answers: Mapping[str, dict[str, Any] | KubernetesError]) -> None:
        self._answers = dict(answers)
        self.asked: list[str] = []

    async def get(self, path: str, *, query: Mapping[str, str] = NO_QUERY) -> dict[str, Any]:
        self.asked.append(path)
        answer = self._answers.get(path, NotFound(f"GET {path}", "not found", status=404, reason="NotFound"))
        if isinstance(answer, KubernetesError):
            raise answer
        return answer

    async def patch(
        self,
        path: str,
        body: Sequence[Mapping[str, Any]] | Mapping[str, Any],
        *,
        content_type: str,
        dry_run: bool,
        field_manager: str = FIELD_MANAGER,
    ) -> dict[str, Any]:
        assert isinstance(body, Sequence)
        return {"spec": {"replicas": body[-1]["value"]}}

    async def create(
        self, path: str, body: Mapping[str, Any], *, dry_run: bool = False, field_manager: str = FIELD_MANAGER
    ) -> dict[str, Any]:
        raise AssertionError("nothing is created")

    async def replace(
        self, path: str, body: Mapping[str, Any], *, dry_run: bool = False, field_manager: str = FIELD_MANAGER
    ) -> dict[str, Any]:
        raise AssertionError("nothing is replaced")

    async def delete(self, path: str, *, uid: str, dry_run: bool = False) -> dict[str, Any]:
        raise AssertionError("nothing is deleted")

    async def get_text(self, path: str, *, query: Mapping[str, str] = NO_QUERY) -> str:
        raise AssertionError("no log is read")

    async def can_i(
        self, verb: str, group: str, resource: str, subresource: str = "", namespace: str = "", name: str = ""
    ) -> bool:
        return True

    async def close(self) -> None:
        return None


def owned(kind: str, name: str, uid: str, owner: tuple[str, str, str] | None, namespace: str = "ml") -> dict[str, Any]:
    """An object whose controller is (kind, name, uid)."""
    metadata: dict[str, Any] = {"name": name, "namespace": namespace, "uid": uid}
    if owner is not None:
        owner_kind, owner_name, owner_uid = owner
        metadata["ownerReferences"] = [
            {"apiVersion": "v1", "kind": "Watcher", "name": "bystander", "uid": "w"},
            {"apiVersion": "x/v1", "kind": owner_kind, "name": owner_name, "uid": owner_uid, "controller": True},
        ]
    document: dict[str, Any] = {"kind": kind, "metadata": metadata}
    if kind in {"Deployment", "StatefulSet"}:
        document |= {"spec": {"replicas": 2}, "status": {"readyReplicas": 1}}
    return document


def namespace_answers(namespace: str | None = "ml", **items: list[dict[str, Any]]) -> dict[str, Any]:
    """The LIST answers of a namespace, or of all of them; `items` are keyed by plural."""
    where = f"/namespaces/{namespace}" if namespace else ""
    roots = {
        "pods": "/api/v1",
        "replicasets": "/apis/apps/v1",
        "deployments": "/apis/apps/v1",
        "statefulsets": "/apis/apps/v1",
        "horizontalpodautoscalers": "/apis/autoscaling/v2",
    }
    return {f"{root}{where}/{plural}": {"items": items.get(plural)} for plural, root in roots.items()}
