"""A simulated cluster with controllers that were added to it, and its store, which a test may read and write."""

from collections.abc import Callable
from typing import Any

from console.simulation.cluster import Controller, ControlPlane, ResourceType, SimulatedCluster
from console.simulation.cluster.resources import Object


class Plane:
    """What a controller of a cluster works with, for a test that plays kubectl or looks at everything."""

    def __init__(self, cluster: SimulatedCluster, make: Callable[[ControlPlane], Controller]) -> None:
        self._cluster = cluster
        self._planes: list[ControlPlane] = []

        def kept(plane: ControlPlane) -> Controller:
            self._planes.append(plane)
            return make(plane)

        cluster.add_controller(kept)

    def get(self, resource: ResourceType, namespace: str, name: str) -> dict[str, Any]:
        found = self._planes[0].store.get(resource, namespace, name)
        assert found is not None, f"no {resource.kind} {namespace}/{name}"
        return found

    def list(self, resource: ResourceType, namespace: str) -> list[Object]:
        return self._planes[0].store.list(resource, namespace)

    def change(self, resource: ResourceType, namespace: str, name: str, edit: Callable[[dict[str, Any]], None]) -> None:
        """Change an object as somebody would who writes all of it, status as well."""
        store = self._planes[0].store
        draft = store.draft(resource, namespace, name)
        edit(draft)
        store.update(resource, draft)
        self._cluster.advance()
