"""A simulated cluster that speaks the Kubernetes API over real HTTP, for the demo, drills and tests."""

from console.simulation.cluster.admission import Review, Webhook
from console.simulation.cluster.custom_resources import Controller, ControlPlane
from console.simulation.cluster.faults import Fault
from console.simulation.cluster.messages import RecordedRequest
from console.simulation.cluster.resources import Column, ResourceType, ScalePaths
from console.simulation.cluster.served import CONTEXT, ServedCluster
from console.simulation.cluster.simulated_cluster import Release, SimulatedCluster, SimulatedPod

__all__ = [
    "CONTEXT",
    "Column",
    "ControlPlane",
    "Controller",
    "Fault",
    "RecordedRequest",
    "Release",
    "ResourceType",
    "Review",
    "ScalePaths",
    "ServedCluster",
    "SimulatedCluster",
    "SimulatedPod",
    "Webhook",
]
