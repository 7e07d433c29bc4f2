"""The models of the simulated world: traffic, queues and latency, and the counters that their replicas export."""
