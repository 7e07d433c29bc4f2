"""Ask MLServer over gRPC: fraud v41 ten times, churn v7 twice with bad features; arguments: the ports of the server."""

import sys
from collections.abc import Sequence

import grpc
from mlserver.grpc.dataplane_pb2 import InferTensorContents, ModelInferRequest
from mlserver.grpc.dataplane_pb2_grpc import GRPCInferenceServiceStub


def asking(model: str, version: str, features: Sequence[float]) -> ModelInferRequest:
    """Return a request with one row."""
    tensor = ModelInferRequest.InferInputTensor(
        name="features", shape=[1, len(features)], datatype="FP64", contents=InferTensorContents(fp64_contents=features)
    )
    return ModelInferRequest(model_name=model, model_version=version, inputs=[tensor])


def ask(port: str) -> None:
    """Send all requests; fails unless the good ones are answered and the bad ones refused."""
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        server = GRPCInferenceServiceStub(channel)
        for _ in range(10):
            server.ModelInfer(asking("fraud", "v41", (0.5, 0.2, 0.1)))
        for _ in range(2):
            try:
                server.ModelInfer(asking("churn", "v7", (-1.0, 0.2, 0.1)))
            except grpc.RpcError:
                continue
            sys.exit("bad features were not refused")


if __name__ == "__main__":
    _, grpc_port, _ = sys.argv[1:]
    ask(grpc_port)
