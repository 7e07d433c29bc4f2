"""What the engine tells of the cluster: of now only, a reason where there is nothing, and logs of known pods."""

import asyncio

import msgspec

from console.domain.anomaly import Status
from console.domain.command import WatchPodLog
from console.domain.label import Label
from console.domain.model import Model, WorkloadFinding
from console.domain.snapshot import ModelView, Snapshot
from console.engine.cluster_facts import NO_CLUSTER, NOT_THEN, ClusterReader
from tests.sources.cluster.recorded import NOW
from tests.sources.cluster.test_cluster_facts import WORKLOAD, answers
from tests.sources.cluster.test_pod_log import Logs

VIEW = ModelView(Model("fraud", Label("fraud")), Status.OK, {}, workload=WorkloadFinding(WORKLOAD))
SNAPSHOT = Snapshot(NOW, (), (VIEW,))


class Cluster(Logs):
    def __init__(self, *texts: str) -> None:
        super().__init__(*texts)
        self._answers = answers()


def test_the_past_an_unknown_workload_and_no_cluster_have_their_reasons() -> None:
    async def details() -> list[str | None]:
        cluster = Cluster()
        reader, nowhere = ClusterReader(cluster, lambda: NOW), ClusterReader(None, lambda: NOW)
        unknown = msgspec.structs.replace(VIEW, workload=WorkloadFinding(None, "its pods are of two workloads"))
        past = msgspec.structs.replace(SNAPSHOT, live=False)
        found = [
            await reader.take(past, VIEW),
            await nowhere.take(SNAPSHOT, VIEW),
            await reader.take(SNAPSHOT, unknown),
        ]
        assert cluster.asked == []
        return [each.detail for each in found]

    assert asyncio.run(details()) == [NOT_THEN, NO_CLUSTER, "no workload: its pods are of two workloads"]


def test_a_log_is_read_of_a_pod_that_is_known_by_its_uid() -> None:
    async def logs() -> None:
        reader = ClusterReader(Cluster("boom\n"), lambda: NOW)
        asked = WatchPodLog("fraud", "uid-fraud-7c9d4-x2x9f", "model")
        assert (await reader.read_log(asked)).detail == "the pods of the model are not known"
        await reader.take(SNAPSHOT, VIEW)
        assert (await reader.read_log(asked)).lines == ("boom",)
        gone = msgspec.structs.replace(asked, pod_uid="uid-of-a-pod-that-was")
        assert (await reader.read_log(gone)).detail == "the pod is gone, and its log with it"

    asyncio.run(logs())
