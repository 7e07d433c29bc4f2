"""What the containers of pods wrote: the `log` subresource."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from console.domain.moments import rfc3339
from console.simulation.cluster.failures import bad_request
from console.simulation.cluster.resources import Object

_Place = tuple[str, str]
"""A pod's uid and a container's name."""


class PodLogs:
    """Keeps the lines of every container's present and previous run, each with the instant at which it was written."""

    def __init__(self) -> None:
        self._present: dict[_Place, list[tuple[float, str]]] = defaultdict(list)
        self._previous: dict[_Place, list[tuple[float, str]]] = {}
        self._ended: set[_Place] = set()

    def write(self, pod: Object, container: str, lines: Sequence[str], at: float) -> None:
        """Add lines to a container's run at an instant (UTC seconds): the present one, or after an end the next."""
        place = pod["metadata"]["uid"], container
        if place in self._ended and lines:
            self._ended.discard(place)
            self._present[place].clear()
        self._present[place] += [(at, line) for line in lines]

    def crashed(self, pod: Object) -> None:
        """Make the present run of every container the previous one; while it waits, that is the present one too."""
        for container in pod["spec"]["containers"]:
            place = pod["metadata"]["uid"], container["name"]
            self._previous[place] = list(self._present[place])
            self._ended.add(place)

    def read(self, pod: Object, query: Mapping[str, str], now: float) -> bytes:
        """Return what a request for a log asks for; `follow` ends at once.

        Raises:
            ApiFailure: the container is not named, not there, or has no such run.
        """
        name = pod["metadata"]["name"]
        container = _container(pod, query.get("container", ""))
        place = pod["metadata"]["uid"], container
        if query.get("previous") in {"true", "1"}:
            if place not in self._previous:
                raise bad_request(f'previous terminated container "{container}" in pod "{name}" not found')
            lines = self._previous[place]
        else:
            _check_started(pod, container)
            lines = self._present[place]
        since = now - _number(query, "sinceSeconds", float("inf"))
        wanted = [
            f"{rfc3339(at)} {line}" if query.get("timestamps") in {"true", "1"} else line
            for at, line in lines
            if at >= since
        ]
        if (tail := _number(query, "tailLines", -1)) >= 0:
            wanted = wanted[len(wanted) - min(int(tail), len(wanted)) :]
        text = "".join(f"{line}\n" for line in wanted).encode()
        limit = _number(query, "limitBytes", -1)
        return text[: int(limit)] if limit >= 0 else text


def _number(query: Mapping[str, str], name: str, otherwise: float) -> float:
    written = query.get(name)
    if written is None:
        return otherwise
    if not written.isdecimal():
        raise bad_request(f'strconv.ParseInt: parsing "{written}": invalid syntax ({name})')
    return int(written)


def _container(pod: Object, wanted: str) -> str:
    names: list[str] = [container["name"] for container in pod["spec"]["containers"]]
    name = pod["metadata"]["name"]
    if wanted and wanted not in names:
        raise bad_request(f"container {wanted} is not valid for pod {name}")
    if not wanted and len(names) > 1:
        raise bad_request(f"a container name must be specified for pod {name}, choose one of: [{' '.join(names)}]")
    return wanted or names[0]


def _check_started(pod: Object, container: str) -> None:
    name = pod["metadata"]["name"]
    if not pod["spec"].get("nodeName"):
        raise bad_request(f"pod {name} does not have a host assigned")
    for status in pod["status"].get("containerStatuses", []):
        waiting = status["state"].get("waiting")
        if status["name"] == container and waiting and not status.get("lastState"):
            reason = waiting.get("reason", "")
            raise bad_request(f'container "{container}" in pod "{name}" is waiting to start: {reason}')
