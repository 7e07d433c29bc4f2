"""Seldon Core 2 in the simulated cluster: Models, Servers and Experiments, and a controller that loads models."""

from console.simulation.cluster.seldon.controller import SeldonController
from console.simulation.cluster.seldon.resources import (
    EXPERIMENTS,
    MODELS,
    SERVERS,
    experiment_object,
    model_object,
    server_object,
)

__all__ = [
    "EXPERIMENTS",
    "MODELS",
    "SERVERS",
    "SeldonController",
    "experiment_object",
    "model_object",
    "server_object",
]
