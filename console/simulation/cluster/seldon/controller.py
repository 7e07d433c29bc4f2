"""What the operator and the scheduler of Seldon Core 2 do: start servers, load models, split traffic, tell conditions.

Conditions are those of operator/scheduler/ and operator/reconcilers/ of seldon-core: that of a Model has the state as
its message and the scheduler's words as its reason, no status tells a generation. A model is loaded on a server with
enough replicas, else its schedule fails; an experiment is ready when its candidates are.
"""

import copy
from collections.abc import Mapping

import msgspec

from console.simulation.cluster.custom_resources import ControlPlane
from console.simulation.cluster.managed_fields import WrittenBy
from console.simulation.cluster.objects import condition, put_condition
from console.simulation.cluster.resources import Object, ResourceType
from console.simulation.cluster.seldon.resources import EXPERIMENTS, MODELS, SERVERS

_BY = WrittenBy(manager="manager")
"""What operators that are built with kubebuilder are called."""
START_SECONDS = 8.0
LOAD_SECONDS = 4.0


class _Underway(msgspec.Struct, frozen=True):
    """A generation that will have taken effect at `due` (UTC seconds)."""

    generation: int
    due: float


class SeldonController:
    """Brings Servers, Models and Experiments to what their specs want.

    A changed Server has its replicas `start_seconds` later, a changed Model is loaded `load_seconds` later; a Model
    whose storage URI begins with one of `broken` cannot be loaded.
    """

    def __init__(
        self,
        plane: ControlPlane,
        *,
        start_seconds: float = START_SECONDS,
        load_seconds: float = LOAD_SECONDS,
        broken: tuple[str, ...] = (),
    ) -> None:
        self._store = plane.store
        self._start_seconds = start_seconds
        self._load_seconds = load_seconds
        self._broken = broken
        self._underway: dict[str, _Underway] = {}
        self._done: dict[str, int] = {}

    def next_due(self) -> float | None:
        """Return the next instant at which a server has started or a model is loaded."""
        return min((each.due for each in self._underway.values()), default=None)

    def reconcile(self, now: float) -> None:
        """Act on everything at an instant (UTC seconds)."""
        servers, models = self._store.list(SERVERS), self._store.list(MODELS)
        alive = {each["metadata"]["uid"] for each in (*servers, *models)}
        for uid in self._underway.keys() - alive:
            del self._underway[uid]
        for server in servers:
            self._run(server, now)
        for model in models:
            self._load(model, now)
        for experiment in self._store.list(EXPERIMENTS):
            self._split(experiment, now)

    def _run(self, server: Object, now: float) -> None:
        ready = self._is_through(server, self._start_seconds, now)
        loaded = [each for each in self._store.list(MODELS) if each.get("status", {}).get("availableReplicas")]
        status = _status(server)
        status["selector"] = f"seldon-server-name={server['metadata']['name']}"
        status["loadedModels"] = sum(self._server_of(each) == server["metadata"]["name"] for each in loaded)
        if ready:
            status["replicas"] = server["spec"].get("replicas", 1)
        told = "matches" if ready else "does not match"
        _put(status, {"StatefulSetReady": (ready, f"StatefulSet replicas {told} desired replicas", "")}, now)
        self._write(SERVERS, server, status)

    def _load(self, model: Object, now: float) -> None:
        status, name = _status(model), model["metadata"]["name"]
        wanted, running = _replicas(model), self._running(model)
        status["replicas"] = wanted
        if (server := self._server_of(model)) is not None:
            status["selector"] = f"server={server}"
        if running < wanted:
            self._underway.pop(model["metadata"]["uid"], None)
            _put(status, {"ModelReady": (False, f"Failed to schedule model {name}", "ScheduleFailed")}, now)
        elif not self._is_through(model, self._load_seconds, now):
            _put(status, {"ModelReady": (False, "", "ModelProgressing")}, now)
        elif model["spec"]["storageUri"].startswith(self._broken) and self._broken:
            status.pop("availableReplicas", None)
            _put(status, {"ModelReady": (False, "rclone: directory not found", "ModelFailed")}, now)
        else:
            status["availableReplicas"] = wanted
            status["modelgwReady"] = f"ModelAvailable({wanted}/{wanted} ready)"
            _put(status, {"ModelReady": (True, "", "ModelAvailable")}, now)
        self._write(MODELS, model, status)

    def _split(self, experiment: Object, now: float) -> None:
        spec, namespace = experiment["spec"], experiment["metadata"]["namespace"]
        candidates = all(self._is_ready(namespace, each["name"]) for each in spec["candidates"])
        mirror = "mirror" not in spec or self._is_ready(namespace, spec["mirror"]["name"])
        told = {
            "CandidatesReady": (candidates, "Candidates ready" if candidates else "Candidates not ready", ""),
            "MirrorReady": (mirror, "Mirror ready" if mirror else "Mirror not ready", ""),
            "ExperimentReady": (candidates and mirror, "experiment active" if candidates and mirror else "", ""),
        }
        status = _status(experiment)
        _put(status, told, now)
        self._write(EXPERIMENTS, experiment, status)

    def _is_through(self, held: Object, seconds: float, now: float) -> bool:
        """Tell whether the newest generation has taken effect; the first one has at once."""
        metadata = held["metadata"]
        uid, generation = metadata["uid"], metadata["generation"]
        if self._done.setdefault(uid, generation) == generation:
            self._underway.pop(uid, None)
            return True
        underway = self._underway.get(uid)
        if underway is None or underway.generation != generation:
            underway = self._underway[uid] = _Underway(generation, now + seconds)
        if underway.due > now:
            return False
        self._done[uid] = generation
        del self._underway[uid]
        return True

    def _server_of(self, model: Object) -> str | None:
        servers = self._store.list(SERVERS, model["metadata"]["namespace"])
        named = model["spec"].get("server")
        return next((each["metadata"]["name"] for each in servers if named in (None, each["metadata"]["name"])), None)

    def _running(self, model: Object) -> int:
        name = self._server_of(model)
        server = self._store.get(SERVERS, model["metadata"]["namespace"], name) if name is not None else None
        return 0 if server is None else int(server.get("status", {}).get("replicas", 0))

    def _is_ready(self, namespace: str, name: str) -> bool:
        model = self._store.get(MODELS, namespace, name)
        held = [] if model is None else model.get("status", {}).get("conditions", [])
        return any((each["type"], each["status"]) == ("ModelReady", "True") for each in held)

    def _write(self, resource: ResourceType, held: Object, status: Object) -> None:
        self._store.update(resource, {**copy.deepcopy(held), "status": status}, _BY)


def _status(held: Object) -> Object:
    status: Object = copy.deepcopy(held.get("status", {}))
    return status


def _replicas(model: Object) -> int:
    spec = model["spec"]
    return int(spec.get("replicas", spec.get("minReplicas", 1)))


def _put(status: Object, told: Mapping[str, tuple[bool, str, str]], now: float) -> None:
    """Set conditions, each with its reason and message, and Ready, which holds when all of them do."""
    for kind, (holds, reason, message) in told.items():
        put_condition(status, condition(kind, holds=holds, reason=reason, message=message, at=now))
    first = next(((reason, message) for holds, reason, message in told.values() if not holds), None)
    reason, message = first or ("", "")
    put_condition(status, condition("Ready", holds=first is None, reason=reason, message=message, at=now))
