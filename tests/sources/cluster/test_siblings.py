from pathlib import Path
from typing import Any

import pytest

from console.simulation.cluster import SimulatedCluster
from console.sources.cluster.objects import Metadata, OwnerReference, Scalable, ScalableSpec
from console.sources.cluster.resolve import Sought, resolve_workloads
from console.sources.cluster.siblings import first_of_siblings
from console.transport.kubernetes import Kr8sTransport
from tests.actions.kubernetes.world import Clock
from tests.simulation.cluster.inference import add_scoring, model

SERVICE = ("InferenceService", "serving.kserve.io/v1beta1")
REVISION = ("Revision", "serving.knative.dev/v1")


def workload(name: str, owner: tuple[str, str] | None, uid: str = "", configuration: str | None = None) -> Scalable:
    owners = (OwnerReference(owner[0], "o", uid, owner[1], controller=True),) if owner is not None else None
    labels = {"serving.knative.dev/configuration": configuration} if configuration is not None else None
    return Scalable(Metadata(name, f"u-{name}", "ml", labels=labels, owner_references=owners), ScalableSpec())


@pytest.mark.parametrize(
    ("workloads", "first"),
    [
        ([workload("s-v2-predictor", SERVICE, "1"), workload("s-predictor", SERVICE, "1")], "s-predictor"),
        ([workload("s-2", REVISION, "2", "s"), workload("s-1", REVISION, "1", "s")], "s-1"),
        ([workload("a", SERVICE, "1"), workload("b", SERVICE, "2")], None),
        ([workload("s-2", REVISION, "2", "s"), workload("t-1", REVISION, "1", "t")], None),
        ([workload("s-2", REVISION, "2"), workload("s-1", REVISION, "1")], None),
        ([workload("a", None), workload("b", None)], None),
        ([workload("a", SERVICE, "1"), workload("b", None)], None),
        ([workload("a", SERVICE, "1"), None], None),
    ],
)
def test_workloads_of_one_maker_are_one(workloads: list[Scalable | None], first: str | None) -> None:
    found = first_of_siblings(workloads)
    assert (found.metadata.name if found is not None else None) == first


@pytest.mark.parametrize(
    ("options", "deployments"),
    [
        ({"mode": "Knative"}, ["scoring-predictor-00001-deployment", "scoring-predictor-00002-deployment"]),
        (
            {"canary": [{"trafficPercent": 50, "predictor": {"name": "v2", **model("v42")}}]},
            ["scoring-predictor", "scoring-v2-predictor"],
        ),
    ],
)
async def test_a_model_whose_pods_are_of_several_revisions_or_canaries_is_not_ambiguous(
    tmp_path: Path, options: dict[str, Any], deployments: list[str]
) -> None:
    clock = Clock()
    cluster = SimulatedCluster(clock)
    add_scoring(cluster, model("v41", canaryTrafficPercent=10), **options)
    clock.now += 60
    async with cluster.serve() as served:
        served.write_kubeconfig(tmp_path / "kubeconfig")
        transport = Kr8sTransport(tmp_path / "kubeconfig", "simulated", key_directory=tmp_path, deadline_seconds=2.0)
        try:
            path = "/apis/serving.kserve.io/v1beta1/namespaces/ml/inferenceservices/scoring"
            body = {"spec": {"predictor": model("v42")}} if "mode" in options else {"metadata": {"labels": {"a": "b"}}}
            await transport.patch(path, body, content_type="application/merge-patch+json", dry_run=False)
            clock.now += 60
            pods = tuple(pod.name for name in deployments for pod in cluster.pods("ml", name))
            assert len(pods) >= 2
            finding = (await resolve_workloads(transport, {"scoring": Sought("ml", pods)}))["scoring"]
        finally:
            await transport.close()
    workload = finding.workload
    assert workload is not None, finding.reason
    assert workload.name == deployments[0]
    assert workload.owner is not None
    assert (workload.owner.kind, workload.owner.name) == ("InferenceService", "scoring")
