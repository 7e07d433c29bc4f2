"""Argo Rollouts in the simulated cluster: the Rollout resource, and a controller that does canary releases."""

from console.simulation.cluster.argo_rollouts.controller import RolloutController
from console.simulation.cluster.argo_rollouts.resources import ROLLOUTS, rollout_object

__all__ = ["ROLLOUTS", "RolloutController", "rollout_object"]
