"""The fleet under a person's hands while it is refreshed."""

import msgspec
import pytest

from console.domain.anomaly import Status
from console.domain.command import StartRun
from console.domain.snapshot import Snapshot
from console.domain.source import SourceReport
from console.tui.fleet_rows import Choice, fleet_rows
from tests.tui import scenes
from tests.tui.stage import layout_passes, on_stage


def resorted() -> Snapshot:
    """The fleet after eta became the worst and got company above it."""
    eta = msgspec.structs.replace(scenes.eta(), status=Status.CRITICAL)
    newcomer = msgspec.structs.replace(scenes.healthy("aaa"), status=Status.CRITICAL)
    views = (newcomer, eta, *(view for view in scenes.fleet().models if view.model.id != "eta"))
    return Snapshot(scenes.AT + 15, (scenes.PROMETHEUS,), views, sequence=1, read_only=False)


async def test_a_refresh_between_the_cursor_and_the_key_changes_no_target() -> None:
    async with on_stage() as stage:
        await stage.press("down")
        await stage.publish(resorted())
        await stage.press("1")
        assert stage.last() == StartRun("eta", "scale-out")


async def test_a_number_typed_right_after_the_cursor_means_the_new_model() -> None:
    async with on_stage() as stage:
        await stage.pilot.press("down", "1")
        await stage.pilot.pause()
        assert stage.last() == StartRun("eta", "scale-out")


async def test_a_model_that_vanished_offers_nothing() -> None:
    async with on_stage() as stage:
        gone = tuple(view for view in scenes.fleet().models if view.model.id != "fraud")
        await stage.publish(Snapshot(scenes.AT + 15, (scenes.PROMETHEUS,), gone))
        assert "no longer in the fleet" in stage.text
        await stage.press("1")
        assert stage.engine.commands == []


async def test_the_footer_shows_only_keys_that_work() -> None:
    async with on_stage() as stage:
        assert "1-9 playbook" in stage.lines[-1]
        await stage.press("end")
        assert "1-9 playbook" not in stage.lines[-1]
        assert "? help" in stage.lines[-1]


async def test_a_dead_source_is_told_before_all_else() -> None:
    dead = SourceReport("prometheus", Status.UNKNOWN, detail="connection refused")
    async with on_stage(first=(Snapshot(scenes.AT, (dead,), ()),)) as stage:
        assert "✖ prometheus does not answer: connection refused" in stage.lines[1]
        assert "no models: the source does not answer" in stage.text


async def test_the_replica_that_stands_in_is_named_beside_its_time() -> None:
    second = SourceReport("prometheus", Status.OK, 0.08, replica="prom-1:9090")
    async with on_stage(first=(Snapshot(scenes.AT, (second,), ()),)) as stage:
        assert "prometheus via prom-1:9090 ok 80 ms" in stage.lines[0]


async def test_what_is_old_says_so() -> None:
    async with on_stage(now=scenes.AT + 300) as stage:
        assert "5 min ago" in stage.lines[0]


async def test_the_past_says_so() -> None:
    async with on_stage(first=(scenes.fleet(live=False, read_only=True),), now=scenes.AT + 7200) as stage:
        assert "READ-ONLY" in stage.lines[0]
        assert "the past, 2026-11-22T03:20:14Z, 2 h ago" in stage.lines[0]


@pytest.mark.parametrize("wanted", ["critical", "FRAUD", "v42"])
def test_the_filter_looks_at_status_name_and_version(wanted: str) -> None:
    assert [row.id for row in fleet_rows(scenes.fleet(), Choice(wanted))] == ["fraud"]


async def test_a_refresh_lays_nothing_out_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    async with on_stage() as stage:
        passes = layout_passes(stage, monkeypatch)
        await stage.publish(resorted())
        assert "aaa" in stage.text
        assert passes == []
        stage.app.screen.refresh(layout=True)
        await stage.pilot.pause()
        assert passes, "the counter counts"


LEFT_OPEN = "earlier session: unknown: scale deployment ml/fraud to 6 replicas, sent 03:01:00 UTC by ann@bastion"


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 10)])
async def test_what_an_earlier_session_left_open_is_told_until_it_is_hidden(size: tuple[int, int]) -> None:
    async with on_stage(size=size) as stage:
        rows = stage.lines[2:5]
        await stage.publish(scenes.fleet(notices=(LEFT_OPEN,)))
        assert "▲ earlier session: unknown: scale" in stage.text
        assert [row[:-1] for row in stage.lines[2:5]] == [row[:-1] for row in rows], "none but the scroll bar changed"
        await stage.press("x")
        await stage.publish(scenes.fleet(notices=(LEFT_OPEN,), sequence=1))
        assert "unknown: scale" not in stage.text
        await stage.publish(scenes.fleet(notices=(LEFT_OPEN, "applied: another"), sequence=2))
        assert "applied: another" in stage.text
        assert "unknown: scale" not in stage.text, "what was hidden stays hidden"


async def test_a_refresh_with_the_same_notices_lays_nothing_out_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    async with on_stage(first=(scenes.fleet(notices=(LEFT_OPEN,)),)) as stage:
        assert LEFT_OPEN in stage.text
        passes = layout_passes(stage, monkeypatch)
        await stage.publish(scenes.fleet(notices=(LEFT_OPEN,), sequence=1))
        assert passes == []


async def test_what_is_said_of_a_copy_hides_nothing_and_goes_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.tui.app._SECONDS_SAID", 3600.0)
    async with on_stage() as stage:
        before = stage.lines
        await stage.press("c")
        assert "copied: fraud critical: p99 2.40 s" in stage.lines[1]
        assert stage.lines[1].startswith(before[1].rstrip())
        assert stage.lines[2:] == before[2:]
        monkeypatch.setattr("console.tui.app._SECONDS_SAID", 0.001)
        await stage.press("c")
        while stage.lines != before:
            await stage.pilot.pause(0.02)


async def test_the_last_column_and_the_summary_survive_every_size() -> None:
    async with on_stage() as stage:
        before = stage.text
        for size in ((40, 10), (1, 1), (3, 2), (200, 60), (120, 40)):
            await stage.resize(*size)
        assert stage.text == before
