"""One HTTP server that is every pod's /metrics, kube-state-metrics, and what Prometheus' service discovery reads."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from http import HTTPStatus

import msgspec

from console.simulation.cluster.kube_state import StateSample
from console.simulation.exposition import CONTENT_TYPE, exposition, state_text
from console.simulation.fleet.fleet import Fleet
from console.simulation.fleet.noise import ratio
from console.simulation.fleet.profile import Profile

DISCOVERY_PATH = "/pods"
KUBE_STATE_PATH = "/kube-state-metrics/metrics"
KUBE_STATE_TARGET = (("job", "kube-state-metrics"), ("instance", "10.42.250.2:8080"))
"""The labels that Prometheus attaches to all that is told of the cluster."""

Clock = Callable[[], float]


class Answer(msgspec.Struct, frozen=True):
    """A status, a content type and a text."""

    status: HTTPStatus
    content_type: str
    text: str

    def encode(self) -> bytes:
        """Return the answer as bytes of HTTP/1.1."""
        body = self.text.encode()
        head = (
            f"HTTP/1.1 {self.status.value} {self.status.phrase}\r\n"
            f"Content-Type: {self.content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


_NOT_FOUND = Answer(HTTPStatus.NOT_FOUND, "text/plain", "no such pod\n")


def target_labels(profile: Profile, pod: str) -> tuple[tuple[str, str], ...]:
    """Return the labels that Prometheus attaches to all that a pod exports, besides `job`."""
    return (
        ("instance", f"10.42.{int(ratio(0, pod) * 250)}.{int(ratio(1, pod) * 250) + 2}:8080"),
        ("namespace", profile.namespace),
        ("pod", pod),
    )


class Exporter:
    """Answers for the pods of a fleet; a dead exporter hangs up without an answer.

    `state` tells of the cluster that runs them, None where nobody exports that.
    """

    def __init__(self, fleet: Fleet, clock: Clock, state: Callable[[], Iterable[StateSample]] | None = None) -> None:
        self._fleet = fleet
        self._clock = clock
        self._state = state
        self.port = 0

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"

    @property
    def discovery_url(self) -> str:
        """What `http_sd_configs` reads."""
        return f"http://{self.address}{DISCOVERY_PATH}"

    @asynccontextmanager
    async def serve(self) -> AsyncIterator["Exporter"]:
        """Serve on a free port of 127.0.0.1 inside the `async with` block."""
        server = await asyncio.start_server(self._converse, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    def answer(self, path: str) -> Answer | None:
        """Return the answer to a GET; None is a pod that does not answer."""
        if path == DISCOVERY_PATH:
            return Answer(HTTPStatus.OK, "application/json", self._discovery())
        if path == KUBE_STATE_PATH and self._state is not None:
            return Answer(HTTPStatus.OK, CONTENT_TYPE, state_text(self._state()))
        match path.split("/"):
            case ["", "pods", namespace, pod, "metrics"]:
                return self._metrics(namespace, pod)
            case _:
                return _NOT_FOUND

    def _metrics(self, namespace: str, pod: str) -> Answer | None:
        now = self._clock()
        for profile in self._fleet.profiles:
            if profile.namespace != namespace:
                continue
            reading = self._fleet.read(profile, pod, now)
            if reading is not None:
                if not self._fleet.answers_scrapes(profile, pod, now):
                    return None
                return Answer(HTTPStatus.OK, CONTENT_TYPE, exposition(reading))
        return _NOT_FOUND

    def _discovery(self) -> str:
        groups = [
            {
                "targets": [self.address],
                "labels": {
                    "__metrics_path__": f"{DISCOVERY_PATH}/{profile.namespace}/{pod.name}/metrics",
                    **dict(target_labels(profile, pod.name)),
                },
            }
            for profile in self._fleet.profiles
            for pod in self._fleet.pods(profile)
        ]
        if self._state is not None:
            labels = {"__metrics_path__": KUBE_STATE_PATH, **dict(KUBE_STATE_TARGET)}
            groups.append({"targets": [self.address], "labels": labels})
        return msgspec.json.encode(groups).decode()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests on one connection until the other side or a dead pod ends it."""
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                method, _, rest = request.decode("latin-1").partition(" ")
                path = rest.partition(" ")[0].partition("?")[0]
                answer = self.answer(path) if method == "GET" else _NOT_FOUND
                if answer is None:
                    return
                writer.write(answer.encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return  # the other side hung up, as it may at any time
        finally:
            writer.close()
