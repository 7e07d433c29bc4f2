"""What the outside world says, read-only: metrics, alerts, predictions, the cluster."""
