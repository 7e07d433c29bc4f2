"""MLServer with two models, one of them in two versions; arguments: the ports for HTTP, gRPC and metrics."""

import asyncio
import sys

from mlserver import MLModel, MLServer, ModelSettings, Settings
from mlserver.codecs import NumpyCodec
from mlserver.settings import ModelParameters
from mlserver.types import InferenceRequest, InferenceResponse
from numpy import array

from tools.recording.servers.scorer import predict

SERVED = (("fraud", "v41"), ("fraud", "v42"), ("churn", "v7"))


class ScoringModel(MLModel):
    """The scorer behind the Open Inference Protocol; answers 400 to bad features."""

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        """Score the one row of the request."""
        features = [float(value) for value in NumpyCodec.decode_input(payload.inputs[0]).flatten()]
        score = predict(self.name, features)
        return InferenceResponse(
            model_name=self.name,
            model_version=self.version,
            outputs=[NumpyCodec.encode_output("score", array([[score]]))],
        )


async def serve(http: int, grpc: int, metrics: int) -> None:
    """Serve until the process is stopped."""
    server = MLServer(
        Settings(
            host="127.0.0.1",
            http_port=http,
            grpc_port=grpc,
            metrics_port=metrics,
            debug=False,
            parallel_workers=1,
            load_models_at_startup=False,
        )
    )
    models = [
        ModelSettings(
            name=name,
            implementation="tools.recording.servers.mlserver_models.ScoringModel",
            parameters=ModelParameters(version=version),
        )
        for name, version in SERVED
    ]
    await server.start(models)


if __name__ == "__main__":
    asyncio.run(serve(*map(int, sys.argv[1:])))
