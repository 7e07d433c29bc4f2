"""Flows of the keys of runs, of acknowledgements and of notes."""

from console.domain.command import Acknowledge, AddNote, ApprovePlan, EndRun, GiveParameter, TakeUpRun
from tests.tui import scenes, scenes_of_runs
from tests.tui.stage import Stage

INCIDENT = "fraud@2026-11-22T03:08:15Z"


async def lists_the_runs(stage: Stage, key: str) -> None:
    await stage.publish(*scenes_of_runs.several())
    await stage.press(key)
    assert stage.at == "RunsScreen"
    assert "fleet › runs" in stage.text
    assert [line[1:6] for line in stage.lines[3:8]] == ["▲ fra", "▲ fra", "▶ eta", "· ocr", "✔ ads"]
    await stage.press("escape")


async def acknowledges(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.last() == Acknowledge(INCIDENT)
    assert "you take care of fraud" in stage.lines[1]


async def notes(stage: Stage, key: str) -> None:
    await stage.press(key, *"Ayq:n", "tab", "enter")
    assert stage.last() == AddNote("Ayq:n", INCIDENT, follow_up=True)
    assert "to follow up on fraud: Ayq:n" in stage.lines[1]


async def notes_on_a_run(stage: Stage, key: str) -> None:
    await stage.publish(scenes.planned())
    await stage.press("L", key, *"slow", "enter")
    assert stage.last() == AddNote("slow", INCIDENT, "7f3a")


async def notes_in_a_playbook(stage: Stage, key: str) -> None:
    await stage.press(key, *"y", "enter")
    assert stage.last() == AddNote("y", INCIDENT, "7f3a")


async def opens_the_run(stage: Stage, key: str) -> None:
    await stage.publish(scenes.deciding())
    await stage.press("L", key)
    assert stage.at == "PlaybookScreen"
    assert "fleet › fraud › scale-out" in stage.lines[1]
    await stage.press("escape", "escape")
    assert stage.at == "FleetScreen"


async def takes_up_from_the_list(stage: Stage, key: str) -> None:
    await stage.publish(scenes_of_runs.left())
    await stage.press("L", key)
    assert stage.last() == TakeUpRun("0c1d")
    assert stage.at == "PlaybookScreen"


async def takes_up(stage: Stage, key: str) -> None:
    await stage.publish(scenes_of_runs.left())
    await stage.press("L", "enter", key)
    assert stage.last() == TakeUpRun("0c1d")


async def ends_the_run_under_the_cursor(stage: Stage, key: str) -> None:
    await stage.publish(scenes.deciding())
    await stage.press("L", key)
    assert EndRun("7f3a") not in stage.engine.commands
    await stage.press(key)
    assert stage.last() == EndRun("7f3a")
    assert stage.at == "RunsScreen"


async def approves(stage: Stage, key: str) -> None:
    await stage.publish(scenes_of_runs.asks_for_approval())
    await stage.press("L", "enter", key)
    assert stage.engine.sent(ApprovePlan) == []
    assert "y approve: scale to 6" in stage.text
    await stage.press("y")
    assert stage.engine.sent(ApprovePlan) == [ApprovePlan("7f3a", scenes.plan().hash)]


async def gives_a_value(stage: Stage, key: str) -> None:
    await stage.publish(scenes_of_runs.asks())
    await stage.press("L", "enter", key)
    assert "version to go back to   a text of one line" in stage.text
    await stage.press(*"v41", "escape", key, "enter")
    assert stage.last() == GiveParameter("7f3a", "to", "v41")
