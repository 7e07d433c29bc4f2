from typing import Any

import pytest

from console.actions.kserve.earlier_model import SOURCE_URI, EarlierModel, Template, earlier_model, is_same_model, shows
from console.actions.provider import ActionRefused
from console.domain.served import ServedPast
from tests.actions.kserve.services import a_service

MODEL = "/spec/predictor/model"
UNKNOWN = ServedPast(unknown="no metrics are read")


def template(told: str, uri: str | None = None, labels: dict[str, str] | None = None, **container: Any) -> Template:
    annotations = {} if uri is None else {SOURCE_URI: uri}
    served = {"name": "kserve-container", "image": "kserve/sklearnserver:v1", **container}
    return Template(told, labels or {}, annotations, [{"name": "queue-proxy", "image": "q"}, served])


def found(predictor: dict[str, Any], now: Template, *before: Template) -> EarlierModel:
    return earlier_model(a_service(predictor), now, before, UNKNOWN)


def test_the_storage_uri_is_read_from_the_newest_template_with_another_model() -> None:
    predictor = {"model": {"storageUri": "s3://m/42"}, "labels": {"version": "v42", "team": "ml"}}
    labels = {"version": "v41", "team": "ml"}
    now = template("now", "s3://m/42", {"version": "v42", "team": "ml"})
    earlier = found(predictor, now, template("2", "s3://m/42"), template("1", "s3://m/41", labels), template("0", "x"))
    assert earlier.settings == {f"{MODEL}/storageUri": "s3://m/41", "/spec/predictor/labels/version": "v41"}
    assert (earlier.told, earlier.beside) == ("1", ())


@pytest.mark.parametrize("form", ["sklearn", "xgboost", "pytorch", "huggingface"])
def test_forms_that_name_a_framework_are_read_alike(form: str) -> None:
    earlier = found({form: {"storageUri": "s3://m/2"}}, template("now", "s3://m/2"), template("1", "s3://m/1"))
    assert earlier.settings == {f"/spec/predictor/{form}/storageUri": "s3://m/1"}


def test_a_path_in_a_known_store_is_read_only_where_the_store_is_the_same() -> None:
    predictor = {"model": {"storage": {"key": "minio", "path": "m/2"}}}
    now, before = template("now", "s3://b/m/2"), template("1", "s3://b/m/1")
    assert found(predictor, now, before).settings == {f"{MODEL}/storage/path": "m/1"}
    with pytest.raises(ActionRefused, match="differs in storage URI"):
        found(predictor, now, template("1", "gs://b/m/1"))
    key = {"internal.serving.kserve.io/storage-spec-key": "other"}
    elsewhere = Template("1", {}, {**before.annotations, **key}, before.containers)
    with pytest.raises(ActionRefused, match="differs in storage URI"):
        found(predictor, now, elsewhere)


def test_a_variable_that_comes_from_elsewhere_now_gets_no_value_beside_that() -> None:
    secret = {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "store", "key": "token"}}}
    predictor = {"model": {"storageUri": "s3://m/2", "env": [secret]}}
    before = template("1", "s3://m/1", env=[{"name": "TOKEN", "value": "x"}])
    earlier = found(predictor, template("now", "s3://m/2", env=[secret]), before)
    assert (earlier.settings, earlier.beside) == ({f"{MODEL}/storageUri": "s3://m/1"}, ("env",))


def test_custom_containers_are_read_field_by_field() -> None:
    block = {"image": "own:2", "args": ["--b"], "env": [{"name": "STORAGE_URI", "value": "s3://2"}, {"name": "A"}]}
    now = template("now", "s3://2", image="own:2", args=["--b"], env=[{"name": "STORAGE_URI", "value": "s3://2"}])
    before = template("1", "s3://1", image="own:1", args=["--a"], env=[{"name": "STORAGE_URI", "value": "s3://1"}])
    place = "/spec/predictor/containers/0"
    assert found({"containers": [block]}, now, before).settings == {
        f"{place}/image": "own:1",
        f"{place}/args": ["--a"],
        f"{place}/env/0/value": "s3://1",
    }
    collocated = {
        "containers": [{"name": "transformer-container", "image": "t"}, {**block, "name": "kserve-container"}]
    }
    assert "/spec/predictor/containers/1/image" in found(collocated, now, before).settings


def test_a_runtime_version_is_the_tag_of_the_image() -> None:
    predictor = {"model": {"storageUri": "s3://m", "runtimeVersion": "v2"}}
    now, before = (template(tag, "s3://m", image=f"kserve/sklearnserver:{tag}") for tag in ("v2", "v1"))
    assert found(predictor, now, before).settings == {f"{MODEL}/runtimeVersion": "v1"}
    gpu = template("gpu", "s3://m", image="kserve/sklearnserver:v2-gpu")
    with pytest.raises(ActionRefused, match="differs in image"):
        found(predictor, gpu, before)


def test_what_cannot_be_written_back_is_named() -> None:
    predictor = {"model": {"storageUri": "s3://m/2"}}
    before = template("1", "s3://m/1", image="kserve/sklearnserver:v0", resources={"limits": {"cpu": "1"}})
    assert found(predictor, template("now", "s3://m/2"), before).beside == ("image", "resources")


def test_a_model_that_was_taken_back_is_not_put_on_again() -> None:
    predictor = {"model": {"storageUri": "s3://m/1"}}
    now, bad, same = template("now", "s3://m/1"), template("2", "s3://m/2"), template("1", "s3://m/1")
    with pytest.raises(ActionRefused, match="serves the model of 1, the oldest that is left in the cluster"):
        found(predictor, now, bad, same)
    assert found(predictor, now, bad, same, template("0", "s3://m/0")).told == "0"


@pytest.mark.parametrize(
    ("now", "before", "why"),
    [
        ("s3://m/2", (), "no earlier model of InferenceService scoring is left in the cluster"),
        ("s3://m/2", ("s3://m/2",), "nothing that KServe made of InferenceService scoring holds another model"),
        ("s3://other", ("s3://m/1",), "differs in storage URI"),
    ],
)
def test_nothing_is_guessed(now: str, before: tuple[str, ...], why: str) -> None:
    templates = [template(f"t{place}", uri) for place, uri in enumerate(before)]
    with pytest.raises(ActionRefused) as refused:
        found({"model": {"storageUri": "s3://m/2"}}, template("now", now), *templates)
    assert why in str(refused.value)
    assert "apply its earlier manifest" in str(refused.value)


def test_templates_without_anything_hold_no_model() -> None:
    empty = Template("1", {}, {}, [])
    with pytest.raises(ActionRefused):
        found({"model": {}}, empty, empty)
    assert is_same_model(empty, empty)
    assert not is_same_model(empty, template("2", "s3://m/1"))


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        (f"{MODEL}/storageUri", "s3://b/m/1"),
        (f"{MODEL}/storage/path", "m/1"),
        (f"{MODEL}/runtimeVersion", "v1"),
        ("/spec/predictor/labels/version", "v41"),
        ("/spec/predictor/containers/0/image", "kserve/sklearnserver:v1"),
        ("/spec/predictor/containers/0/env/0/value", "x"),
    ],
)
def test_pods_show_what_was_written(pointer: str, value: str) -> None:
    shown = template("now", "s3://b/m/1", {"version": "v41"}, env=[{"name": "A", "value": "x"}])
    assert shows(shown, pointer, value)
    assert not shows(shown, pointer, "other")
