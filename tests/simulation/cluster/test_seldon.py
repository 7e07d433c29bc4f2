"""The simulated operator of Seldon Core 2 tells the conditions that the real one tells."""

from typing import Any

import pytest

from console.simulation.cluster import SimulatedCluster
from console.simulation.cluster.seldon import (
    EXPERIMENTS,
    MODELS,
    SERVERS,
    SeldonController,
    experiment_object,
    model_object,
    server_object,
)
from tests.simulation.cluster.planes import Plane
from tests.simulation.cluster.support import FakeClock


class Seldon:
    """Models `iris` and `iris2` on a Server of two replicas, and an Experiment that splits the traffic of both."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.cluster = SimulatedCluster(clock=self.clock)
        for resource in (MODELS, SERVERS, EXPERIMENTS):
            self.cluster.add_resource(resource)
        self.plane = Plane(self.cluster, lambda plane: SeldonController(plane, broken=("gs://broken/",)))
        self.cluster.add_object(SERVERS, server_object("ml", "mlserver", replicas=2))
        for name in ("iris", "iris2"):
            self.cluster.add_object(MODELS, model_object("ml", name, storage_uri=f"gs://models/{name}/1"))
        self.cluster.add_object(EXPERIMENTS, experiment_object("ml", "split", {"iris": 90, "iris2": 10}))

    def change(self, resource: Any, name: str, **fields: Any) -> None:
        self.plane.change(resource, "ml", name, lambda held: held["spec"].update(fields))

    def wait(self, seconds: float) -> None:
        self.clock.now += seconds
        self.cluster.advance()

    def told(self, resource: Any, name: str, kind: str) -> tuple[str, str]:
        status = self.plane.get(resource, "ml", name)["status"]
        (found,) = (held for held in status["conditions"] if held["type"] == kind)
        return found["status"], found.get("message", "")


@pytest.fixture
def seldon() -> Seldon:
    return Seldon()


def test_what_was_there_is_ready(seldon: Seldon) -> None:
    assert seldon.told(SERVERS, "mlserver", "StatefulSetReady")[0] == "True"
    assert seldon.told(MODELS, "iris", "ModelReady") == ("True", "ModelAvailable")
    assert seldon.told(EXPERIMENTS, "split", "ExperimentReady")[0] == "True"
    status = seldon.plane.get(MODELS, "ml", "iris")["status"]
    assert (status["replicas"], status["availableReplicas"], status["selector"]) == (1, 1, "server=mlserver")
    assert seldon.plane.get(SERVERS, "ml", "mlserver")["status"]["loadedModels"] == 2


def test_another_artefact_is_loaded_a_little_later_while_the_old_one_serves(seldon: Seldon) -> None:
    seldon.change(MODELS, "iris", storageUri="gs://models/iris/2")
    assert seldon.told(MODELS, "iris", "ModelReady") == ("False", "ModelProgressing")
    assert seldon.plane.get(MODELS, "ml", "iris")["status"]["availableReplicas"] == 1
    seldon.wait(5)
    assert seldon.told(MODELS, "iris", "ModelReady") == ("True", "ModelAvailable")


def test_an_artefact_that_cannot_be_loaded_fails_the_model_and_its_experiment(seldon: Seldon) -> None:
    seldon.change(MODELS, "iris2", storageUri="gs://broken/iris/3")
    seldon.wait(5)
    assert seldon.told(MODELS, "iris2", "ModelReady") == ("False", "ModelFailed")
    assert seldon.told(EXPERIMENTS, "split", "CandidatesReady")[0] == "False"
    assert seldon.told(EXPERIMENTS, "split", "Ready")[0] == "False"


def test_more_replicas_than_the_server_has_are_not_scheduled_until_it_has_them(seldon: Seldon) -> None:
    seldon.change(MODELS, "iris", replicas=3)
    seldon.wait(5)
    assert seldon.told(MODELS, "iris", "ModelReady") == ("False", "ScheduleFailed")
    seldon.change(SERVERS, "mlserver", replicas=3)
    seldon.wait(9)
    seldon.wait(5)
    assert seldon.told(MODELS, "iris", "ModelReady") == ("True", "ModelAvailable")
    assert seldon.plane.get(MODELS, "ml", "iris")["status"]["availableReplicas"] == 3
