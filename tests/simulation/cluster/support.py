"""What the tests of the simulated cluster share."""

from console.simulation.cluster import SimulatedCluster

NOON = 1_790_000_000.0
DEPLOYMENT = "/apis/apps/v1/namespaces/ml/deployments/fraud"


class FakeClock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


def add_fraud(cluster: SimulatedCluster) -> None:
    """Add Deployment `ml/fraud`, which is an hour old and runs three pods."""
    cluster.add_deployment(
        namespace="ml",
        name="fraud",
        replicas=3,
        image="registry.example/fraud:v41",
        labels={"app": "fraud", "version": "v41"},
        created=NOON - 3600,
    )
