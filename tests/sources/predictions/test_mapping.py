"""A store of files becomes a log: by convention, by configuration, with labels of a second table."""

import os
from datetime import datetime
from pathlib import Path

import pytest

from console.domain.bins import ColumnKind
from console.settings.predictions import ColumnSettings, LabelSettings, PredictionStore, StoreAddress
from console.sources.predictions.cutoff import CutoffByDay
from console.sources.predictions.mapping import CannotMap, LogMapper, name_of_place
from console.transport.sql import open_store
from tests.sources.predictions.mapped import OpenLog, write_file

NEW_YEAR = 1_767_225_600.0
"""2026-01-01T00:00:00Z"""


USUAL = """
    SELECT TIMESTAMPTZ '2026-01-01 01:00:00+01' AS timestamp, 'fraud' AS model, 'v1' AS version, 'r1' AS request_id,
    30 AS age, 'DE' AS country, true AS returning, 1.5::DECIMAL(4, 2) AS amount, 1 AS prediction, 0.75 AS score,
    250.0 AS latency_ms, 503 AS status_code, 0 AS label, TIMESTAMP '2026-01-02 00:00:00' AS label_time
"""


async def test_names_by_convention_need_no_configuration(open_log: OpenLog) -> None:
    found = await open_log(USUAL)
    assert await found.rows() == [
        {
            "timestamp": datetime(2026, 1, 1),  # noqa: DTZ001  # the log's times are UTC without a zone
            "model": "fraud",
            "version": "v1",
            "id": "r1",
            "latency": 0.25,
            "error": True,
            "label": 0,
            "label_time": datetime(2026, 1, 2),  # noqa: DTZ001  # as above
            "prediction": 1,
            "score": 0.75,
            "feature.age": 30,
            "feature.country": "DE",
            "feature.returning": "true",
            "feature.amount": 1.5,
        }
    ]
    assert [(column.name, column.kind, column.type_name) for column in found.log.features] == [
        ("age", ColumnKind.NUMBER, "number"),
        ("country", ColumnKind.CATEGORY, "text"),
        ("returning", ColumnKind.CATEGORY, "boolean"),
        ("amount", ColumnKind.NUMBER, "number"),
    ]
    log = found.log
    assert all((log.has_id, log.has_latency, log.has_error, log.has_label, log.has_label_time))
    assert (log.skipped, log.notes, log.mistakes) == ({}, (), ())


@pytest.mark.parametrize(
    "time",
    [
        "1767225600 AS ts",
        "1767225600000 AS ts",
        "1767225600000000 AS ts",
        "1767225600000000000 AS ts",
        "1767225600.0 AS ts",
        "1767225600000 AS timestamp_ms",
        "'2026-01-01T01:00:00+01:00' AS ts",
        "'2026-01-01 00:00:00' AS ts",
        "'2026-01-01T00:00:00.000Z' AS ts",
        "TIMESTAMP '2026-01-01 00:00:00' AS ts",
        "TIMESTAMPTZ '2026-01-01 05:30:00+05:30' AS ts",
        "DATE '2026-01-01' AS ts",
    ],
)
async def test_times_are_utc_whatever_they_are_written_in(open_log: OpenLog, time: str) -> None:
    found = await open_log(f"SELECT {time}, 1 AS prediction")
    assert (await found.rows())[0]["timestamp"] == datetime(2026, 1, 1)  # noqa: DTZ001  # as above
    for start, end, rows in ((NEW_YEAR, NEW_YEAR + 1, 1), (NEW_YEAR - 1, NEW_YEAR, 0), (NEW_YEAR + 1, NEW_YEAR + 2, 0)):
        assert (await found.store.read(found.log.between(start, end))).num_rows == rows


@pytest.mark.parametrize(
    ("time", "hour"),
    [("TIMESTAMP '2026-01-01 01:00:00'", 0), ("'2026-07-01T01:00:00'", 23), ("'2026-07-01T01:00:00Z'", 1)],
)
async def test_a_time_that_names_no_zone_is_of_the_configured_one(open_log: OpenLog, time: str, hour: int) -> None:
    columns = ColumnSettings(time_zone="Europe/Berlin")
    found = await open_log(f"SELECT {time} AS ts, 1 AS prediction", columns=columns)
    moment = (await found.rows())[0]["timestamp"]
    assert isinstance(moment, datetime)
    assert moment.hour == hour


async def test_a_text_that_is_no_time_is_null(open_log: OpenLog) -> None:
    found = await open_log("SELECT unnest(['2026-01-01T00:00:00Z', 'yesterday']) AS ts, 1 AS prediction")
    assert [row["timestamp"] is None for row in await found.rows()] == [False, True]


async def test_a_table_without_a_time_is_refused_in_one_line(open_log: OpenLog) -> None:
    with pytest.raises(CannotMap) as caught:
        await open_log("SELECT 1 AS prediction, 2 AS age")
    assert caught.value.detail.endswith(
        "no column is called like a time; name it in columns.timestamp, one of prediction, age"
    )


async def test_a_data_set_needs_no_time(tmp_path: Path) -> None:
    write_file(tmp_path / "training.parquet", "SELECT 1 AS prediction, 2 AS age")
    address = StoreAddress(f"duckdb://{tmp_path}/training.parquet")
    async with open_store(address, environment=os.environ) as store:
        log = await LogMapper(store, PredictionStore(address)).load(needs_time=False)
        (row,) = (await store.read(log.between(0, 1))).to_pylist()
    assert row == {"timestamp": None, "model": "training", "version": "", "prediction": 1, "feature.age": 2}


async def test_a_model_that_nothing_names_is_called_as_the_file_or_the_configuration(open_log: OpenLog) -> None:
    query = "SELECT 1 AS ts, NULL::VARCHAR AS version, 1 AS prediction"
    (row,) = await (await open_log(query)).rows()
    assert (row["model"], row["version"]) == ("fraud", "")
    (row,) = await (await open_log(query, model="ads")).rows()
    assert row["model"] == "ads"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://reader:s3cret@db/ml", "ml"),
        ("postgresql://reader:s3cret@db", "db"),
        ("clickhouse://reader:s3/cret@db", "db"),
        ("duckdb://https://host/logs/fraud.parquet?X-Amz-Credential=s3cret/s3&X-Amz-Signature=s3cret", "fraud"),
        ("duckdb://s3://bucket/logs/fraud/*.parquet", "fraud"),
        ("duckdb:///logs/fraud@home/*.parquet", "fraud@home"),
    ],
)
def test_no_secret_of_an_address_becomes_the_name_of_a_model(url: str, name: str) -> None:
    assert name_of_place(StoreAddress(url)) == name


async def test_what_the_configuration_names_wins(open_log: OpenLog) -> None:
    columns = ColumnSettings(
        timestamp="t", model="WHO", version="v", id="k", prediction="p", score={"yes": "a", "no": "b"}, label="truth",
        latency="took", latency_unit="us", error="bad", features=("x*",), ignore=("x2",),
    )  # fmt: skip
    found = await open_log(
        "SELECT 0 AS t, 'm' AS who, 3 AS v, 7 AS k, 'yes' AS p, 0.9 AS a, 0.1 AS b, 'no' AS truth, 5 AS took, "
        "true AS bad, 1 AS x1, 2 AS x2, 3 AS y, 9 AS prediction",
        columns=columns,
    )
    (row,) = await found.rows()
    assert row.pop("timestamp") == datetime(1970, 1, 1)  # noqa: DTZ001  # as above
    assert row == {
        "model": "m",
        "version": "3",
        "id": "7",
        "latency": 5e-6,
        "error": True,
        "label": "no",
        "prediction": "yes",
        "score.yes": 0.9,
        "score.no": 0.1,
        "feature.x1": 1,
    }
    assert [score.name for score in found.log.scores] == ["yes", "no"]
    assert found.log.skipped == {
        "x2": "ignored by the configuration",
        "y": "not among the features of the configuration",
        "prediction": "not among the features of the configuration",
    }
    assert found.log.mistakes == ()
    assert found.log.origins["model"].configured


async def test_a_column_that_is_not_there_is_told_and_the_rest_goes_on(open_log: OpenLog) -> None:
    columns = ColumnSettings(latency="latncy", features=("age", "agee"), error="country", score="country")
    found = await open_log("SELECT 1 AS ts, 1 AS prediction, 2 AS age, 1.0 AS latency, [1] AS country", columns=columns)
    assert found.log.mistakes == (
        "columns.features: no column is called 'agee'; nearest: age",
        "columns.latency: no column is called 'latncy'; nearest: latency",
        "columns.error: 'country' (array<int32>) cannot be the error",
        "columns.score: 'country' (array<int32>) is no number",
    )
    assert [column.name for column in found.log.features] == ["age"]


async def test_what_is_no_feature_has_a_reason(open_log: OpenLog) -> None:
    found = await open_log(
        "SELECT i AS ts, 'u' || i AS user_id, 'text ' || i AS comment, i % 3 AS region_id, i AS customer_id, "
        "[i] AS tags, DATE '2026-01-01' AS born, 5 AS hour, 'pod-1' AS pod_name, uuid() AS cookie, "
        "1 AS prediction, i AS age, 'x' AS endpoint, 'm' AS model, NULL AS empty FROM range(500) t(i)"
    )
    assert [column.name for column in found.log.features] == ["region_id", "age", "empty"]
    assert {name: why.split(";")[0] for name, why in found.log.skipped.items()} == {
        "user_id": "called like an id",
        "comment": "an id or free text: 500 different values in 500 rows",
        "customer_id": "called like an id",
        "tags": "a list",
        "born": "a time, which differs in every window",
        "hour": "called like a part of the date",
        "pod_name": "tells how a request was served",
        "cookie": "an id: every value is its own",
        "endpoint": "called like the model",
    }


async def test_a_feature_that_is_named_is_one_whatever_it_is_called(open_log: OpenLog) -> None:
    columns = ColumnSettings(features=("user_id", "hour", "more*"))
    found = await open_log(
        "SELECT i AS ts, 'u' || i AS user_id, 5 AS hour, 'x' || i AS more_id, 1 AS prediction FROM range(200) t(i)",
        columns=columns,
    )
    assert [column.name for column in found.log.features] == ["user_id", "hour"]
    assert list(found.log.skipped) == ["more_id"]


async def test_scores_by_class_win_over_one_score_which_is_no_feature(open_log: OpenLog) -> None:
    found = await open_log("SELECT 1 AS ts, 'a' AS prediction, 0.7 AS score, 0.6 AS score_a, 0.4 AS score_b, 5 AS age")
    assert [score.name for score in found.log.scores] == ["a", "b"]
    assert [feature.name for feature in found.log.features] == ["age"]
    assert found.log.skipped["score"].startswith("called like a score")


@pytest.mark.parametrize(
    ("column", "failed"),
    [
        ("false AS error", False),
        ("NULL::BOOLEAN AS error", False),
        ("true AS success", False),
        ("404 AS status_code", False),
        ("500 AS status_code", True),
        ("1 AS failed", True),
        ("'' AS error", False),
        ("'OK' AS error", False),
        ("'no memory' AS error_message", True),
    ],
)
async def test_what_an_error_is(open_log: OpenLog, column: str, failed: bool) -> None:
    found = await open_log(f"SELECT 1 AS ts, 1 AS prediction, {column}")
    assert (await found.rows())[0]["error"] is failed


@pytest.mark.parametrize(
    ("column", "right"),
    [
        ("'thumbs_up' AS feedback", True),
        ("'👎' AS thumbs", False),
        ("-1 AS feedback", False),
        ("'?' AS feedback", None),
    ],
)
async def test_feedback_says_whether_the_prediction_was_right(
    open_log: OpenLog, column: str, right: bool | None
) -> None:
    found = await open_log(f"SELECT 1 AS ts, 1 AS prediction, {column}")
    assert found.log.is_feedback
    assert (await found.rows())[0]["label"] is right


def write_labels(directory: Path) -> None:
    write_file(
        directory / "predictions/a.parquet",
        "SELECT 1767225600 + i AS ts, 'r' || i AS request_id, 1 AS prediction FROM range(4) t(i)",
    )
    write_file(
        directory / "labels/a.parquet",
        "SELECT request_id, label, 1767225600 + late AS label_time FROM (VALUES ('r0', 0, 60), ('r0', 1, 90), "
        "('r1', 1, 70), ('elsewhere', 1, 70), ('r3', NULL, 70)) v(request_id, label, late)",
    )


async def test_labels_beside_the_predictions_are_joined_the_newest_of_each_id(
    open_log: OpenLog, tmp_path: Path
) -> None:
    write_labels(tmp_path)
    found = await open_log(place=".")
    assert (found.log.has_label, found.log.has_label_time) == (True, True)
    assert {row["id"]: row["label"] for row in await found.rows()} == {"r0": 1, "r1": 1, "r2": None, "r3": None}
    assert (await found.rows())[0]["model"] == "predictions"


async def test_a_label_is_known_from_when_it_came(open_log: OpenLog, tmp_path: Path) -> None:
    write_labels(tmp_path)
    found = await open_log(place=".")
    table = found.log.labelled_between(NEW_YEAR, NEW_YEAR + 4, labelled_by=NEW_YEAR + 65)
    rows = await found.rows(table)
    assert {row["id"]: row["label"] for row in rows} == {"r0": 0, "r1": None, "r2": None, "r3": None}
    assert "label" not in found.log.between(NEW_YEAR, NEW_YEAR + 4).columns


async def test_a_label_without_a_time_counts_where_others_have_one(open_log: OpenLog, tmp_path: Path) -> None:
    write_labels(tmp_path)
    write_file(
        tmp_path / "labels/b.parquet", "SELECT 'r2' AS request_id, 1 AS label, CAST(NULL AS BIGINT) AS label_time"
    )
    found = await open_log(place=".")
    beside = await open_log(
        "SELECT 1767225600 + i AS ts, 1 AS prediction, i AS label, CASE WHEN i = 0 THEN 1767225660 END AS label_time"
        " FROM range(2) t(i)"
    )
    for by in (NEW_YEAR + 65, CutoffByDay(wait=3600.0, latest=NEW_YEAR + 65)):
        table = found.log.labelled_between(NEW_YEAR, NEW_YEAR + 4, labelled_by=by)
        assert {row["id"]: row["label"] for row in await found.rows(table)} == {
            "r0": 0,
            "r1": None,
            "r2": 1,
            "r3": None,
        }
        table = beside.log.labelled_between(NEW_YEAR, NEW_YEAR + 4, labelled_by=by)
        assert {row["label"] for row in await beside.rows(table)} == {0, 1}


async def test_a_label_of_the_same_row_is_known_from_when_it_came(open_log: OpenLog) -> None:
    found = await open_log(USUAL)
    for by, label in ((NEW_YEAR + 3600, None), (NEW_YEAR + 90_000, 0)):
        table = found.log.labelled_between(NEW_YEAR, NEW_YEAR + 1, labelled_by=by)
        assert (await found.rows(table))[0]["label"] == label


async def test_labels_may_stand_at_another_address(open_log: OpenLog, tmp_path: Path) -> None:
    write_labels(tmp_path)
    labels = LabelSettings(StoreAddress(f"duckdb://{tmp_path}/labels/*.parquet"), label="label")
    found = await open_log(place="predictions/*.parquet", labels=labels)
    assert sum(row["label"] is not None for row in await found.rows()) == 2
    assert found.log.origins["label"].configured


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (LabelSettings(table="truth"), "holds no table truth"),
        (LabelSettings(label="lable"), "labels: columns.label: no column is called 'lable'; nearest: label"),
    ],
)
async def test_labels_that_are_not_there_are_told(
    open_log: OpenLog, tmp_path: Path, labels: LabelSettings, told: str
) -> None:
    write_labels(tmp_path)
    found = await open_log(place=".", labels=labels)
    assert not found.log.has_label
    assert told in found.log.mistakes[0]


async def test_a_dropped_and_a_retyped_column_leave_the_rest_alone(tmp_path: Path) -> None:
    address = StoreAddress(f"duckdb://{tmp_path}/log.parquet")
    async with open_store(address, environment=os.environ) as store:
        mapper = LogMapper(store, PredictionStore(address))
        write_file(tmp_path / "log.parquet", "SELECT 1 AS ts, 1 AS prediction, 2 AS age, 3 AS income")
        before = await mapper.load()
        write_file(tmp_path / "log.parquet", "SELECT 1 AS ts, 1 AS prediction, 'two' AS age")
        after = await mapper.load()
        rows = (await store.read(after.table)).to_pylist()
    assert [(column.name, column.type_name) for column in before.features] == [("age", "number"), ("income", "number")]
    assert [(column.name, column.type_name) for column in after.features] == [("age", "text")]
    assert rows[0]["feature.age"] == "two"


async def test_five_thousand_columns_are_bounded(open_log: OpenLog) -> None:
    query = "SELECT 1 AS ts, 1 AS prediction, " + ", ".join(f"{n} AS f{n}" for n in range(5000))
    found = await open_log(query)
    assert len(found.log.features) == 500
    told = "5,000 columns may be features and the first 500 are watched, f500 … f4999 are not"
    assert found.log.notes == (f"{told}: columns.features names those that matter",)
    assert len(found.log.skipped) == 4500
