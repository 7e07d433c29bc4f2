"""Argo Rollouts in the simulated cluster: Rollouts, AnalysisRuns, and a controller of canaries and blue-green ones."""

from console.simulation.cluster.argo_rollouts.analysis import ANALYSIS_RUNS, ANALYSIS_TEMPLATES
from console.simulation.cluster.argo_rollouts.controller import RolloutController
from console.simulation.cluster.argo_rollouts.resources import ROLLOUTS, rollout_object

__all__ = ["ANALYSIS_RUNS", "ANALYSIS_TEMPLATES", "ROLLOUTS", "RolloutController", "rollout_object"]
