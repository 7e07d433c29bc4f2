from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from console.simulation.predictions import FRAUD, LOGGED_MODELS, LogSpec, LogWriter, NullSpike, Task
from console.simulation.predictions.write import DAY
from tests.simulation.predictions.logs import HOUR, MONDAY, Log, log

EVERYTHING = "SELECT * FROM predictions ORDER BY request_id"


@pytest.mark.parametrize("spec", LOGGED_MODELS, ids=lambda spec: spec.model)
def test_the_columns_are_those_of_the_convention(tmp_path: Path, spec: LogSpec) -> None:
    types = dict(
        log(tmp_path, spec, hours=2, rows_per_hour=50).rows(
            "SELECT column_name, column_type FROM (DESCRIBE predictions)"
        )
    )
    features = [feature.name for feature in spec.features]
    assert list(types)[:4] == ["timestamp", "model", "version", "request_id"]
    assert list(types)[4 : 4 + len(features)] == features
    assert types["timestamp"] == "TIMESTAMP WITH TIME ZONE"
    assert types["prediction"] == {"binary": "BIGINT", "multiclass": "VARCHAR", "regression": "DOUBLE"}[spec.task]
    scores = [name for name in types if name.startswith("score")]
    assert (
        scores
        == {Task.BINARY: ["score"], Task.MULTICLASS: [f"score_{name}" for name in spec.classes], Task.REGRESSION: []}[
            spec.task
        ]
    )
    assert list(types)[-2:] == ["latency", "error"]


def test_equal_arguments_write_equal_rows_and_another_seed_others(tmp_path: Path) -> None:
    first, second = (log(tmp_path / name, FRAUD, hours=2).rows(EVERYTHING) for name in ("first", "second"))
    assert first == second
    assert first != log(tmp_path / "third", FRAUD, hours=2, seed=2).rows(EVERYTHING)


def test_a_window_holds_the_rows_that_a_longer_one_holds_there(tmp_path: Path) -> None:
    whole = log(tmp_path / "whole", FRAUD, hours=8)
    middle = log(tmp_path / "middle", FRAUD, start=MONDAY + 1.5 * HOUR, hours=3)
    cut = {"start": MONDAY + 1.5 * HOUR, "end": MONDAY + 4.5 * HOUR}
    within = (
        "SELECT * FROM predictions WHERE epoch(timestamp) >= $start AND epoch(timestamp) < $end ORDER BY request_id"
    )
    assert middle.rows(EVERYTHING) == whole.rows(within, cut)


def test_a_fault_leaves_the_rows_before_it_and_the_columns_beside_it(tmp_path: Path) -> None:
    onset = MONDAY + 2 * HOUR
    well, broken = (
        log(tmp_path / "well", FRAUD, hours=4),
        log(tmp_path / "broken", FRAUD.with_faults(NullSpike("age", onset)), hours=4),
    )
    beside = "SELECT * EXCLUDE (age, prediction, score) FROM predictions ORDER BY request_id"
    assert broken.rows(beside) == well.rows(beside)
    before = "SELECT * FROM predictions WHERE epoch(timestamp) < $onset ORDER BY request_id"
    assert broken.rows(before, {"onset": onset}) == well.rows(before, {"onset": onset})


def test_steps_append_files_that_together_hold_what_one_step_writes(tmp_path: Path) -> None:
    whole = log(tmp_path / "whole", FRAUD, hours=10, rows_per_hour=300)
    writer = LogWriter(tmp_path / "steps", FRAUD, seed=1, start=MONDAY, rows_per_hour=300)
    seen: dict[Path, bytes] = {}
    written = None
    for hours in (3.0, 3.01, 3.5, 7.25, 10.0):
        written = writer.advance(MONDAY + hours * HOUR)
        files = {file: file.read_bytes() for file in (tmp_path / "steps").rglob("*.parquet")}
        assert seen.items() <= files.items(), "a file is never written again"
        seen = files
    assert written is not None
    steps = Log(written)
    assert steps.rows(EVERYTHING) == whole.rows(EVERYTHING)
    labels = "SELECT * FROM labels ORDER BY ALL"
    assert steps.rows(labels) == whole.rows(labels)
    assert (written.rows, written.labelled) == (whole.written.rows, whole.written.labelled)
    assert not list((tmp_path / "steps").glob("*.part"))


def test_labels_come_late_partly_and_are_corrected(tmp_path: Path) -> None:
    written = log(tmp_path, FRAUD, hours=48, rows_per_hour=500)
    end = MONDAY + 48 * HOUR
    assert written.one("SELECT max(epoch(label_time)) FROM labels") < end
    delay = written.one(
        "SELECT median(epoch(label_time) - epoch(timestamp)) FROM predictions JOIN labels USING (request_id)"
        " WHERE epoch(timestamp) < $early",
        {"early": MONDAY + DAY},
    )
    assert delay == pytest.approx(6 * HOUR, rel=0.05)
    coverage = (
        "SELECT avg((request_id IN (SELECT request_id FROM labels))::int) FROM predictions"
        " WHERE epoch(timestamp) >= $start AND epoch(timestamp) < $end"
    )
    assert written.one(coverage, {"start": MONDAY, "end": MONDAY + 12 * HOUR}) == pytest.approx(0.85, abs=0.02)
    assert written.one(coverage, {"start": end - HOUR, "end": end}) < 0.1
    corrected = written.one(
        "SELECT count(*) FROM (SELECT request_id FROM labels GROUP BY 1 HAVING count(DISTINCT label) > 1)"
    )
    assert corrected > 0


def test_scores_are_calibrated_while_all_is_well(tmp_path: Path) -> None:
    well = log(tmp_path, msgspec.structs.replace(FRAUD, corrections=0.0, label_delay=60.0), hours=48)
    bins = well.rows(
        "SELECT avg(score), avg(label), count(*) FROM predictions JOIN labels USING (request_id)"
        " GROUP BY floor(score * 10) ORDER BY 1"
    )
    assert len(bins) == 10
    for score, label, count in bins:
        assert label == pytest.approx(score, abs=4.0 * (score * (1.0 - score) / count) ** 0.5 + 0.01)


def test_nights_and_weekends_are_quieter_and_the_week_has_the_mean_that_was_asked_for(tmp_path: Path) -> None:
    week = log(tmp_path, FRAUD, hours=7 * 24, rows_per_hour=100)
    assert week.written.rows == pytest.approx(7 * 24 * 100, rel=0.02)
    by_hour = dict(week.rows("SELECT hour(timestamp), count(*) FROM predictions GROUP BY 1"))
    assert by_hour[2] < 0.6 * by_hour[14]
    by_day = dict(week.rows("SELECT isodow(timestamp), count(*) FROM predictions GROUP BY 1"))
    assert by_day[7] / by_day[3] == pytest.approx(0.7, abs=0.05)


def test_a_failed_request_has_no_answer(tmp_path: Path) -> None:
    written = log(tmp_path, FRAUD)
    assert written.one("SELECT count(*) FROM predictions WHERE error") > 0
    assert written.one("SELECT count(*) FROM predictions WHERE error <> (prediction IS NULL)") == 0
    assert written.one("SELECT count(*) FROM labels SEMI JOIN (FROM predictions WHERE error) USING (request_id)") == 0


def test_a_file_is_named_by_the_time_at_which_it_begins(tmp_path: Path) -> None:
    log(tmp_path, FRAUD, hours=30, rows_per_hour=20)
    names = sorted(file.name for file in (tmp_path / "predictions").iterdir())
    days = [datetime.fromtimestamp(MONDAY + day * DAY, UTC) for day in (0, 1)]
    assert names == [f"fraud-{day:%Y%m%dT%H%M%S.%fZ}.parquet" for day in days]
