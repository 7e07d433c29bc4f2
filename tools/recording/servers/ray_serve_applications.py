"""Ray Serve with two applications, each of one deployment; arguments: the ports for HTTP and for metrics."""

import signal
import sys
from pathlib import Path

import ray
from ray import serve
from ray.serve.config import HTTPOptions
from starlette.requests import Request

from tools.recording.servers.scorer import predict


class Scorer:
    """One model; an exception is answered 500."""

    def __init__(self, model: str) -> None:
        self.model = model

    async def __call__(self, request: Request) -> float:
        """Score the one row of the request."""
        return predict(self.model, (await request.json())["features"])


def run(http: int, metrics: int) -> None:
    """Serve until the process is asked to stop."""
    ray.init(num_cpus=4, include_dashboard=False, _metrics_export_port=metrics, _temp_dir=str(Path.cwd()))
    serve.start(http_options=HTTPOptions(host="127.0.0.1", port=http))
    for model in ("fraud", "churn"):
        deployment = serve.deployment(Scorer).options(name="Scorer", num_replicas=2)
        serve.run(deployment.bind(model), name=model, route_prefix=f"/{model}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # an exit of Python ends all processes of Ray
    signal.pause()


if __name__ == "__main__":
    run(*map(int, sys.argv[1:]))
