"""Every key of the registry does what the registry says; a key that is added without a flow here fails."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest
from textual.command import CommandPalette

from console.domain.anomaly import PlaybookOffer
from console.domain.command import (
    Answer,
    CancelPlan,
    CommitPlan,
    EndRun,
    PlanUndo,
    Refresh,
    SetPaused,
    StartRun,
    WatchModel,
)
from console.domain.snapshot import ModelView, Snapshot
from console.tui.actions.action import NUMBER_KEYS, Action, Where
from console.tui.actions.registry import ACTIONS, actions_in
from console.tui.actions.table import TABLE_ACTIONS
from console.tui.panels.lines import Span
from console.tui.themes import THEME_NAMES
from tests.tui import scenes
from tests.tui.scripted_engine import Answers
from tests.tui.stage import Stage, on_stage

Flow = Callable[[Stage, str], Awaitable[None]]

ANSWERS: Answers = {
    WatchModel: (scenes.detail(),),
    StartRun: (scenes.deciding(),),
    Answer: (scenes.planned(),),
    CancelPlan: (scenes.deciding(),),
    CommitPlan: (scenes.verifying(),),
    PlanUndo: (scenes.planned(),),
}
TO_MODEL = ("enter",)
TO_LINKS = ("o",)
TO_PLAN = ("2", "s")
TO_OUTCOME = (*TO_PLAN, "y")


def nine_playbooks() -> ModelView:
    """The worst model, for which there are more playbooks than number keys."""
    fraud = scenes.fraud()
    offers = tuple(PlaybookOffer(f"playbook-{number}", f"The number {number}") for number in range(1, 11))
    anomaly = msgspec.structs.replace(fraud.anomalies[0], playbooks=offers)
    assert fraud.incident is not None
    return msgspec.structs.replace(fraud, incident=msgspec.structs.replace(fraud.incident, anomalies=(anomaly,)))


async def opens_the_model(stage: Stage, key: str) -> None:
    await stage.press("g", key)
    assert stage.at == "ModelScreen"
    assert "fleet › fraud" in stage.text
    await stage.press("escape")


async def follows_a_playbook(stage: Stage, key: str) -> None:
    await stage.publish(Snapshot(scenes.AT, (scenes.PROMETHEUS,), (nine_playbooks(),)))
    await stage.press(key)
    assert stage.at == "PlaybookScreen"
    assert stage.engine.sent(StartRun)[-1] == StartRun("fraud", f"playbook-{key}")
    await stage.press("escape")


async def filters(stage: Stage, key: str) -> None:
    await stage.press(key, *"et", "enter")
    assert "eta" in stage.text
    assert "✔ ads" not in stage.text
    assert "filter: et" in stage.text
    await stage.press("escape")
    assert "✔ ads" in stage.text


def line_of(stage: Stage, model: str) -> str:
    return next(line for line in stage.lines if f" {model} " in line[:12])


async def moves_the_cursor(stage: Stage, key: str) -> None:
    downwards = key in ("down", "j", "end", "G", "pagedown", "ctrl+d")
    await stage.press("home" if downwards else "end")
    assert line_of(stage, "fraud" if downwards else "搜索").startswith("▌")
    await stage.press(key)
    assert not line_of(stage, "fraud" if downwards else "搜索").startswith("▌")
    assert sum(line.startswith("▌") for line in stage.lines) == 1


async def hides_the_notices(stage: Stage, key: str) -> None:
    await stage.publish(scenes.fleet(notices=("unknown: scale fraud",)))
    assert "scale fraud" in stage.text
    await stage.press(key)
    assert "scale fraud" not in stage.text


def models_on(stage: Stage) -> list[str]:
    """The models from the top down."""
    lines = [line[1:12].replace("★", " ").split() for line in stage.lines[3:8]]
    return [words[1] for words in lines if len(words) > 1]


async def marks_the_model(stage: Stage, key: str) -> None:
    assert "★" not in stage.text
    await stage.press(key)
    assert "★fraud" in stage.text
    await stage.press(key)
    assert "★" not in stage.text


async def shows_only_mine(stage: Stage, key: str) -> None:
    await stage.press("down", "m", key)
    assert models_on(stage) == ["eta"]
    assert " only mine " in stage.lines[1]
    await stage.press(key)
    assert len(models_on(stage)) == 5
    await stage.press(key, "escape")
    assert len(models_on(stage)) == 5


WORST_FIRST = ["fraud", "eta", "ocr", "ads", "搜索"]


async def sorts(stage: Stage, key: str) -> None:
    assert models_on(stage) == WORST_FIRST
    await stage.press(key)
    assert "model▲" in stage.lines[2]
    assert models_on(stage) == ["ads", "eta", "fraud", "ocr", "搜索"]
    await stage.press(key, key)
    assert "traffic▼" in stage.lines[2]
    assert models_on(stage) == ["ads", "fraud", "eta", "搜索", "ocr"]
    for _ in range(7):
        await stage.press(key)
    assert models_on(stage) == WORST_FIRST
    assert not set("▲▼") & set(stage.lines[2])


async def sorts_the_other_way_round(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert models_on(stage) == WORST_FIRST
    await stage.press("S", "S", "S", key)
    assert "traffic▲" in stage.lines[2]
    assert models_on(stage) == ["搜索", "eta", "fraud", "ads", "ocr"], "what is unknown stays last"


async def compares_with_now(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert " ↑↓ since 03:20:14 " in stage.lines[1]
    await stage.publish(
        msgspec.structs.replace(scenes.fleet(), at=scenes.AT + 3600, models=(scenes.healthy("ads", 9),))
    )
    assert "9/s↓" in stage.text
    await stage.press(key)
    assert "since 03:20:14" not in stage.text


async def maximises(stage: Stage, key: str) -> None:
    assert {"latency", "errors", "traffic"} <= set(stage.text.split())
    await stage.press("tab", "tab", key)
    assert "▸ errors" in stage.lines[4]
    assert "latency" not in stage.text
    await stage.press(key)
    assert "latency" in stage.text
    await stage.press(key, "escape")
    assert "latency" in stage.text
    assert stage.at == "ModelScreen"
    await stage.press("escape")
    assert "▸" not in stage.text


async def selects_the_next_panel(stage: Stage, key: str) -> None:
    for title in ("latency", "errors", "traffic", "saturation"):
        await stage.press(key)
        assert f"▸ {title}" in stage.text
    await stage.press(key, "z")
    assert "┤" not in stage.text, "only the words are left"


async def selects_the_panel_before(stage: Stage, key: str) -> None:
    await stage.press("tab", "tab", key)
    assert "▸ latency" in stage.text
    await stage.press(key, key)
    assert "▸ saturation" in stage.text


async def finds_a_model(stage: Stage, key: str) -> None:
    await stage.press(key, *"ea")
    assert stage.at == "JumpScreen"
    assert models_on(stage)[:1] == ["eta"]
    await stage.press("enter")
    assert stage.at == "ModelScreen"
    assert "fleet › eta" in stage.lines[1]
    await stage.press("escape")
    assert stage.at == "FleetScreen"
    assert any(line.startswith("▌▲ eta") for line in stage.lines)


async def takes_a_command(stage: Stage, key: str) -> None:
    await stage.press(key, *"pau", "tab", "enter")
    assert stage.last() == SetPaused(True)
    assert "? help" in stage.lines[-1]


async def copies_the_state(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.app.clipboard.startswith("fraud critical: p99 2.40 s, expected 0.31 s")
    assert stage.app.clipboard.isprintable()


async def lists_the_links(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.at == "LinksScreen"
    assert "fleet › fraud › links" in stage.text
    assert "runbook of ModelLatencyHigh" in stage.text
    await stage.press("escape")


async def opens_the_page_under_the_cursor(stage: Stage, key: str) -> None:
    await stage.press("G", key)
    assert stage.app.clipboard == scenes.links(3600)[2].url


async def opens_the_page_with_its_number(stage: Stage, key: str) -> None:
    stage.app.ways_out.copied = ""
    await stage.press(key)
    url = scenes.links(3600)[int(key) - 1].url if key in "13" else ""
    assert stage.app.clipboard == url, "there are three, of which the second is no page"


async def copies_the_address(stage: Stage, key: str) -> None:
    await stage.press("g", key)
    assert stage.app.clipboard == "https://wiki.example/runbooks/latency"


async def shifts_into_the_past(stage: Stage, key: str) -> None:
    await stage.press("0", key)
    assert stage.last() == WatchModel("fraud", 3600.0, 1800.0)
    assert "to 02:50:14 UTC, 30 min ago" in stage.text


async def shifts_towards_now(stage: Stage, key: str) -> None:
    await stage.press("0", "left_square_bracket", "left_square_bracket", key)
    assert stage.last() == WatchModel("fraud", 3600.0, 1800.0)
    await stage.press("0")
    before = list(stage.engine.commands)
    await stage.press(key)
    assert stage.engine.commands == before, "there is no future"


async def zooms_in(stage: Stage, key: str) -> None:
    await stage.press("0", key)
    assert stage.last() == WatchModel("fraud", 1800.0, 0.0)


async def zooms_out(stage: Stage, key: str) -> None:
    await stage.press("0", key)
    assert stage.last() == WatchModel("fraud", 7200.0, 0.0)
    assert "2 h to now" in stage.text


async def goes_to_now(stage: Stage, key: str) -> None:
    await stage.press("minus", "left_square_bracket", key)
    assert stage.last() == WatchModel("fraud", 3600.0, 0.0)
    assert "1 h to now" in stage.text


async def go_to_the_top(stage: Stage) -> None:
    """Press up until that changes nothing any more."""
    before = ""
    while stage.text != before:
        before = stage.text
        await stage.press("up")


async def scrolls_down(stage: Stage, key: str) -> None:
    await stage.resize(40, 10)
    await go_to_the_top(stage)
    top = stage.text
    await stage.press(key)
    assert stage.text != top


async def scrolls_up(stage: Stage, key: str) -> None:
    await stage.resize(40, 10)
    await go_to_the_top(stage)
    top = stage.text
    await stage.press("down", key)
    assert stage.text == top


def written_file() -> tuple[Path, str]:
    file = Path("fraud-2026-11-22T032014Z.csv")
    return file.resolve(), file.read_text(encoding="utf-8")


async def exports(stage: Stage, key: str) -> None:
    await stage.press(key)
    await stage.app.workers.wait_for_complete()
    await stage.pilot.pause()
    path, text = written_file()
    assert "latency_p99" in text
    assert stage.app.said == Span(f"written here: {path.name}", "ok")
    assert "written here: fraud-2026-11-22T032014Z.csv" in stage.lines[1]


def written_screen(suffix: str) -> str:
    return Path(f"fleet-2026-11-22T032017Z.{suffix}").read_text(encoding="utf-8")


async def exports_the_screen(stage: Stage, key: str) -> None:
    await stage.press(key)
    await stage.app.workers.wait_for_complete()
    await stage.pilot.pause()
    assert "written here: fleet-2026-11-22T032017Z.svg, .txt" in stage.lines[1]
    picture, text = (written_screen(suffix) for suffix in ("svg", "txt"))
    assert "fraud" in picture
    assert "✖ fraud" in text


async def commits(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.last() == CommitPlan("7f3a", scenes.plan().hash)
    assert "✔ applied" in stage.text


async def cancels(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.last() == CancelPlan("7f3a", scenes.plan().hash)
    assert "dry run" not in stage.text


async def shows_details(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert '"path": "/metadata/uid"' in stage.text
    await stage.press(key)
    assert '"path": "/metadata/uid"' not in stage.text


async def copies_as_kubectl(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.app.clipboard == "kubectl --context prod-eu -n ml scale deployment/fraud --replicas=6"


async def plans_the_undo(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.last() == PlanUndo("7f3a")


async def ends_the_run(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.last() == EndRun("7f3a")
    assert stage.at == "FleetScreen"


async def goes_back(stage: Stage, key: str) -> None:
    await stage.press("enter")
    assert stage.at == "ModelScreen"
    await stage.press(key)
    assert stage.at == "FleetScreen"


async def pauses(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.last() == SetPaused(True)
    await stage.publish(scenes.fleet(paused=True))
    assert "PAUSED" in stage.lines[0]
    await stage.press(key)
    assert stage.last() == SetPaused(False)


async def refreshes(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.last() == Refresh()


async def opens_the_palette(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert isinstance(stage.app.screen, CommandPalette)
    await stage.press("escape")


async def changes_the_theme(stage: Stage, key: str) -> None:
    before = stage.app.theme
    seen = []
    for _ in THEME_NAMES:
        await stage.press(key)
        seen.append(stage.app.theme)
    assert sorted(seen) == sorted(THEME_NAMES)
    assert stage.app.theme == before


async def helps(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.at == "HelpScreen"
    assert stage.text.index("fleet (here)") < stage.text.index("everywhere")
    await stage.press("escape")


async def quits(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.app._exit


FLOWS: dict[str, tuple[tuple[str, ...], Flow]] = {
    "fleet.open": ((), opens_the_model),
    "fleet.playbook": ((), follows_a_playbook),
    "fleet.filter": ((), filters),
    "fleet.mark": ((), marks_the_model),
    "fleet.mine": ((), shows_only_mine),
    "fleet.sort": ((), sorts),
    "fleet.sort_reverse": ((), sorts_the_other_way_round),
    "fleet.baseline": ((), compares_with_now),
    "fleet.hide_notices": ((), hides_the_notices),
    "fleet.copy": ((), copies_the_state),
    **{action.id: ((), moves_the_cursor) for action in TABLE_ACTIONS},
    "fleet.links": ((), lists_the_links),
    "model.links": (TO_MODEL, lists_the_links),
    "links.open": (TO_LINKS, opens_the_page_under_the_cursor),
    "links.number": (TO_LINKS, opens_the_page_with_its_number),
    "links.copy": (TO_LINKS, copies_the_address),
    "model.playbook": (TO_MODEL, follows_a_playbook),
    "model.earlier": (TO_MODEL, shifts_into_the_past),
    "model.later": (TO_MODEL, shifts_towards_now),
    "model.zoom_in": (TO_MODEL, zooms_in),
    "model.zoom_out": (TO_MODEL, zooms_out),
    "model.now": (TO_MODEL, goes_to_now),
    "model.scroll_up": (TO_MODEL, scrolls_up),
    "model.scroll_down": (TO_MODEL, scrolls_down),
    "model.maximise": (TO_MODEL, maximises),
    "model.next_panel": (TO_MODEL, selects_the_next_panel),
    "model.previous_panel": (TO_MODEL, selects_the_panel_before),
    "app.jump": ((), finds_a_model),
    "app.command": ((), takes_a_command),
    "model.mark": (TO_MODEL, marks_the_model),
    "model.export": (TO_MODEL, exports),
    "model.copy": (TO_MODEL, copies_the_state),
    "plan.confirm": (TO_PLAN, commits),
    "plan.cancel": (TO_PLAN, cancels),
    "plan.details": (TO_PLAN, shows_details),
    "plan.copy": (TO_PLAN, copies_as_kubectl),
    "playbook.undo": (TO_OUTCOME, plans_the_undo),
    "playbook.scroll_up": (TO_PLAN, scrolls_up),
    "playbook.scroll_down": (TO_PLAN, scrolls_down),
    "playbook.end": (("2",), ends_the_run),
    "app.back": ((), goes_back),
    "app.pause": ((), pauses),
    "app.refresh": ((), refreshes),
    "app.palette": ((), opens_the_palette),
    "app.export": ((), exports_the_screen),
    "app.theme": ((), changes_the_theme),
    "app.help": ((), helps),
    "app.quit": ((), quits),
}


def test_every_action_of_the_registry_has_a_flow() -> None:
    assert set(FLOWS) == {action.id for action in ACTIONS}


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
async def test_all_keys_of_an_action_do_it(action: Action, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    way, flow = FLOWS[action.id]
    leaves_the_screen = action.id in {"plan.cancel", "plan.confirm", "playbook.undo", "playbook.end", "app.quit"}
    batches = [(key,) for key in action.keys] if leaves_the_screen else [action.keys]
    for keys in batches:
        async with on_stage(answers=ANSWERS) as stage:
            await stage.press(*way)
            for key in keys:
                await flow(stage, key)


@pytest.mark.parametrize("where", list(Where))
def test_no_key_means_two_things_in_one_place(where: Where) -> None:
    keys = [key for action in actions_in(where) for key in action.keys]
    assert len(keys) == len(set(keys))


def test_only_the_key_itself_commits() -> None:
    assert [action.id for action in ACTIONS if action.mutates] == ["plan.confirm"]
    assert "".join(NUMBER_KEYS) == "123456789"
