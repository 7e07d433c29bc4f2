import pytest

from console.actions.kserve.inference_service import InferenceService, Mode, deployment_mode
from console.actions.provider import ActionRefused
from console.sources.cluster.objects import MalformedAnswer, OwnerReference
from console.sources.cluster.writers import LiveObject
from tests.actions.kserve.services import a_service

MODE = "serving.kserve.io/deploymentMode"
BY_KSERVE = OwnerReference("InferenceService", "scoring", "u-1", "serving.kserve.io/v1beta1", controller=True)
BY_KNATIVE = OwnerReference("Revision", "scoring-predictor-00001", "u-2", "serving.knative.dev/v1", controller=True)


@pytest.mark.parametrize(
    ("said", "mode"),
    [
        ("Standard", Mode.STANDARD),
        ("RawDeployment", Mode.STANDARD),
        ("Knative", Mode.KNATIVE),
        ("Serverless", Mode.KNATIVE),
    ],
)
def test_the_status_says_the_mode_else_the_annotation(said: str, mode: Mode) -> None:
    assert deployment_mode(a_service(deploymentMode=said), None) is mode
    assert deployment_mode(a_service(annotations={MODE: said}), None) is mode
    other = "Knative" if mode is Mode.STANDARD else "Standard"
    assert deployment_mode(a_service(annotations={MODE: other}, deploymentMode=said), None) is mode


def test_without_a_word_what_owns_the_deployment_tells_the_mode() -> None:
    assert deployment_mode(a_service(), BY_KSERVE) is Mode.STANDARD
    assert deployment_mode(a_service(), BY_KNATIVE) is Mode.KNATIVE
    assert deployment_mode(a_service(rollout={"latestCreatedRevision": "r-1"}), None) is Mode.KNATIVE


@pytest.mark.parametrize(
    ("service", "why"),
    [
        (a_service(deploymentMode="ModelMesh"), "in mode ModelMesh, which runs many models in shared pods"),
        (a_service(annotations={MODE: "Tea\x1bpot"}), "in mode Tea"),
        (a_service(), "does not say in which mode it runs"),
    ],
)
def test_other_modes_are_refused(service: InferenceService, why: str) -> None:
    with pytest.raises(ActionRefused) as refused:
        deployment_mode(service, None)
    assert why in str(refused.value)
    assert "\x1b" not in str(refused.value)


def test_an_object_without_a_predictor_is_no_inference_service() -> None:
    for spec in ({}, None, {"predictor": {"minReplicas": "two"}}):
        with pytest.raises(MalformedAnswer):
            InferenceService.of(LiveObject.of({"metadata": {"name": "scoring"}, "spec": spec}))
