from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from console.simulation.predictions import (
    ETA,
    FRAUD,
    RANKER,
    ConceptDrift,
    Constant,
    Dropped,
    LogSpec,
    MissingRows,
    NewEncoding,
    NewVersion,
    NullSpike,
    PopulationShift,
    Retyped,
    UnitChange,
    write_log,
)
from tests.simulation.predictions.logs import HOUR, MONDAY, Log, log

ONSET = MONDAY + 6 * HOUR
AGREEMENT = (
    "SELECT epoch(timestamp) >= $onset, avg((label = prediction)::int) FROM predictions JOIN labels USING (request_id)"
    " GROUP BY 1 ORDER BY 1"
)


def test_a_null_spike_takes_its_share_from_its_onset_on(tmp_path: Path) -> None:
    before, after = log(tmp_path, FRAUD.with_faults(NullSpike("age", ONSET, share=0.6))).split(
        "avg((age IS NULL)::int)", ONSET
    )
    assert before == pytest.approx(0.01, abs=0.005)
    assert after == pytest.approx(0.6, abs=0.02)


def test_a_change_of_units_multiplies_every_quantile_by_one_factor(tmp_path: Path) -> None:
    broken = log(tmp_path, FRAUD.with_faults(UnitChange("distance_km", ONSET, factor=1000.0)))
    for quantile in (0.1, 0.5, 0.9):
        before, after = broken.split(f"quantile_cont(distance_km, {quantile})", ONSET)
        assert after / before == pytest.approx(1000.0, rel=0.15)


def test_a_new_encoding_leaves_no_known_category(tmp_path: Path) -> None:
    broken = log(tmp_path, FRAUD.with_faults(NewEncoding("country", ONSET)))
    known, unknown = broken.split("count(*) FILTER (country SIMILAR TO '[A-Z]{2}') / count(*)", ONSET)
    assert (known, unknown) == (1.0, 0.0)
    assert broken.split("count(DISTINCT country)", ONSET) == (12.0, 12.0)


def test_a_constant_column_has_one_value(tmp_path: Path) -> None:
    broken = log(tmp_path, FRAUD.with_faults(Constant("amount", ONSET), Constant("device", ONSET)))
    assert broken.split("count(DISTINCT amount)", ONSET)[1] == 1
    assert broken.split("count(DISTINCT device)", ONSET) == (4, 1)


def test_rows_go_missing_and_the_others_stay(tmp_path: Path) -> None:
    well = log(tmp_path / "well", FRAUD)
    broken = log(tmp_path / "broken", FRAUD.with_faults(MissingRows(ONSET, share=0.7)))
    assert broken.split("count(*)", ONSET)[0] == well.split("count(*)", ONSET)[0]
    assert broken.split("count(*)", ONSET)[1] / well.split("count(*)", ONSET)[1] == pytest.approx(0.3, abs=0.02)
    ids = set(well.rows("SELECT request_id FROM predictions"))
    assert ids.issuperset(broken.rows("SELECT request_id FROM predictions"))


def test_a_population_shifts_at_once_or_slowly(tmp_path: Path) -> None:
    sharp = log(tmp_path / "sharp", FRAUD.with_faults(PopulationShift("age", ONSET, by=0.5)))
    before, after = sharp.split("avg(age)", ONSET)
    assert after - before == pytest.approx(0.5 * 13.0, abs=1.0)
    slow = log(tmp_path / "slow", FRAUD.with_faults(PopulationShift("age", ONSET, by=0.5, over=6 * HOUR)))
    means = [
        mean
        for (mean,) in slow.rows("SELECT avg(age) FROM predictions GROUP BY hour(timestamp) ORDER BY hour(timestamp)")
    ]
    assert means[5] < means[7] < means[9] < means[11]


def test_a_population_of_a_category_moves_to_its_last_value(tmp_path: Path) -> None:
    moved = log(tmp_path, FRAUD.with_faults(PopulationShift("country", ONSET, by=0.3)))
    before, after = moved.split("avg((country = 'SE')::int)", ONSET)
    assert after - before == pytest.approx(0.3, abs=0.03)


def test_a_shift_of_one_slice_leaves_the_others(tmp_path: Path) -> None:
    well = log(tmp_path / "well", FRAUD)
    moved = log(
        tmp_path / "moved", FRAUD.with_faults(PopulationShift("amount", ONSET, by=1.0, only=("region", "emea")))
    )
    in_slice, beside = "region = 'emea'", "region <> 'emea'"
    moves = moved.split("avg(ln(amount))", ONSET, in_slice)[1] - well.split("avg(ln(amount))", ONSET, in_slice)[1]
    assert moves == pytest.approx(1.1, abs=0.01)
    assert moved.split("sum(amount)", ONSET, beside) == pytest.approx(well.split("sum(amount)", ONSET, beside))


def test_a_new_version_answers_the_same_inputs_otherwise(tmp_path: Path) -> None:
    well = log(tmp_path / "well", FRAUD)
    drifted = log(tmp_path / "drifted", FRAUD.with_faults(NewVersion("v43", ONSET, share=0.5, bias=1.5)))
    inputs = "SELECT request_id, age, amount, country FROM predictions ORDER BY request_id"
    assert drifted.rows(inputs) == well.rows(inputs)
    assert drifted.split("avg((version = 'v43')::int)", ONSET)[1] == pytest.approx(0.5, abs=0.03)
    by_version = "SELECT avg(score) FROM predictions WHERE epoch(timestamp) >= $onset GROUP BY version ORDER BY version"
    ((old,), (new,)) = drifted.rows(by_version, {"onset": ONSET})
    assert new > 1.5 * old
    labels = "SELECT request_id, label FROM labels ORDER BY ALL"
    assert drifted.rows(labels) == well.rows(labels)


@pytest.mark.parametrize("spec", [FRAUD, RANKER], ids=["binary", "multiclass"])
def test_concept_drift_moves_labels_and_nothing_else(tmp_path: Path, spec: LogSpec) -> None:
    quick = msgspec.structs.replace(spec, label_delay=60.0)
    well = log(tmp_path / "well", quick)
    drifted = log(tmp_path / "drifted", quick.with_faults(ConceptDrift(ONSET, strength=0.9)))
    everything = "SELECT * FROM predictions ORDER BY request_id"
    assert drifted.rows(everything) == well.rows(everything)
    before, after = _agreement(drifted)
    assert before == pytest.approx(_agreement(well)[0], abs=0.001)
    assert after < before - 0.03
    prevalence = "SELECT label, count(*) FROM labels GROUP BY 1 ORDER BY 2 DESC"
    assert [label for label, _ in drifted.rows(prevalence)] == [label for label, _ in well.rows(prevalence)]


def test_concept_drift_doubles_the_error_of_a_regression(tmp_path: Path) -> None:
    error = (
        "SELECT epoch(timestamp) >= $onset, avg(abs(label - prediction)) FROM predictions"
        " JOIN labels USING (request_id) GROUP BY 1 ORDER BY 1"
    )
    drifted = log(tmp_path, ETA.with_faults(ConceptDrift(ONSET, strength=0.9)))
    (_, before), (_, after) = drifted.rows(error, {"onset": ONSET})
    assert after > 2.0 * before


def test_a_column_is_dropped_or_retyped_in_the_files_that_begin_later(tmp_path: Path) -> None:
    spec = FRAUD.with_faults(Dropped("age", ONSET), Retyped("balance", ONSET))
    written = write_log(
        tmp_path, spec, seed=1, start=MONDAY, end=MONDAY + 12 * HOUR, rows_per_hour=50, file_span=6 * HOUR
    )
    early, late = (pq.read_schema(file) for file in sorted((tmp_path / "predictions").iterdir()))
    assert "age" in early.names
    assert "age" not in late.names
    assert (early.field("balance").type, late.field("balance").type) == (pa.float64(), pa.string())
    assert written.rows > 0


def test_a_fault_of_what_the_model_does_not_have_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="fraud has no feature 'aeg': expected one of age, amount"):
        FRAUD.with_faults(NullSpike("aeg", ONSET))
    with pytest.raises(ValueError, match="no category 'region' with a value 'mars'"):
        FRAUD.with_faults(NullSpike("age", ONSET, only=("region", "mars")))


def _agreement(written: Log) -> tuple[float, float]:
    (_, before), (_, after) = written.rows(AGREEMENT, {"onset": ONSET})
    return before, after
