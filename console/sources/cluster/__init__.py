"""What runs in the cluster: the objects behind the pods that the metrics name."""
