"""KServe's model server with two models; arguments: the ports for HTTP and gRPC."""

import sys

from kserve import Model, ModelServer

from tools.recording.servers.scorer import predict


class ScoringModel(Model):
    """The scorer behind KServe's version 1 protocol; an exception is answered 500."""

    def load(self) -> bool:
        """Become ready: there is nothing to load."""
        self.ready = True
        return self.ready

    def predict(
        self, payload: dict[str, list[list[float]]], headers: dict[str, str] | None = None
    ) -> dict[str, object]:
        """Score every row of the request."""
        return {"predictions": [predict(self.name, row) for row in payload["instances"]]}


if __name__ == "__main__":
    http, grpc = map(int, sys.argv[1:])
    models = [ScoringModel("fraud"), ScoringModel("churn")]
    for model in models:
        model.load()
    sys.argv[1:] = [f"--http_port={http}", f"--grpc_port={grpc}"]
    ModelServer(http_port=http, grpc_port=grpc).start(models)
