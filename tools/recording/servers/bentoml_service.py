"""A Bento of two services; arguments: the version to build it as, and the port for HTTP."""

import os
import sys
from pathlib import Path

import bentoml

from tools.recording.servers.scorer import predict


@bentoml.service(name="churn", workers=1)
class Churn:
    """The slow model, a service of its own behind the entry service."""

    @bentoml.api
    def score(self, features: list[float]) -> float:
        """Score one row; bad features are answered 500, as any exception of a service is."""
        return predict("churn", features)


@bentoml.service(name="fraud", workers=1)
class Fraud:
    """The entry service: the quick model, and the way to the slow one."""

    slow = bentoml.depends(Churn)

    @bentoml.api
    def score(self, features: list[float]) -> float:
        """Score one row with the quick model."""
        return predict("fraud", features)

    @bentoml.api
    def churn(self, features: list[float]) -> float:
        """Score one row with the slow model."""
        return float(self.slow.score(features=features))


def build(version: str) -> str:
    """Build the Bento, for only a built one has a version, and return its tag."""
    bento = bentoml.bentos.build(
        "tools.recording.servers.bentoml_service:Fraud",
        version=version,
        include=["tools/recording/servers/bentoml_service.py", "tools/recording/servers/scorer.py"],
        python={"lock_packages": False},  # it is served from this environment, nothing is installed for it
        build_ctx=str(Path(__file__).parents[3]),
    )
    return str(bento.tag)


if __name__ == "__main__":
    tag = build(sys.argv[1])
    os.execvp("bentoml", ["bentoml", "serve", tag, "--host", "127.0.0.1", "--port", sys.argv[2]])  # noqa: S606 no shell
