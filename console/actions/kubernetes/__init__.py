"""Actions on objects of a Kubernetes cluster."""
