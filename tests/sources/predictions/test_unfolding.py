"""Structs, maps and JSON become columns, in the shapes in which serving systems log them."""

from datetime import datetime

import pytest

from console.settings.predictions import ColumnSettings
from tests.sources.predictions.mapped import OpenLog

NEW_YEAR = datetime(2026, 1, 1)  # noqa: DTZ001  # the log's times are UTC without a zone


async def test_an_inference_table_of_databricks(open_log: OpenLog) -> None:
    found = await open_log("""
        SELECT 'a' AS databricks_request_id, 1767225600000 AS timestamp_ms, DATE '2026-01-01' AS date,
        500 AS status_code, 12 AS execution_duration_ms, 1.0 AS sampling_fraction,
        '{"dataframe_split": {"columns": ["age", "country"], "data": [[30, "DE"]]}}' AS request,
        '{"predictions": [0.7]}' AS response, MAP {'model_name': 'fraud', 'model_version': '3'} AS request_metadata
    """)
    assert await found.rows() == [
        {
            "timestamp": NEW_YEAR,
            "model": "fraud",
            "version": "3",
            "id": "a",
            "latency": 0.012,
            "error": True,
            "prediction": 0.7,
            "feature.age": 30.0,
            "feature.country": "DE",
        }
    ]
    assert found.log.origins["model"].name == "request_metadata.model_name"
    assert set(found.log.skipped) == {"date", "sampling_fraction"}


async def test_the_request_response_log_of_vertex(open_log: OpenLog) -> None:
    found = await open_log("""
        SELECT 'fraud' AS endpoint, '7' AS deployed_model_id, TIMESTAMPTZ '2026-01-01 00:00:00Z' AS logging_time,
        'a' AS request_id, ['{"age": 30}'] AS request_payload,
        ['{"label": "yes", "scores": {"yes": 0.9, "no": 0.1}}'] AS response_payload
    """)
    assert await found.rows() == [
        {
            "timestamp": NEW_YEAR,
            "model": "fraud",
            "version": "7",
            "id": "a",
            "prediction": "yes",
            "score.yes": 0.9,
            "score.no": 0.1,
            "feature.age": 30.0,
        }
    ]


async def test_the_payloads_of_kserve_joined_by_id(open_log: OpenLog) -> None:
    found = await open_log("""
        SELECT 'a' AS ce_id, '2026-01-01T00:00:00Z' AS ce_time, 'fraud' AS ce_inferenceservicename,
        '{"instances": [{"age": 30, "country": "DE"}, {"age": 40}]}' AS request, '{"predictions": [1, 0]}' AS response
    """)
    assert await found.rows() == [
        {
            "timestamp": NEW_YEAR,
            "model": "fraud",
            "version": "",
            "id": "a",
            "prediction": 1.0,
            "feature.age": 30.0,
            "feature.country": "DE",
        }
    ]
    assert found.log.notes == (
        "1 of 1 documents in request hold several rows: the first of each counts",
        "1 of 1 documents in response hold several rows: the first of each counts",
    )


async def test_a_struct_is_unfolded_by_its_schema(open_log: OpenLog) -> None:
    found = await open_log("""
        SELECT 1767225600 AS ts, {'age': 30, 'home': {'country': 'DE', 'own': true}, 'timestamp': 5} AS features,
        {'label': 'yes', 'score': 0.9::DOUBLE} AS response
    """)
    (row,) = await found.rows()
    assert row == {
        "timestamp": NEW_YEAR,
        "model": "fraud",
        "version": "",
        "prediction": "yes",
        "score": 0.9,
        "feature.age": 30,
        "feature.home.country": "DE",
        "feature.home.own": "true",
        "feature.timestamp": 5,
    }


async def test_a_map_is_unfolded_by_the_keys_that_are_there(open_log: OpenLog) -> None:
    found = await open_log("""
        SELECT unnest([1, 2]) AS ts, unnest([MAP {'age': 30.0}, MAP {'income': 9.0}]) AS features, 1 AS prediction
    """)
    rows = [{name: row[name] for name in ("feature.age", "feature.income")} for row in await found.rows()]
    assert rows == [{"feature.age": 30.0, "feature.income": None}, {"feature.age": None, "feature.income": 9.0}]


async def test_names_with_a_common_prefix_lose_it(open_log: OpenLog) -> None:
    found = await open_log("""
        SELECT 1 AS ts, 30 AS "features.age", 'x' AS "features.model", 5 AS other, 1 AS prediction
    """)
    assert [feature.name for feature in found.log.features] == ["age", "model"]
    assert found.log.skipped == {"other": "the features are called features.…"}


async def test_broken_json_and_other_kinds_are_null(open_log: OpenLog) -> None:
    found = await open_log("""
        SELECT unnest([1, 2, 3, 4]) AS ts, 1 AS prediction,
        unnest(['{"age": 1}', '{broken', '{"age": "x"}', '{"age": 4.5}']) AS request
    """)
    assert [row["feature.age"] for row in await found.rows()] == [1.0, None, None, 4.5]


async def test_keys_that_differ_in_case_only_are_two_features(open_log: OpenLog) -> None:
    found = await open_log("""SELECT 1 AS ts, '{"age": 1, "AGE": 2}' AS request, 1 AS prediction""")
    (row,) = await found.rows()
    assert {feature.name: row[feature.column] for feature in found.log.features} == {"age": 1.0, "AGE": 2.0}


async def test_fields_can_be_named_in_the_configuration(open_log: OpenLog) -> None:
    columns = ColumnSettings(model="body.who", features=("body.x.*",), prediction="body.y")
    found = await open_log(
        "SELECT 1 AS ts, {'who': 'ads', 'x': {'a': 1, 'b': 2}, 'y': 3} AS body, 'no' AS prediction", columns=columns
    )
    (row,) = await found.rows()
    assert (row["model"], row["prediction"]) == ("ads", 3)
    assert [(feature.name, row[feature.column]) for feature in found.log.features] == [("x.a", 1), ("x.b", 2)]


@pytest.mark.parametrize(
    "time",
    [
        "1767225600 + 900 * i",
        "1767225600000 + 900000 * i",
        "TIMESTAMP '2026-01-01 00:00:00' + INTERVAL (15 * i) MINUTE",
        "TIMESTAMPTZ '2026-01-01 00:00:00Z' + INTERVAL (15 * i) MINUTE",
        "DATE '2026-01-01' + (i // 50)::INTEGER",
    ],
)
async def test_the_newest_documents_tell_the_fields(open_log: OpenLog, time: str) -> None:
    query = """
        SELECT {time} AS ts, 1 AS prediction, CASE WHEN i < 24000 THEN '{"old": 1}' ELSE '{"new": 1}' END AS request
        FROM range(24100) t(i)
    """
    found = await open_log(query.replace("{time}", time))
    assert [feature.name for feature in found.log.features] == ["new"]


async def test_a_clock_that_is_ahead_hides_no_fields(open_log: OpenLog) -> None:
    found = await open_log("""
        SELECT 1767225600 + i * (CASE WHEN i = 99 THEN 86400 ELSE 1 END) AS ts, 1 AS prediction,
        CASE WHEN i = 99 THEN '{}' ELSE '{"age": 1}' END AS request FROM range(100) t(i)
    """)
    assert [feature.name for feature in found.log.features] == ["age"]


@pytest.mark.parametrize("text", ["yes", "0.87", '"quoted"'])
async def test_an_answer_that_is_a_word_is_the_prediction(open_log: OpenLog, text: str) -> None:
    found = await open_log(f"SELECT 1 AS ts, 2 AS age, '{text}' AS prediction")
    assert (await found.rows())[0]["prediction"] == text
