"""One model: charts, words and sizes."""

import msgspec
import pytest

from console.domain.command import StopWatching, StopWatchingCluster, WatchCluster, WatchModel
from console.domain.model import WorkloadFinding
from console.domain.snapshot import Snapshot
from console.tui.screens.model import ModelScreen
from tests.tui import scenes
from tests.tui.scripted_engine import Answers
from tests.tui.stage import layout_passes, on_stage

ANSWERS: Answers = {WatchModel: (scenes.detail(),)}


async def test_the_series_are_read_while_the_screen_is_open() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("enter", "escape")
        assert stage.engine.commands == [
            WatchCluster("fraud"),
            WatchModel("fraud", 3600.0, 0.0),
            StopWatchingCluster(),
            StopWatching(),
        ]


async def test_going_back_twice_at_once_closes_one_screen() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("enter")
        model = stage.app.screen
        assert isinstance(model, ModelScreen)
        stage.app.action_help()
        model.action_back()
        await stage.pilot.pause()
        assert stage.at == "HelpScreen"
        await stage.press("escape")
        assert stage.at == "ModelScreen"
        model.action_back()
        model.action_back()
        await stage.pilot.pause()
        assert stage.at == "FleetScreen"


async def test_it_tells_place_incident_changes_and_alerts() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("enter")
        for told in (
            "v42 90 % · v41 10 %",
            "deployment ml/fraud 3 of 3 ready on prod-eu",
            "critical since 03:08:15 UTC, 11 min",
            "1 roll-back-version",
            "03:07:35 ◆ v42             12 min ago",
            "ModelLatencyHigh  firing 8 min",
            "objective 0.50 s",
        ):
            assert told in stage.text


async def test_with_more_charts_than_rows_the_first_ones_are_seen_with_their_numbers() -> None:
    detail = scenes.detail()
    detail = msgspec.structs.replace(detail, panels=(*detail.panels, *detail.panels[2:]))
    async with on_stage(answers={WatchModel: (detail,)}, size=(40, 10)) as stage:
        await stage.press("enter")
        assert [row.split()[0] for row in stage.lines[3:7]] == ["latency", "errors", "traffic", "saturation"]
        assert "latency p99 2.40 s ▂" in stage.text
        await stage.press("z")
        assert "objective 0.50 s" in stage.text


async def test_it_says_why_no_workload_is_known() -> None:
    view = msgspec.structs.replace(scenes.fraud(), workload=WorkloadFinding(None, "two deployments own its pods"))
    async with on_stage(first=(Snapshot(scenes.AT, (scenes.PROMETHEUS,), (view,)),), answers=ANSWERS) as stage:
        await stage.press("enter")
        assert "no workload: two deployments own its pods" in stage.lines[2]


async def test_a_detail_of_another_model_is_not_painted() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("down", "enter")
        assert "fleet › eta" in stage.text
        assert "latency  p99 2.40 s" not in stage.text


async def test_a_refresh_lays_nothing_out_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("enter")
        passes = layout_passes(stage, monkeypatch)
        await stage.publish(scenes.fleet(sequence=1), msgspec.structs.replace(scenes.detail(), at=scenes.AT + 15))
        assert passes == []
        stage.app.screen.refresh(layout=True)
        await stage.pilot.pause()
        assert passes, "the counter counts"


async def test_every_size_and_back() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("enter")
        before = stage.text
        for size in ((40, 10), (1, 1), (80, 24), (7, 3), (120, 40)):
            await stage.resize(*size)
        assert stage.text == before
