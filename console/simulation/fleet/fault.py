"""What can go wrong in the simulated world, as data. `begins` counts seconds from the world's start."""

import msgspec


class Surge(msgspec.Struct, frozen=True, tag=True):
    """Users bring `factor` times the traffic, reached over `ramp` seconds, for `lasts` seconds."""

    model: str
    factor: float
    begins: float
    ramp: float = 10.0
    lasts: float = 3600.0

    def factor_at(self, seconds: float) -> float:
        """Return what traffic is multiplied with, so many seconds after the world's start."""
        rising = (seconds - self.begins) / self.ramp
        falling = (self.begins + self.lasts - seconds) / self.ramp
        return 1.0 + (self.factor - 1.0) * max(0.0, min(1.0, rising, falling))


class DeadExporter(msgspec.Struct, frozen=True, tag=True):
    """Every replica goes on serving, but none answers a scrape any more."""

    model: str
    begins: float


class LostReplica(msgspec.Struct, frozen=True, tag=True):
    """The first replica stops serving and answering; the cluster has not noticed, the others carry its traffic."""

    model: str
    begins: float


class BadRelease(msgspec.Struct, frozen=True, tag=True):
    """A version is rolled out that fails `failures` of its requests and takes `slowdown` times as long."""

    model: str
    version: str
    begins: float
    failures: float
    slowdown: float = 1.0


class BadReplica(msgspec.Struct, frozen=True, tag=True):
    """The first replica fails `failures` of its requests and takes `slowdown` times as long; all others are well.

    It writes `log`; a replica that comes in its place is well.
    """

    model: str
    begins: float
    failures: float = 0.0
    slowdown: float = 1.0
    log: tuple[str, ...] = ()


class MissingImage(msgspec.Struct, frozen=True, tag=True):
    """A version is rolled out whose image nobody can pull; `why` is what the registry says."""

    model: str
    version: str
    begins: float
    why: str


class MemoryLeak(msgspec.Struct, frozen=True, tag=True):
    """A version is rolled out whose replicas are killed for their memory `after` seconds of each run.

    They write `log` before.
    """

    model: str
    version: str
    begins: float
    after: float
    log: tuple[str, ...] = ()


class Scaled(msgspec.Struct, frozen=True, tag=True):
    """A colleague asks for so many replicas."""

    model: str
    replicas: int
    begins: float


Fault = Surge | DeadExporter | LostReplica | BadRelease | BadReplica | MissingImage | MemoryLeak | Scaled
