"""Models that the simulated KServe serves, and what tests read of them."""

from typing import Any

import httpx

from console.simulation.cluster import SimulatedCluster
from console.simulation.cluster.kserve import INFERENCE_SERVICES, add_kserve, inference_service_object

SERVICES = "/apis/serving.kserve.io/v1beta1/namespaces/ml/inferenceservices"
SCORING = f"{SERVICES}/scoring"
MERGE_PATCH = {"Content-Type": "application/merge-patch+json"}


def model(version: str, **fields: Any) -> dict[str, Any]:
    """Return the spec of a predictor that loads a version of the model `scoring`."""
    return {
        "labels": {"version": version},
        "model": {"modelFormat": {"name": "sklearn"}, "storageUri": f"s3://models/scoring/{version}"},
        **fields,
    }


def add_scoring(
    cluster: SimulatedCluster, predictor: dict[str, Any], *, kserve: dict[str, Any] | None = None, **options: Any
) -> None:
    """Install KServe and let it serve the model `ml/scoring`."""
    add_kserve(cluster, **(kserve or {}))
    cluster.add_object(INFERENCE_SERVICES, inference_service_object("ml", "scoring", predictor=predictor, **options))


class Reader:
    """What the API says of `ml/scoring`."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def get(self, path: str) -> dict[str, Any]:
        answer: dict[str, Any] = (await self._client.get(path)).json()
        return answer

    async def status(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.get(SCORING)).get("status", {})
        return found

    async def rollout(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.status())["components"]["predictor"]
        return found

    async def shares(self) -> dict[str, int]:
        """Return the percentage of the traffic by revision, the newest revision's `-0000` left out."""
        shares: dict[str, int] = {}
        for target in (await self.rollout()).get("traffic", []):
            name = target["revisionName"].removeprefix("scoring-predictor-0000")
            shares[name] = shares.get(name, 0) + target["percent"]
        return shares

    async def replicas(self) -> dict[str, int]:
        """Return the replicas that are asked for by the Deployments of the model."""
        path = "/apis/apps/v1/namespaces/ml/deployments?labelSelector=serving.kserve.io/inferenceservice=scoring"
        return {found["metadata"]["name"]: found["spec"]["replicas"] for found in (await self.get(path))["items"]}

    async def deployment(self, name: str = "scoring-predictor") -> dict[str, Any]:
        return await self.get(f"/apis/apps/v1/namespaces/ml/deployments/{name}")
