import pytest

from console.actions.provider import ActionRefused
from console.actions.seldon.finding import find_model
from console.domain.model import Owner, Workload, WorkloadFinding
from console.simulation.cluster.seldon import MODELS, model_object
from tests.actions.seldon.world import SeldonWorld, occasion


async def test_name_and_namespace_of_the_metrics_name_the_model(seldon: SeldonWorld) -> None:
    found = await find_model(seldon.transport, seldon.settings, occasion().view)
    assert (found.live.metadata.namespace, found.live.metadata.name) == ("ml", "iris")


async def test_without_a_namespace_the_only_one_of_its_name_is_meant(seldon: SeldonWorld) -> None:
    view = occasion(namespace=None).view
    found = await find_model(seldon.transport, seldon.settings, view)
    assert found.live.metadata.namespace == "ml"
    seldon.cluster.add_object(MODELS, model_object("staging", "iris", storage_uri="gs://models/iris/9"))
    with pytest.raises(ActionRefused, match="ambiguous: Models iris are in namespaces ml, staging"):
        await find_model(seldon.transport, seldon.settings, view)
    seldon.cluster.deny(verb="list", resource="models")
    with pytest.raises(ActionRefused, match="the metrics name no namespace, and Models may not be listed"):
        await find_model(seldon.transport, seldon.settings, view)


async def test_the_pods_of_a_server_tell_that_seldon_serves_it(seldon: SeldonWorld) -> None:
    view = occasion(presets=("mine",)).view
    with pytest.raises(ActionRefused, match="iris is not known to be served by Seldon Core 2"):
        await find_model(seldon.transport, seldon.settings, view)
    owner = Owner("mlops.seldon.io/v1alpha1", "Server", "mlserver", "u-1")
    pods = Workload("simulated", "ml", "StatefulSet", "mlserver", "u-2", replicas=2, ready=2, owner=owner)
    on_a_server = occasion(presets=("mine",)).view
    on_a_server = type(on_a_server)(
        on_a_server.model, on_a_server.status, {}, presets=("mine",), workload=WorkloadFinding(pods)
    )
    assert (await find_model(seldon.transport, seldon.settings, on_a_server)).live.metadata.name == "iris"


@pytest.mark.parametrize(
    ("name", "namespace", "words"),
    [
        ("rose", "ml", r"there is no Model rose \(mlops.seldon.io\) in namespace ml"),
        ("rose", None, r"there is no Model rose \(mlops.seldon.io\) in any namespace"),
        ("../pods", "ml", "'../pods' is no name of a Model"),
        ("iris", "ml/../x", "'ml/../x' is no name of a namespace"),
    ],
)
async def test_what_names_no_model_is_refused(
    seldon: SeldonWorld, name: str, namespace: str | None, words: str
) -> None:
    with pytest.raises(ActionRefused, match=words):
        await find_model(seldon.transport, seldon.settings, occasion(name, namespace).view)


async def test_a_model_of_another_cluster_is_not_looked_for_here(seldon: SeldonWorld) -> None:
    with pytest.raises(ActionRefused, match="the metrics say that it runs in cluster eu"):
        await find_model(seldon.transport, seldon.settings, occasion(labels={"cluster": "eu"}).view)
