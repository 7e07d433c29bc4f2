"""A refresh that reads a real store: files of Parquet that DuckDB reads."""

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pyarrow.parquet
import pytest

from console.domain.anomaly import AnomalyKind, Status
from console.domain.series import Grid
from console.domain.signal import State
from console.domain.snapshot import ModelView, Snapshot
from console.engine.refresh import Refresher
from console.headless.summary.words import reasons
from console.settings.predictions import PredictionStore, StoreAddress
from console.settings.settings import ServerSettings, Settings
from console.simulation.predictions import ETA, FRAUD, LogSpec, NullSpike, write_log

DAY, HOUR = 86_400.0, 3600.0
START = 1_780_272_000.0
"""Midnight (UTC) of a Monday."""
END = START + 4 * DAY
ONSET = END - 1.5 * HOUR

Fleet = Callable[[float], "Sequence[ModelView]"]


def settings_for(directory: Path) -> Settings:
    address = StoreAddress(f"duckdb://{directory}/predictions/*.parquet")
    return Settings(predictions=(PredictionStore(address),), cache=False)


def write(directory: Path, *specs: LogSpec) -> None:
    for number, spec in enumerate(specs):
        write_log(directory, spec, seed=number, start=START, end=END, rows_per_hour=300)


async def refreshed(settings: Settings, at: float | None = None) -> Snapshot:
    async with Refresher(settings, environment={}, clock=lambda: END) as refresher:
        return await refresher.take(at)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("log")
    write(directory, FRAUD.with_faults(NullSpike("age", begins=ONSET)), ETA)
    return directory


async def test_a_log_alone_names_the_broken_column_and_its_playbook(broken: Path) -> None:
    snapshot = await refreshed(settings_for(broken))
    fraud, eta = snapshot.models
    assert [source.status for source in snapshot.sources] == [Status.OK]
    assert (fraud.model.id, fraud.status) == ("fraud", Status.CRITICAL)
    assert [(each.kind, each.summary) for each in fraud.anomalies[1:]] == []
    anomaly = fraud.anomalies[0]
    assert anomaly.kind is AnomalyKind.DATA_QUALITY
    assert anomaly.summary.startswith("`age` null in ")
    assert ONSET - HOUR <= anomaly.onset <= ONSET
    assert [offer.id for offer in anomaly.playbooks] == ["upstream-data-broken"]
    assert (eta.model.id, eta.anomalies) == ("eta", ())
    assert fraud.readings["data_quality"].feature == "age"
    why = " ".join(reasons(fraud))
    assert why.count("no version changed when it began") == 1


async def test_a_single_reading_waits_for_the_whole_past(broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.history.predictions.reader.PATIENCE", 0.0)  # that of a screen, on a slow machine
    (anomaly,) = (await refreshed(settings_for(broken))).models[0].anomalies
    assert ONSET - HOUR <= anomaly.onset <= ONSET


async def test_the_past_is_judged_by_what_was_known_then(broken: Path) -> None:
    before = await refreshed(settings_for(broken), ONSET - 60.0)
    assert [view.anomalies for view in before.models] == [(), ()]
    now = await refreshed(settings_for(broken))
    again = await refreshed(settings_for(broken), END)
    assert [view.anomalies for view in again.models] == [view.anomalies for view in now.models]


async def test_a_log_is_enough_while_prometheus_is_down(broken: Path) -> None:
    settings = msgspec.structs.replace(
        settings_for(broken), prometheus=ServerSettings("prometheus", ("http://127.0.0.1:1",))
    )
    async with Refresher(settings, environment={}, clock=lambda: END) as refresher:
        snapshot = await refresher.take(None)
        fraud = snapshot.models[0]
        lines, why_not = await refresher.read_model(fraud.model, Grid.until(END, HOUR, 60.0))
    reports = {source.name: source.status for source in snapshot.sources}
    assert reports == {"prometheus": Status.UNKNOWN, "predictions": Status.OK}
    assert (fraud.status, fraud.readings["traffic"].state) == (Status.CRITICAL, State.OK)
    assert why_not is None
    assert {"traffic", "latency_p99", "feature_drift"} <= set(lines)


async def test_rows_of_a_clock_that_is_ahead_are_told_and_not_counted(tmp_path: Path) -> None:
    write(tmp_path, ETA)
    write_log(tmp_path, FRAUD, seed=7, start=START, end=END + 2 * HOUR, rows_per_hour=300)
    now = await refreshed(settings_for(tmp_path))
    (source,) = now.sources
    told = re.fullmatch(
        r"(\d+) rows of fraud are dated up to 1 h 59 min ahead: a clock is wrong; they are not counted",
        source.detail or "",
    )
    assert told is not None
    assert int(told[1]) > 100
    assert source.status is Status.OK
    past = await refreshed(settings_for(tmp_path), END - HOUR)
    assert past.sources[0].detail is None
    drifts = [view.readings["feature_drift"] for view in now.models if view.model.id == "fraud"]
    assert [drift.state for drift in drifts] == [State.OK]


async def test_files_that_are_taken_away_leave_the_last_word_as_such(tmp_path: Path) -> None:
    write(tmp_path, FRAUD.with_faults(NullSpike("age", begins=ONSET)))
    clock = [END]
    async with Refresher(settings_for(tmp_path), environment={}, clock=lambda: clock[0]) as refresher:
        before = await refresher.take(None)
        shutil.rmtree(tmp_path / "predictions")
        clock[0] += 61.0
        after = await refresher.take(None)
    (fraud,) = after.models
    assert [source.status for source in after.sources] == [Status.UNKNOWN]
    (known,) = before.models[0].anomalies
    assert fraud.anomalies == (msgspec.structs.replace(known, last_seen=fraud.anomalies[0].last_seen),)
    assert fraud.anomalies[0].last_seen is not None
    assert fraud.readings["data_quality"].state is State.SOURCE_DOWN
    assert fraud.status is Status.CRITICAL


@pytest.mark.parametrize(
    ("silent", "is_told"),
    [
        pytest.param(150.0, False, id="two rows did not come, which happens"),
        pytest.param(25 * 60.0, True, id="twenty-five rows did not come"),
    ],
)
async def test_a_log_of_rare_rows_has_ended_when_chance_explains_its_silence_no_more(
    tmp_path: Path, silent: float, is_told: bool
) -> None:
    rows = pyarrow.table(
        {
            "timestamp": pyarrow.array(range(int(END - 2 * DAY), int(END - silent), 60), pyarrow.int64()).cast(
                pyarrow.timestamp("s", "UTC")
            )
        }
    )
    for name, value in {"model": "rare", "version": "v1", "age": 1.0, "prediction": 0.5}.items():
        rows = rows.append_column(name, [[value] * rows.num_rows])
    pyarrow.parquet.write_table(rows, tmp_path / "rows.parquet")
    store = PredictionStore(StoreAddress(f"duckdb://{tmp_path}/*.parquet"), lateness=60.0)
    (rare,) = (await refreshed(Settings(predictions=(store,), cache=False))).models
    told = [anomaly.summary for anomaly in rare.anomalies if anomaly.kind is AnomalyKind.MISSING_DATA]
    assert bool(told) is is_told
    assert rare.readings["traffic"].state is (State.STALE if is_told else State.OK)
