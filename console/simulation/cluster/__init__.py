"""A simulated cluster that speaks the Kubernetes API over real HTTP, for the demo, drills and tests."""

from console.simulation.cluster.faults import Fault
from console.simulation.cluster.messages import RecordedRequest
from console.simulation.cluster.served import CONTEXT, ServedCluster
from console.simulation.cluster.simulated_cluster import Release, SimulatedCluster, SimulatedPod

__all__ = ["CONTEXT", "Fault", "RecordedRequest", "Release", "ServedCluster", "SimulatedCluster", "SimulatedPod"]
