import httpx

from console.simulation.fleet.models import EIGHT_MODELS
from console.simulation.scenario import find_scenario
from console.simulation.world import SimulatedWorld


async def test_kserve_has_served_its_models_since_the_oldest_sample_and_scales_them() -> None:
    scenario = find_scenario("kserve-surge")
    (eta,) = (profile for profile in EIGHT_MODELS if profile.name in scenario.kserve)
    async with SimulatedWorld(scenario, prometheus=False) as world:
        pods = world.fleet.pods(eta)
        assert [pod.version for pod in pods] == [eta.version] * eta.replicas
        assert all(pod.ready_since is not None and pod.ready_since < world.started - 3600 for pod in pods)
        (owner,) = [
            reference["kind"]
            for reference in (await _read(world, "/apis/apps/v1/namespaces/ml/deployments/eta-predictor"))["metadata"][
                "ownerReferences"
            ]
        ]
        assert owner == "InferenceService"
        others = [profile for profile in world.profiles if profile.name not in scenario.kserve]
        assert all(len(world.fleet.pods(profile)) == profile.replicas for profile in others)


async def _read(world: SimulatedWorld, path: str) -> dict[str, dict[str, list[dict[str, str]]]]:
    headers = {"Authorization": f"Bearer {world.served.token}"}
    async with httpx.AsyncClient(verify=False, trust_env=False, headers=headers) as client:  # noqa: S501 -- throwaway
        found: dict[str, dict[str, list[dict[str, str]]]] = (await client.get(f"{world.served.url}{path}")).json()
        return found
