"""What it takes to record a serving system: its pins, its server, the requests to send and what to keep of its page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    """An HTTP request that is sent a number of times and answered with one status each time."""

    path: str
    body: Mapping[str, object]
    status: int
    times: int


@dataclass(frozen=True)
class System:
    """One serving system, as `record.py` starts, asks and reads it.

    The server is `python -m tools.recording.servers.<server> ARGUMENT… PORT…`, with a free port for each of `ports`.
    """

    name: str
    """Of the page, tests/sources/presets/<name>.metrics."""
    title: str
    requirements: Sequence[str]
    """Pins for pip: the system, then dependencies that it should pin and does not."""
    server: str
    """A module of `servers/`, and the name of the virtual environment, .cache/recording/<server>."""
    ports: Sequence[str]
    """What each port is for; `http` takes the requests."""
    ready: tuple[str, str]
    """A path on the HTTP port, and what stands in its answer, of status 200, once the models are loaded."""
    requests: Sequence[Request]
    served: str
    """What the requests meant, in words, for the head of the page."""
    counted: tuple[str, float]
    """A regular expression for samples (name and labels), and their total once every request has been counted."""
    awaited: str = ""
    """A regular expression for a sample that a page must hold as well, where one comes later than the counts."""
    client: str = ""
    """A module of `servers/` that sends what is not HTTP after the requests, started like the server."""
    arguments: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    metrics: tuple[str, str] = ("http", "/metrics")
    """The port and the path of the page."""
    left_out: str = ""
    """A regular expression for the names of families that tell of the process or the system, not of a model."""
    replaced: Mapping[str, str] = field(default_factory=dict)
    """Labels whose values name this machine or this run, and what takes their place, before a number."""
