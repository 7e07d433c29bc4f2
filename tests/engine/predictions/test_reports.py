from pathlib import Path

from console.domain.anomaly import Status
from console.domain.signal import State
from console.domain.snapshot import Snapshot
from console.engine.refresh import Refresher
from console.settings.evidently import EvidentlyFolder
from console.settings.settings import Settings
from tests.sources.evidently.test_parse import MORNING
from tests.sources.evidently.test_reader import place


async def fleet(folder: Path) -> Snapshot:
    settings = Settings(evidently=(EvidentlyFolder(str(folder)),), cache=False)
    async with Refresher(settings, environment={}, clock=lambda: MORNING + 60.0) as refresher:
        return await refresher.take(None)


async def test_a_model_that_only_evidently_knows_has_a_row_that_says_what_drifted(tmp_path: Path) -> None:
    place(tmp_path, "any.json")
    snapshot = await fleet(tmp_path)
    (fraud,) = snapshot.models
    assert (fraud.model.id, fraud.status) == ("fraud", Status.WARNING)
    summaries = [anomaly.summary for anomaly in fraud.anomalies]
    assert summaries == ["`amount` is broken: 33 %", "`age` drifted: 0.75, limit 0.10"]
    assert {anomaly.onset for anomaly in fraud.anomalies} == {MORNING}
    assert fraud.readings["feature_drift"].feature == "age"


async def test_a_folder_that_cannot_be_read_is_one_banner(tmp_path: Path) -> None:
    snapshot = await fleet(tmp_path / "missing")
    (report,) = snapshot.sources
    assert (report.name, report.status) == ("evidently", Status.UNKNOWN)
    assert "missing" in str(report.detail)
    assert snapshot.status is Status.UNKNOWN


async def test_old_reports_are_no_health(tmp_path: Path) -> None:
    place(tmp_path, "any.json")
    settings = Settings(evidently=(EvidentlyFolder(str(tmp_path)),), cache=False)
    async with Refresher(settings, environment={}, clock=lambda: MORNING + 7 * 86_400.0) as refresher:
        (fraud,) = (await refresher.take(None)).models
    assert {reading.state for reading in fraud.readings.values()} == {State.STALE}
    assert (fraud.status, fraud.anomalies) == (Status.UNKNOWN, ())
