"""One simulated world: models, their faults, a Prometheus that scrapes them and a cluster that speaks the API."""
