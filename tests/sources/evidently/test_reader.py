import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from console.domain.anomaly import Status
from console.domain.signal import Direction, Reading, State
from console.settings.evidently import EvidentlyFolder, ReportRule
from console.sources.evidently.folder import LARGEST_FILE, FolderReader, FolderUnreadable
from console.sources.evidently.reader import EvidentlyReader, read_evidently
from console.sources.evidently.readings import ModelReport
from tests.sources.evidently.test_parse import MORNING, REPORTS

DAY = 86_400.0
SNAPSHOT = REPORTS / "0.7.23-distances.snapshot.json"


def place(folder: Path, name: str, source: Path = SNAPSHOT, *, at: float = MORNING, **changes: Any) -> Path:
    """Put a report into a folder, as it was written at some time, with other values in some of its keys."""
    document = json.loads(source.read_bytes()) | changes
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document))
    os.utime(file, (at, at))
    return file


async def only(folder: EvidentlyFolder, at: float = MORNING + 60) -> ModelReport:
    answer = await read_evidently([folder], at)
    assert [source.status for source in answer.sources] == [Status.OK]
    (report,) = answer.models
    return report


def by_signal(report: ModelReport) -> dict[str, Reading]:
    return {reading.signal.name: reading for reading in report.readings}


async def test_a_report_becomes_readings_that_name_the_worst_column(tmp_path: Path) -> None:
    place(tmp_path, "any.json")
    report = await only(EvidentlyFolder(str(tmp_path)))
    assert (report.model, report.at) == ("fraud", MORNING)
    readings = by_signal(report)
    drift = readings["feature_drift"]
    assert (drift.state, drift.feature, drift.limit) == (State.OK, "age", 0.1)
    assert drift.value == pytest.approx(0.751967)
    assert drift.detail == (
        "age: Wasserstein distance (normed) 0.752, threshold 0.1; 2 columns, 40% of all, drifted;"
        " Evidently, 2026-11-25T03:00:00Z, any.json"
    )
    assert (drift.signal.unit, drift.signal.bad) == ("1", Direction.HIGH)
    assert readings["prediction_drift"].value == pytest.approx(0.0554414)
    broken = readings["data_quality"]
    assert broken.feature == "amount"
    assert broken.value == pytest.approx(0.333)
    assert broken.detail == "amount: 33.3% missing; Evidently, 2026-11-25T03:00:00Z, any.json"
    assert report.since == {"feature_drift": MORNING, "data_quality": MORNING}


async def test_a_p_value_is_bad_when_it_is_low_and_psi_has_its_unit(tmp_path: Path) -> None:
    place(tmp_path, "fraud.json", REPORTS / "0.7.23-p-values.json")
    drift = by_signal(await only(EvidentlyFolder(str(tmp_path))))["feature_drift"]
    assert (drift.feature, drift.signal.bad) == ("country", Direction.LOW)
    place(tmp_path, "fraud.json", REPORTS / "0.4.40-distances.json")
    drift = by_signal(await only(EvidentlyFolder(str(tmp_path))))["feature_drift"]
    assert (drift.feature, drift.signal.unit) == ("age", "psi")
    assert drift.value == pytest.approx(0.582268)


async def test_the_model_is_named_by_rule_then_by_the_file_then_by_its_place(tmp_path: Path) -> None:
    place(tmp_path, "nightly/a.json")
    place(tmp_path, "churn/2026-11-25.json", metadata={}, tags=[])
    place(tmp_path, "eta-2026-11-25T03:00.json", metadata={}, tags=[])
    place(tmp_path, "ads.json", metadata={}, tags=[])
    rules = (ReportRule("nightly/*", "ranker"), ReportRule("*", "nobody"))
    assert (await only(EvidentlyFolder(str(tmp_path / "nightly"), models=rules[1:]))).model == "nobody"
    answer = await read_evidently([EvidentlyFolder(str(tmp_path), models=rules[:1])], MORNING + 60)
    assert [report.model for report in answer.models] == ["ads", "churn", "eta", "ranker"]


async def test_a_report_without_a_time_has_that_of_its_name_else_of_its_file(tmp_path: Path) -> None:
    report = REPORTS / "0.7.23-distances.json"
    place(tmp_path / "a", "fraud-20261125T031500Z.json", report, at=MORNING + DAY)
    assert (await only(EvidentlyFolder(str(tmp_path / "a")), MORNING + 2000)).at == MORNING + 900
    place(tmp_path / "b", "fraud.json", report, at=MORNING + 1000)
    assert (await only(EvidentlyFolder(str(tmp_path / "b")), MORNING + 2000)).at == MORNING + 1000


async def test_a_time_that_is_later_than_the_file_is_that_of_another_zone(tmp_path: Path) -> None:
    place(tmp_path, "fraud.json", at=MORNING - 2 * 3600)
    assert (await only(EvidentlyFolder(str(tmp_path)))).at == MORNING - 2 * 3600


async def test_the_newest_report_before_the_instant_counts_and_tells_since_when(tmp_path: Path) -> None:
    well = json.loads(SNAPSHOT.read_bytes())
    for result in well["metric_results"].values():
        for test in result["tests"]:
            test["status"] = "SUCCESS"
    times = [f"2026-11-{day}T03:00:00" for day in (22, 23, 24, 25)]
    place(tmp_path, "22.json", timestamp=times[0])
    place(tmp_path, "23.json", timestamp=times[1], metric_results=well["metric_results"])
    place(tmp_path, "24.json", timestamp=times[2])
    place(tmp_path, "25.json", timestamp=times[3])
    folder = EvidentlyFolder(str(tmp_path))
    assert (await only(folder)).since == {"feature_drift": MORNING - DAY, "data_quality": MORNING - DAY}
    earlier = await only(folder, MORNING - 1.5 * DAY)
    assert (earlier.at, earlier.since) == (MORNING - 2 * DAY, {})
    assert by_signal(earlier)["data_quality"].value == 0.0
    assert (await read_evidently([folder], MORNING - 4 * DAY)).models == ()


async def test_an_old_report_is_stale_and_says_nothing_of_now(tmp_path: Path) -> None:
    place(tmp_path, "fraud.json")
    report = await only(EvidentlyFolder(str(tmp_path), stale=DAY), MORNING + 1.5 * DAY)
    assert {reading.state for reading in report.readings} == {State.STALE}
    assert report.since == {}
    drift = by_signal(report)["feature_drift"]
    assert (drift.seen, drift.detail) == (MORNING, "the newest report is 1 d 12 h old: fraud.json")


async def test_the_newest_of_several_folders_counts(tmp_path: Path) -> None:
    place(tmp_path / "a", "fraud.json")
    place(tmp_path / "b", "fraud.json", timestamp="2026-11-25T02:00:00")
    folders = [EvidentlyFolder(str(tmp_path / name), name=name) for name in ("b", "a")]
    answer = await read_evidently(folders, MORNING + 60)
    assert [report.at for report in answer.models] == [MORNING]
    assert [source.name for source in answer.sources] == ["b", "a"]


async def test_bad_files_cost_a_line_each_and_no_other_file(tmp_path: Path) -> None:
    place(tmp_path, "fraud.json")
    (tmp_path / "broken.json").write_text('{"metrics": [')
    (tmp_path / "notes.txt").write_text("no report")
    (tmp_path / "gone.json").symlink_to(tmp_path / "nothing.json")
    os.mkfifo(tmp_path / "pipe.json")
    with (tmp_path / "huge.json").open("wb") as huge:
        huge.truncate(LARGEST_FILE + 1)
    (tmp_path / "loop").symlink_to(tmp_path)
    answer = await read_evidently([EvidentlyFolder(str(tmp_path))], MORNING + 60)
    assert [report.model for report in answer.models] == ["fraud"]
    (source,) = answer.sources
    assert source.status is Status.OK
    assert source.detail is not None
    assert source.detail.endswith("; and 1 more")
    assert source.detail.startswith(("broken.json: no JSON", "huge.json: 67 MB, more than the 67 MB"))


async def test_names_that_could_steer_a_terminal_do_not_reach_it(tmp_path: Path) -> None:
    document = json.loads((REPORTS / "0.7.23-distances.json").read_bytes())
    for metric in document["metrics"]:
        if metric["config"].get("column") == "age":
            metric["config"] |= {"column": "\x1b[31mage", "method": "\u202eW"}
    place(tmp_path, "\x1b[2Jfraud.json", REPORTS / "0.7.23-distances.json", **document)
    drift = by_signal(await only(EvidentlyFolder(str(tmp_path))))["feature_drift"]
    assert drift.feature == "\x1b[31mage"
    assert drift.detail is not None
    assert drift.detail.isprintable()


@pytest.mark.parametrize("name", ["nothing", "file"])
async def test_a_folder_that_cannot_be_read_is_a_source_that_is_down(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    answer = await read_evidently([EvidentlyFolder(str(tmp_path / name))], MORNING)
    (source,) = answer.sources
    assert source.status is Status.UNKNOWN
    assert source.detail is not None
    assert source.detail.startswith(str(tmp_path / name))
    assert answer.models == ()


async def test_a_folder_that_hangs_keeps_one_thread_and_never_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(tmp_path, "fraud.json")
    awake, before, scandir = threading.Event(), set(threading.enumerate()), os.scandir

    def hanging(folder: Path) -> "os._ScandirIterator[str]":
        awake.wait()
        return scandir(folder)

    reader = FolderReader(EvidentlyFolder(str(tmp_path), timeout=0.05))
    monkeypatch.setattr(os, "scandir", hanging)
    for _ in range(3):
        with pytest.raises(FolderUnreadable, match=r"reading takes more than 0\.05 s"):
            await reader.read()
    (left,) = set(threading.enumerate()) - before
    assert left.daemon
    awake.set()
    left.join()
    reader.settings = EvidentlyFolder(str(tmp_path))
    assert [report.model for report in (await reader.read()).reports] == ["fraud"]


async def test_a_file_that_did_not_change_is_read_once(tmp_path: Path) -> None:
    file = place(tmp_path, "fraud.json")
    reader = EvidentlyReader([EvidentlyFolder(str(tmp_path))])
    first = await reader.read(MORNING + 60)
    status = file.stat()
    file.write_bytes(b" " * status.st_size)
    os.utime(file, (MORNING, MORNING))
    assert (await reader.read(MORNING + 60)).models == first.models
    os.utime(file, (MORNING + 1, MORNING + 1))
    assert (await reader.read(MORNING + 60)).models == ()
