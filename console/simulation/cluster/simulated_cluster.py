"""The simulated cluster: objects, controllers and a clock behind one front, served over real HTTP."""

import contextlib
import copy
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

import msgspec

from console.simulation.cluster.admission import Admission, Webhook
from console.simulation.cluster.api import Api
from console.simulation.cluster.authorization import Authorizer, Denial
from console.simulation.cluster.autoscaling.controller import AutoscalerController
from console.simulation.cluster.autoscaling.proposals import PodUsage
from console.simulation.cluster.catalogue import Catalogue
from console.simulation.cluster.control_loop import ControlLoop
from console.simulation.cluster.custom_resources import Controller, ControlPlane, definition_object
from console.simulation.cluster.deployment_controller import DeploymentController
from console.simulation.cluster.disruption_budgets import DisruptionController
from console.simulation.cluster.events import EventRecorder
from console.simulation.cluster.faults import Faults
from console.simulation.cluster.garbage import GarbageCollector
from console.simulation.cluster.http_server import HttpServer
from console.simulation.cluster.kube_state import StateSample, kube_state
from console.simulation.cluster.kubernetes_release import NEWEST, KubernetesRelease
from console.simulation.cluster.managed_fields import WrittenBy
from console.simulation.cluster.messages import Answer, RecordedRequest, Request, recorded
from console.simulation.cluster.names import Names, template_hash
from console.simulation.cluster.objects import (
    REVISION,
    autoscaler_object,
    deployment_object,
    namespace_object,
    node_object,
    pod_template,
    replica_set_object,
)
from console.simulation.cluster.pod_lifecycle import PodLifecycle
from console.simulation.cluster.pod_logs import PodLogs
from console.simulation.cluster.quotas import QuotaController
from console.simulation.cluster.replica_sets import ReplicaSetController
from console.simulation.cluster.resources import (
    AUTOSCALERS,
    DEFINITIONS,
    DEPLOYMENTS,
    NAMESPACES,
    NODES,
    PODS,
    REPLICA_SETS,
    STATEFUL_SETS,
    Object,
    ResourceType,
)
from console.simulation.cluster.running_pods import SimulatedPod, running_pods
from console.simulation.cluster.schema import with_defaults
from console.simulation.cluster.served import CONTEXT, ServedCluster, new_token
from console.simulation.cluster.stateful_sets import StatefulSetController
from console.simulation.cluster.store import KEPT_CHANGES, Store
from console.simulation.cluster.watching import Watching

__all__ = ["CONTEXT", "Release", "SimulatedCluster", "SimulatedPod"]


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier revision of a Deployment, kept as an empty ReplicaSet; `created` is in UTC seconds."""

    image: str
    labels: Mapping[str, str]
    created: float


class SimulatedCluster:
    """A small cluster whose controllers run when `advance` is called or a request arrives.

    `clock` returns UTC seconds. A pod is ready `pod_start_seconds` after it found a node. The same seed and the same
    calls give the same names. Not thread-safe: use it where its server runs.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        pod_start_seconds: float = 8.0,
        *,
        pod_stop_seconds: float = 2.0,
        observe_seconds: float = 0.2,
        autoscaler_seconds: float = 15.0,
        nodes: Sequence[str] = ("node-a", "node-b", "node-c"),
        pods_per_node: int = 20,
        bookmark_seconds: float = 60.0,
        kept_changes: int = KEPT_CHANGES,
        seed: int = 0,
        kubernetes: KubernetesRelease = NEWEST,
    ) -> None:
        self._loop = ControlLoop(clock)
        self._names = Names(seed)
        self._store = Store(self._names, lambda: self._loop.now, kubernetes, kept_changes=kept_changes)
        self._events = EventRecorder(self._store)
        self._logs = PodLogs()
        self._pods = PodLifecycle(
            self._store,
            self._names,
            self._events,
            start_seconds=pod_start_seconds,
            stop_seconds=pod_stop_seconds,
            ended=self._keep_log,
        )
        self._replica_sets = ReplicaSetController(self._store, self._names, self._events)
        self._stateful_sets = StatefulSetController(self._store, self._events)
        self._deployments = DeploymentController(self._store, self._events, observe_seconds=observe_seconds)
        self._catalogue = Catalogue(kubernetes)
        self._autoscalers = AutoscalerController(
            self._store, self._catalogue, self._events, sync_seconds=autoscaler_seconds
        )
        self._loop.controllers = (
            self._autoscalers,
            self._deployments,
            self._replica_sets,
            self._stateful_sets,
            GarbageCollector(self._store, self._catalogue),
            QuotaController(self._store),
            DisruptionController(self._store),
            self._pods,
            self._events,
        )
        self._loop.timed = (self._pods, self._deployments, self._autoscalers)
        self._authorizer = Authorizer()
        self._admission = Admission()
        self._requests: list[RecordedRequest] = []
        self._token = new_token()
        self._api = Api(
            self._store,
            self._catalogue,
            self._authorizer,
            self._admission,
            self._logs,
            token=self._token,
            watching=Watching(bookmark_seconds=bookmark_seconds, sends_initial_events=kubernetes.sends_initial_events),
            now=lambda: self._loop.now,
        )
        self.faults = Faults()
        self.add_namespace("default")
        for node in nodes:
            self._store.create(NODES, node_object(node, pods_per_node, self._loop.now), self._loop.now)

    @property
    def requests(self) -> tuple[RecordedRequest, ...]:
        """Return every request that arrived, oldest first."""
        return tuple(self._requests)

    def forget_requests(self) -> None:
        """Empty the record of requests."""
        self._requests.clear()

    def deny(
        self, *, verb: str = "*", group: str = "*", resource: str = "*", subresource: str = "*", namespace: str = "*"
    ) -> None:
        """Deny an action from now on, to requests and access reviews alike; `*` is everything."""
        denial = Denial(verb=verb, group=group, resource=resource, subresource=subresource, namespace=namespace)
        self._authorizer.denials.append(denial)

    def add_resource(self, resource: ResourceType) -> None:
        """Serve one more kind of object from now on; see `custom_resources`.

        Raises:
            ValueError: something is served at its place already.
        """
        self._catalogue.add(resource)
        if resource.custom:
            self._store.create(DEFINITIONS, definition_object(resource), self._loop.now)

    def add_controller(self, make: Callable[[ControlPlane], Controller]) -> None:
        """Let one more controller act from now on, before those of the built-in workloads."""
        self._loop.first.append(make(ControlPlane(self._store, self._events, self._names)))
        self._loop.wake()
        self.advance()

    def measure(self, usage: PodUsage, *, since: float = 0.0) -> None:
        """Let autoscalers know what pods use, to which they look from an instant on (UTC seconds; as a rule: now on).

        Who is not measured knows no metrics, and scales nothing.
        """
        self._autoscalers.measure(usage, max(since, self._loop.now))
        self._loop.wake()

    def add_webhook(self, webhook: Webhook) -> None:
        """Ask a webhook about the writes of clients from now on."""
        self._admission.webhooks.append(webhook)

    def add_object(
        self, resource: ResourceType, added: Object, *, created: float | None = None, by: str = "release"
    ) -> None:
        """Store an object as it is, with its namespace, as created at an instant (UTC seconds; None: now).

        `by` is its field manager.
        """
        self.advance()
        if namespace := added["metadata"].get("namespace"):
            self.add_namespace(namespace)
        made = {"apiVersion": resource.api_version, "kind": resource.kind, **added}
        at = self._loop.now if created is None else created
        self._store.create(resource, made, at, WrittenBy(manager=by))
        self.advance()

    def add_namespace(self, name: str) -> None:
        """Add a namespace unless it exists."""
        if self._store.get(NAMESPACES, "", name) is None:
            self._store.create(NAMESPACES, namespace_object(name), self._loop.now)

    def add_deployment(
        self,
        *,
        namespace: str,
        name: str,
        replicas: int,
        image: str,
        labels: Mapping[str, str],
        created: float,
        earlier: Sequence[Release] = (),
        cpu: str = "",
        strategy: Object | None = None,
    ) -> None:
        """Add a Deployment that was rolled out at `created` (UTC seconds), after the `earlier` releases, oldest first.

        Its pods have started at `created`, as far as the nodes have room; `labels` are the pods' labels, `cpu` is
        what each asks for, and `strategy` that of rollouts (None: the server's default).
        """
        self.advance()
        self.add_namespace(namespace)
        made = deployment_object(namespace, name, replicas=replicas, image=image, labels=labels, cpu=cpu)
        if strategy is not None:
            made["spec"]["strategy"] = copy.deepcopy(strategy)
        made["metadata"]["annotations"][REVISION] = str(len(earlier) + 1)
        first = min([created, *(release.created for release in earlier)])
        deployment = self._store.create(
            DEPLOYMENTS, with_defaults("Deployment", made), first, WrittenBy(manager="release")
        )
        app = deployment["spec"]["selector"]["matchLabels"]
        for revision, release in enumerate(earlier, start=1):
            template = pod_template(name, release.image, {**app, **release.labels}, cpu)
            self._add_replica_set(deployment, template, revision, 0, release.created)
        template = deployment["spec"]["template"]
        current = self._add_replica_set(deployment, template, len(earlier) + 1, replicas, created)
        for _ in range(replicas):
            self._pods.adopt(self._replica_sets.create_pod(current, created), created, self._loop.now)
        self._deployments.observe(deployment, self._loop.now)
        self.advance()

    def add_autoscaler(
        self, *, namespace: str, deployment: str, minimum: int, maximum: int, metric: Object | None = None
    ) -> None:
        """Add a HorizontalPodAutoscaler of a Deployment; None for its metric is 70 % of the CPU that pods ask for."""
        self.advance()
        made = autoscaler_object(namespace, deployment, minimum, maximum, metric)
        by = WrittenBy(manager="release")
        self._store.create(AUTOSCALERS, with_defaults("HorizontalPodAutoscaler", made), self._loop.now, by)
        self.advance()

    def roll_out(
        self, *, namespace: str, name: str, image: str, labels: Mapping[str, str], by: str = "release"
    ) -> None:
        """Change a Deployment's image and pod labels now, as somebody's release would; `by` is its field manager.

        Raises:
            KeyError: there is no such Deployment.
        """
        self.advance()
        draft = self._store.draft(DEPLOYMENTS, namespace, name)
        template = draft["spec"]["template"]
        template["spec"]["containers"][0]["image"] = image
        template["metadata"]["labels"].update(labels)
        self._store.update(DEPLOYMENTS, draft, WrittenBy(manager=by))
        self.advance()

    def scale(self, *, namespace: str, name: str, replicas: int, by: str = "kubectl") -> None:
        """Ask a Deployment for so many replicas now, as a colleague would; `by` is the field manager.

        Raises:
            KeyError: there is no such Deployment.
        """
        self.advance()
        draft = self._store.draft(DEPLOYMENTS, namespace, name)
        draft["spec"]["replicas"] = replicas
        self._store.update(DEPLOYMENTS, draft, WrittenBy(manager=by, subresource="scale"))
        self.advance()

    def add_stateful_set(
        self, *, namespace: str, name: str, replicas: int, image: str, labels: Mapping[str, str], created: float
    ) -> None:
        """Add a StatefulSet whose pods have started at `created` (UTC seconds), as far as the nodes have room."""
        self.advance()
        self.add_namespace(namespace)
        made = deployment_object(namespace, name, replicas=replicas, image=image, labels=labels)
        made |= {"kind": "StatefulSet", "spec": {**made["spec"], "serviceName": name}}
        by = WrittenBy(manager="release")
        added = self._store.create(STATEFUL_SETS, with_defaults("StatefulSet", made), created, by)
        for pod in self._stateful_sets.add_running(added, created):
            self._pods.adopt(pod, created, self._loop.now)
        self.advance()

    def write_log(self, namespace: str, pod: str, lines: Sequence[str], *, container: str = "") -> None:
        """Let a container of a pod (empty: its first) write lines now.

        Raises:
            KeyError: there is no such pod.
        """
        self.advance()
        found = self._store.draft(PODS, namespace, pod)
        self._logs.write(found, container or found["spec"]["containers"][0]["name"], lines, self._loop.now)

    def break_pod(self, namespace: str, name: str, *, reason: str = "Error", exit_code: int = 1) -> None:
        """Make a pod's containers crash for a reason (`OOMKilled`); the pod stays unready until it is replaced.

        Raises:
            KeyError: there is no such pod.
        """
        self.advance()
        self._pods.break_pod(namespace, name, self._loop.now, reason=reason, exit_code=exit_code)
        self.advance()

    def refuse_image(self, image: str, why: str) -> None:
        """Let no node pull an image from now on; `why` is what the registry says."""
        self._pods.failures.refuse(image, why)

    def run_out_of_memory(self, image: str, *, after_seconds: float, last_words: Sequence[str] = ()) -> None:
        """Let every container of an image that starts from now on be killed for its memory after so many seconds."""
        self._pods.failures.kill(image, after_seconds, last_words)

    def pods(self, namespace: str, deployment: str) -> tuple[SimulatedPod, ...]:
        """Return the pods of a Deployment that are not terminating, oldest first.

        Raises:
            KeyError: there is no such Deployment.
        """
        self.advance()
        return running_pods(self._store, self._pods, namespace, deployment)

    def kube_state(self) -> list[StateSample]:
        """Return what kube-state-metrics would export now."""
        self.advance()
        return kube_state(self._store)

    def advance(self) -> None:
        """Run the controllers up to the clock's time, each change at the instant at which it is due."""
        self._loop.advance(self._store)

    @contextlib.asynccontextmanager
    async def serve(self, host: str = "127.0.0.1", port: int = 0, *, tls: bool = False) -> AsyncIterator[ServedCluster]:
        """Serve the API until the context ends; port 0 takes a free one. kubectl needs `tls` to send its token."""
        server = HttpServer(
            self._answer,
            self.faults,
            arrived=lambda request: self._requests.append(recorded(request)),
            tick=self.advance,
        )
        context, certificate = None, b""
        if tls:
            from console.simulation.cluster.certificates import throwaway_certificate

            context, certificate = throwaway_certificate(host)
        async with server.listen(host, port, context) as bound:
            url = f"{'https' if tls else 'http'}://{host}:{bound}"
            yield ServedCluster(url=url, token=self._token, certificate=certificate)

    def _answer(self, request: Request) -> Answer:
        self.advance()
        return self._api.answer(request)

    def _keep_log(self, pod: Object, last_words: Sequence[str]) -> None:
        """Keep what containers wrote that just ended, their last words included."""
        self._logs.write(pod, pod["spec"]["containers"][0]["name"], last_words, self._loop.now)
        self._logs.crashed(pod)

    def _add_replica_set(
        self, deployment: Object, template: Object, revision: int, replicas: int, created: float
    ) -> Object:
        made = replica_set_object(deployment, copy.deepcopy(template), template_hash(template), revision)
        made["spec"]["replicas"] = replicas
        return self._store.create(REPLICA_SETS, made, created)
