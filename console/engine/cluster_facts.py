"""What the cluster says of the model that a person looks at, and the logs of its pods."""

from collections.abc import Callable

import msgspec

from console.domain.cluster_facts import ClusterFacts, PodLog
from console.domain.command import WatchPodLog
from console.domain.snapshot import ModelView, Snapshot
from console.sources.cluster.cluster_facts import read_cluster_facts, with_what_was_known
from console.sources.cluster.failures import UNREADABLE, in_short
from console.sources.cluster.pod_log import read_pod_log
from console.transport.kubernetes.protocol import KubernetesTransport

NO_CLUSTER = "no cluster is configured; name one with --kubeconfig and --context"
NOT_THEN = "not available then: the cluster tells only of now"


class ClusterReader:
    """Reads pods, events and what stands around one model; `transport` is None where no cluster is configured.

    `clock` returns UTC seconds. What was read last of a model stays where a part cannot be read any more.
    """

    def __init__(self, transport: KubernetesTransport | None, clock: Callable[[], float]) -> None:
        self._transport = transport
        self._clock = clock
        self._last: ClusterFacts | None = None

    async def take(self, snapshot: Snapshot, view: ModelView) -> ClusterFacts:
        """Return what the cluster says of a model now, or why it says nothing."""
        finding, model_id = view.workload, view.model.id
        if not snapshot.live:
            return ClusterFacts(model_id, snapshot.at, detail=NOT_THEN)
        if self._transport is None:
            return ClusterFacts(model_id, snapshot.at, detail=NO_CLUSTER)
        if finding is None or finding.workload is None:
            why = finding.reason if finding is not None else None
            return ClusterFacts(model_id, snapshot.at, detail=f"no workload: {why or 'none is known yet'}")
        read = await read_cluster_facts(self._transport, model_id, finding.workload, self._clock)
        self._last = with_what_was_known(read, self._last)
        return self._last

    async def read_log(self, watched: WatchPodLog) -> PodLog:
        """Return the last lines of a container of the model that is looked at, or why there are none."""
        log = PodLog(watched.model_id, watched.pod_uid, watched.container, watched.previous, self._clock())
        known = self._last
        if self._transport is None or known is None or known.target is None or known.model_id != watched.model_id:
            return msgspec.structs.replace(log, detail="the pods of the model are not known")
        pod = next((each for each in known.pods.value if each.uid == watched.pod_uid), None)
        if pod is None:
            return msgspec.structs.replace(log, detail="the pod is gone, and its log with it")
        try:
            tail = await read_pod_log(
                self._transport, known.target.namespace, pod.name.raw, watched.container, previous=watched.previous
            )
        except (*UNREADABLE, ValueError) as error:
            return msgspec.structs.replace(log, at=self._clock(), detail=in_short(error))
        return msgspec.structs.replace(log, at=self._clock(), lines=tail.lines, is_cut=tail.is_cut)
