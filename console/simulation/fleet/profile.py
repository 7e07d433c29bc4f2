"""What a simulated model is: its traffic, how long a request takes, what a replica can carry, and what it exports."""

import math
from enum import StrEnum

import msgspec

from console.domain.objective import Objective

NAMESPACE = "ml"


class Dialect(StrEnum):
    """Whose metric names a model exports."""

    GENERIC = "generic"
    VLLM = "vllm"
    TRITON = "triton"


class Tokens(msgspec.Struct, frozen=True):
    """What makes a model a language model: tokens per request, and the median seconds to the first one at rest."""

    prompt: float
    generated: float
    first_token: float


class Profile(msgspec.Struct, frozen=True):
    """One simulated model.

    `traffic` is in requests per second at the world's start and `daily` the relative height of the daily wave, which
    is turned by `phase` (radians) against the start: the demo begins at the same load at every hour of the day.
    `service_time` is the median of an undisturbed request in seconds; `tail` is the shape of its log-logistic
    distribution, so that p99 is `service_time * 99 ** (1 / tail)`. A replica has `workers` that serve one request
    each and a queue of at most `queue_limit`; `timeout` is in seconds. `failures` is the ratio that fails at rest.
    `bounds` are the upper bounds (seconds, ascending) of the exported latency histogram, None those of its dialect.
    `cpu` is how many cores a replica asks for.
    """

    name: str
    dialect: Dialect
    version: str
    replicas: int
    traffic: float
    service_time: float
    workers: int
    objective: Objective
    namespace: str = NAMESPACE
    daily: float = 0.3
    phase: float = 0.5
    jitter: float = 0.05
    tail: float = 4.0
    queue_limit: int = 64
    timeout: float = 10.0
    failures: float = 0.0001
    tokens: Tokens | None = None
    bounds: tuple[float, ...] | None = None
    cpu: float = 0.5

    @property
    def mean_service_time(self) -> float:
        """Return the mean of the log-logistic distribution with median `service_time` and shape `tail`, in seconds."""
        angle = math.pi / self.tail
        return self.service_time * angle / math.sin(angle)

    @property
    def utilisation(self) -> float:
        """Return the ratio of workers that are busy at the world's start."""
        return self.traffic * self.mean_service_time / (self.replicas * self.workers)

    def image(self, version: str) -> str:
        """Return the container image of a version."""
        return f"registry.simulated/{self.namespace}/{self.name}:{version}"
