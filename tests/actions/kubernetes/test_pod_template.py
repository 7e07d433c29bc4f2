from typing import Any

import pytest

from console.actions.kubernetes.pod_template import same_version, told_apart, version_of, without_label
from console.sources.cluster.objects import MalformedAnswer


def template(image: str = "registry:5000/ml/fraud:v41", labels: dict[str, str] | None = None, **more: Any) -> Any:
    container = {"name": "fraud", "image": image, **more}
    return {"metadata": {"labels": labels, "creationTimestamp": None}, "spec": {"containers": [container]}}


@pytest.mark.parametrize(
    ("found", "version"),
    [
        (template(), "v41"),
        (template("registry:5000/ml/fraud"), "registry:5000/ml/fraud"),
        (template("ml/fraud@sha256:abc"), "sha256:abc"),
        (template("ml/fraud:v42@sha256:abc"), "v42"),
        (template(labels={"version": "7", "app": "fraud"}), "7"),
        (template(labels={"app.kubernetes.io/version": "8"}), "8"),
        (template(labels={"version": ""}), "v41"),
        ({"spec": {"containers": [{"image": "a:1"}, {"image": "b:2"}]}}, "1, 2"),
        ({}, "no image"),
    ],
)
def test_the_version_is_that_of_the_labels_else_of_the_images(found: Any, version: str) -> None:
    assert version_of(found) == version


@pytest.mark.parametrize(
    ("left", "right", "told"),
    [
        (template(labels={"version": "7"}), template(labels={"version": "8"}), ("7", "8")),
        (template("fraud:v44", {"version": "v41"}), template("fraud:v41", {"version": "v41"}), ("v44", "v41")),
        (template("fraud:v44"), template("fraud:v41", {"version": "v41"}), ("v44", "v41")),
        (template(env=[{"name": "MODEL", "value": "2"}]), template(), ("v41", "v41")),
        (template(labels={"version": "7"}), template(labels={"version": "7"}, args=["x"]), ("7", "7")),
    ],
)
def test_two_versions_under_one_label_are_told_by_their_images(left: Any, right: Any, told: tuple[str, str]) -> None:
    assert told_apart(left, right) == told


@pytest.mark.parametrize(
    "other",
    [
        template("registry:5000/ml/fraud:v42"),
        template(labels={"version": "v42"}),
        template(args=["--model", "v42"]),
        template(command=["serve"]),
        template(env=[{"name": "MODEL_URI", "value": "gs://m/2"}]),
        template(envFrom=[{"configMapRef": {"name": "m"}}]),
        {"spec": {**template()["spec"], "initContainers": [{"name": "fetch", "image": "fetch:2"}]}},
        template(volumeMounts=[{"name": "models", "mountPath": "/mnt/models", "subPath": "fraud/v42"}]),
        {"spec": {**template()["spec"], "volumes": [{"name": "w", "image": {"reference": "weights:v42"}}]}},
        {"spec": {**template()["spec"], "volumes": [{"name": "w", "persistentVolumeClaim": {"claimName": "v42"}}]}},
    ],
)
def test_what_makes_a_container_run_something_else_is_another_version(other: Any) -> None:
    assert not same_version(template(), other)
    assert same_version(other, other)


def test_a_restart_or_another_limit_is_the_same_version() -> None:
    restarted = template()
    restarted["metadata"]["annotations"] = {"kubectl.kubernetes.io/restartedAt": "2026-11-26T03:20:00Z"}
    assert same_version(template(), restarted)
    scratch = {"spec": {**template()["spec"], "volumes": [{"name": "shm", "emptyDir": {"medium": "Memory"}}]}}
    assert same_version(template(), scratch)
    assert same_version(template(), template(volumeMounts=[{"name": "shm", "mountPath": "/dev/shm"}]))
    assert same_version(template(), template(resources={"limits": {"cpu": "2"}}, labels={"app": "fraud"}))


def test_the_label_of_a_controller_goes_and_all_else_stays() -> None:
    found = template(labels={"app": "fraud", "hash": "x"})
    assert without_label(found, "hash") == template(labels={"app": "fraud"})
    assert found["metadata"]["labels"]["hash"] == "x"
    assert without_label({"spec": {}}, "hash") == {"metadata": {"labels": {}}, "spec": {}}


@pytest.mark.parametrize("odd", [None, [], "x", {"spec": {"containers": [{"image": 3}]}}])
def test_what_is_no_pod_template_is_told(odd: Any) -> None:
    with pytest.raises(MalformedAnswer):
        version_of(odd)
