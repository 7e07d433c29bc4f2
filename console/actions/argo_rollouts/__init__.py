"""Actions on Rollouts of Argo Rollouts."""
