"""Models that only a log of predictions knows are explained by what it tells: how each version served."""

from pathlib import Path

import duckdb
import pytest

from console.domain.anomaly import AnomalyKind, CauseKind
from console.engine.refresh import Refresher
from console.settings.predictions import PredictionStore, StoreAddress
from console.settings.settings import Settings

NOW = 1_780_272_000.0
SINCE = 900.0


def write_rows(directory: Path, *, old_goes_on: bool, failing: str, unnamed: bool = False) -> PredictionStore:
    """Write ten rows a second: v1 for over an hour, then v2 for a quarter; meanwhile a tenth of `failing` fails."""
    second, begin = 10, int(NOW - SINCE) * 10
    with duckdb.connect() as connection:
        connection.execute(
            """CREATE TABLE rows AS
            SELECT to_timestamp(i / $second) AS timestamp, 'fraud' AS model, 0.05 AS latency, version,
                i >= $begin AND coalesce(version, '') LIKE $failing AND i % 7 = 0 AND i % 3 < 2 AS error
            FROM (
                SELECT i, CASE WHEN $unnamed THEN NULL WHEN i < $begin OR ($old_goes_on AND i % 2 = 0)
                    THEN 'v1' ELSE 'v2' END AS version
                FROM range($begin - 3600 * $second, $end) _(i)
            )""",
            {
                "second": second,
                "unnamed": unnamed,
                "begin": begin,
                "end": int(NOW) * second,
                "old_goes_on": old_goes_on,
                "failing": failing,
            },
        )
        connection.execute(f"COPY rows TO '{directory}/rows.parquet'")
    return PredictionStore(StoreAddress(f"duckdb://{directory}/*.parquet"))


@pytest.mark.parametrize("old_goes_on", [True, False], ids=["beside the old version", "in its place"])
async def test_a_release_is_named_by_the_log_alone(tmp_path: Path, old_goes_on: bool) -> None:
    settings = Settings(predictions=(write_rows(tmp_path, old_goes_on=old_goes_on, failing="v2"),), cache=False)
    async with Refresher(settings, environment={}, clock=lambda: NOW) as refresher:
        (fraud,) = (await refresher.take(NOW)).models
    errors = next(anomaly for anomaly in fraud.anomalies if anomaly.kind is AnomalyKind.ERRORS)
    assert errors.causes[0].kind is CauseKind.NEW_VERSION
    assert errors.causes[0].detail.endswith("against 0.0 % on v1 at the same time")
    assert fraud.playbooks[0].id == "roll-back-version"
    assert fraud.not_read == ("replicas, the cluster and limits: the log of predictions does not tell them",)


async def test_a_version_that_fails_no_more_than_the_one_beside_it_is_not_blamed(tmp_path: Path) -> None:
    settings = Settings(predictions=(write_rows(tmp_path, old_goes_on=True, failing="%"),), cache=False)
    async with Refresher(settings, environment={}, clock=lambda: NOW) as refresher:
        (fraud,) = (await refresher.take(NOW)).models
    errors = next(anomaly for anomaly in fraud.anomalies if anomaly.kind is AnomalyKind.ERRORS)
    assert errors.causes[0].kind is CauseKind.UNKNOWN
    assert any("not new version" in fact for fact in errors.causes[0].evidence)


async def test_versions_that_nobody_logs_rule_nothing_out(tmp_path: Path) -> None:
    store = write_rows(tmp_path, old_goes_on=False, failing="%", unnamed=True)
    async with Refresher(Settings(predictions=(store,), cache=False), environment={}, clock=lambda: NOW) as refresher:
        (fraud,) = (await refresher.take(NOW)).models
    errors = next(anomaly for anomaly in fraud.anomalies if anomaly.kind is AnomalyKind.ERRORS)
    assert errors.causes[0].kind is CauseKind.UNKNOWN
    assert not any("not new version" in fact for fact in errors.causes[0].evidence)
    assert fraud.not_read == ("versions, replicas, the cluster and limits: the log of predictions does not tell them",)
