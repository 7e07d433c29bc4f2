"""How stores of predictions are written, in a file and as flags."""

from pathlib import Path

import pytest

from console.settings.load import BadFlags, BadSettings, Overrides, load_settings
from console.settings.predictions import (
    LabelSettings,
    PredictedModelRule,
    PredictionStore,
    ReferenceSettings,
    StoreAddress,
)
from console.settings.secrets import Secret
from console.settings.settings import Settings


def read(directory: Path, text: str, overrides: Overrides | None = None) -> Settings:
    path = directory / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path, {"HOME": "/home/oncall"}, overrides or Overrides())


@pytest.mark.parametrize(
    "text",
    [
        "predictions: postgresql://host/db#log",
        "predictions: {address: 'postgresql://host/db#log'}",
        "predictions: {address: {url: postgresql://host/db, table: log}}",
        "predictions: ['postgresql://host/db#log']",
        "predictions: [{address: {url: postgresql://host/db, table: log}}]",
    ],
)
def test_one_store_is_an_address_a_mapping_or_a_list(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text).predictions == (PredictionStore(StoreAddress("postgresql://host/db", "log")),)


def test_no_store_is_an_empty_list(tmp_path: Path) -> None:
    assert read(tmp_path, "predictions: []").predictions == ()


def test_several_stores_have_names_of_their_own(tmp_path: Path) -> None:
    text = "predictions: [duckdb:///a, {address: duckdb:///b, name: ads}, duckdb:///c]"
    names = [store.name for store in read(tmp_path, text).predictions]
    assert names == ["predictions-1", "ads", "predictions-3"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("predictions: [{address: duckdb:///a, name: x}, {address: duckdb:///b, name: x}]", "1:77"),
        ("prometheus: {urls: [http://a], name: predictions}\npredictions: duckdb:///a", "2:14"),
    ],
)
def test_two_sources_of_one_name_are_a_mistake(tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(BadSettings) as caught:
        read(tmp_path, text)
    assert [f"{place}: name: another store" in problem for problem in caught.value.problems] == [True]


@pytest.mark.parametrize(
    ("written", "resolved"),
    [
        ("duckdb://logs/*.parquet", "duckdb://{directory}/logs/*.parquet"),
        ("duckdb://~/logs", "duckdb:///home/oncall/logs"),
        ("duckdb:///logs/*.parquet", "duckdb:///logs/*.parquet"),
        ("duckdb://s3://bucket/*.parquet", "duckdb://s3://bucket/*.parquet"),
        ("spark://local", "spark://local"),
    ],
)
def test_files_belong_to_the_directory_of_the_configuration(tmp_path: Path, written: str, resolved: str) -> None:
    (store,) = read(tmp_path, f"predictions: {written}").predictions
    assert store.address.url == resolved.format(directory=tmp_path)


def test_labels_references_and_secrets_are_resolved_as_well(tmp_path: Path) -> None:
    (store,) = read(
        tmp_path,
        """
        predictions:
          address: {url: duckdb://a, password: {file: token}}
          labels: duckdb://labels/*.parquet
          models: [{reference: duckdb://training.parquet}, {match: b, reference: 14d}]
        """,
    ).predictions
    assert store.address.password == Secret(file=str(tmp_path / "token"))
    assert store.labels == LabelSettings(StoreAddress(f"duckdb://{tmp_path}/labels/*.parquet"))
    assert store.models == (
        PredictedModelRule(reference=ReferenceSettings(StoreAddress(f"duckdb://{tmp_path}/training.parquet"))),
        PredictedModelRule("b", ReferenceSettings(window=14 * 86400.0)),
    )


def test_a_table_of_labels_is_no_path(tmp_path: Path) -> None:
    text = "predictions: {address: postgresql://host/db, labels: labels}"
    assert read(tmp_path, text).predictions[0].labels == LabelSettings(table="labels")


def test_flags_replace_the_stores_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    flags = Overrides(predictions=("duckdb://logs/*.csv", "postgresql://host/db#log"))
    stores = read(tmp_path, "predictions: {address: duckdb:///other, model: fraud}", flags).predictions
    assert stores == (
        PredictionStore(StoreAddress(f"duckdb://{tmp_path}/logs/*.csv"), "predictions-1"),
        PredictionStore(StoreAddress("postgresql://host/db", "log"), "predictions-2"),
    )


def test_a_wrong_flag_is_told() -> None:
    with pytest.raises(BadFlags, match="--predictions: 'logs' names no engine, expected such as duckdb:///logs"):
        load_settings(None, {}, Overrides(predictions=("logs",)))


@pytest.mark.parametrize(
    ("text", "told"), [("-", "is not a duration"), ("0s", "longer than 0s"), ("x://", "'x' is no engine")]
)
def test_a_reference_that_is_none_is_refused(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        ReferenceSettings.from_text(text)


def test_a_password_in_an_address_is_not_printed() -> None:
    store = PredictionStore.from_text("postgresql://user:canary@host/db?password=canary#log")
    assert "canary" not in repr(store)
    assert "***@host/db" in repr(store)


@pytest.mark.parametrize("url", ["postgrs://user:canary@host", "user:canary@host", "postgresql://user:canary@host#"])
def test_a_password_in_a_wrong_address_is_not_printed(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadSettings) as caught:
        read(tmp_path, f"predictions: '{url}'")
    assert "canary" not in str(caught.value)
