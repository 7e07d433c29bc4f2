"""The line behind the colon: what it follows, what it keeps, and that nothing is ever sent by it."""

import random
import stat
import threading
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import Paste

from console.domain.command import CommitPlan, SetPaused, StartRun, WatchModel
from console.tui.actions.registry import ACTIONS
from console.tui.look import Look
from console.tui.preferences import Preferences
from console.tui.prompt import history
from console.tui.prompt.history import FILE_NAME, MOST_LINES, History, append_line, read_lines
from console.tui.prompt.vocabulary import BadCommand, Vocabulary, Word, find_model
from console.tui.prompt.words import vocabulary_of
from console.tui.screens.base import ConsoleScreen
from tests.tui import scenes
from tests.tui.scripted_engine import Answers
from tests.tui.stage import Stage, layout_passes, on_stage

ANSWERS: Answers = {WatchModel: (scenes.detail(),), StartRun: (scenes.planned(),)}


async def type_line(stage: Stage, text: str, *, enter: bool = True) -> None:
    """Paste a line, which is faster than its keys."""
    await stage.press("colon")
    assert stage.app.focused is not None
    stage.app.focused.post_message(Paste(text))
    await stage.pilot.pause()
    await stage.press(*(["enter"] if enter else []))


@pytest.mark.parametrize("size", [(120, 40), (40, 10)])
async def test_the_line_lies_over_the_last_rows_and_moves_nothing(size: tuple[int, int]) -> None:
    async with on_stage(size=size) as stage:
        before = stage.lines
        await stage.press("colon")
        assert stage.lines[:-2] == before[:-2]
        assert stage.lines[-1].startswith(" :")
        await stage.press("escape")
        assert stage.lines == before


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("fraud", "fleet › fraud"),
        ("model eta", "fleet › eta"),
        ("model FRA", "fleet › fraud"),
        ("help", "fleet › help"),
        ("open", "fleet › fraud"),
        ("playbook scale-out", "fleet › fraud › scale-out"),
        ("filter et", "filter: et"),
        ("mine", "only mine"),
    ],
)
async def test_a_line_leads_there(typed: str, shown: str) -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await type_line(stage, typed)
        await stage.pilot.pause()
        assert shown in stage.lines[1]
        assert not stage.lines[-1].startswith(" :")


async def test_what_is_wrong_is_told_to_its_end_and_gives_its_rows_back() -> None:
    async with on_stage(size=(40, 10)) as stage:
        await type_line(stage, "sort trafic")
        told = " ".join(" ".join(stage.lines[-6:-1]).split())
        assert told.startswith("✖ sort: 'trafic' is no column, expected one of drift, errors, latency,")
        assert told.endswith("nearest: traffic")
        await stage.press("f")
        assert "sort COLUMN" in stage.lines[-2]
        assert "sort:" not in stage.lines[-3]


async def test_a_column_is_called_as_its_title() -> None:
    async with on_stage() as stage:
        await type_line(stage, "sort load")
        assert "load▼" in stage.lines[2]


async def test_a_whole_word_is_not_offered_again() -> None:
    async with on_stage() as stage:
        await type_line(stage, "copy", enter=False)
        assert stage.lines[-2].rstrip().endswith("in one line.")


CANNOT_BE_FOLLOWED = (
    ("frua", "'frua' is unknown; nearest: fraud"),
    ("sotr", "nearest: sort"),
    ("sort trafic", "sort: 'trafic' is no column, expected one of"),
    ("sort traffic down", "sort: 'down' is no direction, expected one of asc, desc"),
    ("sort worst asc", "nothing behind worst"),
    ("window soon", "window: 'soon' is not a duration"),
    ("window 1s", "window: 1s is out of range, expected 5 min to 14 d"),
    ("theme nihgt", "theme: 'nihgt' is none, expected one of"),
    ("model nope", "there is no model 'nope'"),
    ("model", "expected the id of a model"),
    ("playbook nope", "playbook: 'nope' does not fit fraud, expected one of"),
    ("pause now", "pause takes nothing behind it, found 'now'"),
    ("zoom-in", "zoom-in: works on a model, not here"),
    ("confirm", "confirm: what changes a system has no other way than its key"),
    ("hide-notices", "hide-notices: there is nothing to do here now"),
)


async def test_what_cannot_be_followed_is_one_line_and_stays_to_be_mended() -> None:
    async with on_stage(size=(160, 24)) as stage:
        for typed, told in CANNOT_BE_FOLLOWED:
            await type_line(stage, typed)
            assert told in stage.lines[-2]
            assert stage.lines[-1].startswith(f" :{typed}")
            await stage.press("escape")
        assert stage.engine.commands == []


async def test_sort_window_and_theme_do_what_they_say() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await type_line(stage, "sort errors asc")
        assert "errors▲" in stage.lines[2]
        await type_line(stage, "sort worst")
        assert "▲" not in stage.lines[2]
        await type_line(stage, "window 6h")
        await type_line(stage, "fraud")
        assert stage.last() == WatchModel("fraud", 21600.0, 0.0)
        await type_line(stage, "window 15m")
        assert stage.last() == WatchModel("fraud", 900.0, 0.0)
        other = next(name for name in stage.app.theme_names if name != stage.app.theme)
        await type_line(stage, f"theme {other}")
        assert stage.app.theme == other
        await type_line(stage, "sort traffic")
        assert stage.at == "FleetScreen"
        await type_line(stage, "q")
        assert stage.app._exit


async def test_tab_and_right_accept_what_is_suggested() -> None:
    async with on_stage() as stage:
        await type_line(stage, "mod", enter=False)
        await stage.press("tab", "space", "f", "tab")
        assert stage.lines[-1].startswith(" :model fraud")
        await stage.press("enter")
        assert "fleet › fraud" in stage.lines[1]
        await type_line(stage, "refr", enter=False)
        await stage.app.workers.wait_for_complete()
        await stage.pilot.pause()
        assert stage.lines[-1].startswith(" :refresh"), "it is seen before it is accepted"
        await stage.press("right", "space")
        assert stage.lines[-1].startswith(" :refresh ")
        assert "Read every source now" in stage.lines[-2]


async def test_read_aloud_nothing_stands_on_the_line_that_was_not_typed() -> None:
    async with on_stage(look=Look(is_plain=True)) as stage:
        await type_line(stage, "refr", enter=False)
        await stage.app.workers.wait_for_complete()
        await stage.pilot.pause()
        assert stage.lines[-1].strip() == ": refr"
        await stage.press("tab")
        assert stage.lines[-1].strip() == ": refresh"


async def test_no_line_sends_anything() -> None:
    """Every word that can be typed while a plan waits, and the plan's own keys, commit nothing."""
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("2")
        screen = stage.app.screen
        assert isinstance(screen, ConsoleScreen)
        words = vocabulary_of(screen).candidates("")
        assert not {action.name for action in ACTIONS if action.mutates} & set(words)
        await stage.press("colon", *"yyy", "enter", "y", "enter", "Y")
        assert stage.engine.sent(CommitPlan) == []
        await stage.press("escape", "y")
        assert len(stage.engine.sent(CommitPlan)) == 1


async def test_a_plan_that_appears_while_somebody_types_takes_no_key() -> None:
    async with on_stage(answers={StartRun: (scenes.deciding(),)}, arming_seconds=60.0) as stage:
        await stage.press("2", "colon", *"mo")
        await stage.publish(scenes.planned())
        await stage.press(*"y del")
        assert stage.lines[-1].startswith(" :moy del") or stage.lines[-1].startswith(" :moydel")
        await stage.press("escape", "y", "enter")
        assert [command for command in stage.engine.commands if not isinstance(command, StartRun)] == []


async def test_the_line_survives_refreshes_and_so_does_the_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(3)
    async with on_stage() as stage:
        await stage.press("down", "colon")
        passes = layout_passes(stage, monkeypatch)
        typed = ""
        for sequence, letter in enumerate("model eta fraud ads"):
            views = list(scenes.fleet().models)
            chance.shuffle(views)
            passes.clear()
            await stage.publish(msgspec.structs.replace(scenes.fleet(sequence=sequence), models=tuple(views)))
            assert passes == [], "a refresh lays nothing out anew"
            await stage.press("space" if letter == " " else letter)
            typed += letter
            assert stage.lines[-1].startswith(f" :{typed}".rstrip())
            assert any(line.startswith("▌▲ eta") for line in stage.lines)


async def test_a_paste_submits_nothing_however_many_lines_it_has() -> None:
    async with on_stage() as stage:
        await type_line(stage, "pause\nquit\n", enter=False)
        assert stage.lines[-1].startswith(" :pause")
        assert stage.engine.commands == []
        assert not stage.app._exit


async def test_keys_of_the_screen_are_text_while_a_line_is_typed() -> None:
    async with on_stage() as stage:
        await stage.press("colon", *"qpr1mS", "slash", "question_mark")
        assert stage.engine.commands == []
        assert stage.lines[-1].startswith(" :qpr1mS/?")


async def test_a_hostile_id_is_never_suggested_but_can_be_typed_and_found() -> None:
    hostile = scenes.healthy("zz\x1b]0;pwn\x07\u202e[/x]")
    async with on_stage(first=(scenes.fleet(hostile),), answers=ANSWERS) as stage:
        await type_line(stage, "z", enter=False)
        await stage.press("tab")
        assert stage.lines[-1].rstrip() == " :z"
        assert all(line.isprintable() for line in stage.lines)
        await stage.press("z", "enter")
        assert "'zz' is unknown; nearest: zz␛]0;pwn␇�[/x]" in stage.lines[-2]
        await stage.press("escape")
        await type_line(stage, "model zz")
        assert stage.at == "ModelScreen"
        await stage.press("f", "z", "z")
        assert all(line.isprintable() for line in stage.lines)
        await stage.press("enter")
        assert stage.at == "ModelScreen"


def kept_in(directory: Path) -> Preferences:
    return Preferences(state_directory=lambda: directory, scope="prod")


async def test_what_was_typed_comes_back_in_the_next_session(tmp_path: Path) -> None:
    async with on_stage(preferences=kept_in(tmp_path)) as stage:
        await type_line(stage, "pause")
        await type_line(stage, "nonsense", enter=True)
        await stage.press("escape")
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600
    async with on_stage(preferences=kept_in(tmp_path)) as stage:
        await type_line(stage, "dra", enter=False)
        await stage.press("up")
        assert stage.lines[-1].startswith(" :nonsense")
        await stage.press("up", "up")
        assert stage.lines[-1].startswith(" :pause")
        await stage.press("down", "down")
        assert stage.lines[-1].startswith(" :dra"), "the unfinished line is not lost"
        await stage.press("up", "up", "enter")
        assert stage.last() == SetPaused(True)


async def test_a_history_that_cannot_be_kept_is_told_and_works_in_the_session(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    async with on_stage(preferences=kept_in(tmp_path), size=(200, 20)) as stage:
        await type_line(stage, "pause")
        assert "typed commands of earlier sessions cannot be read" in stage.lines[1]
        await stage.press("colon", "up")
        assert stage.lines[-1].startswith(" :pause")


def test_the_file_is_capped_and_keeps_the_newest(tmp_path: Path) -> None:
    for number in range(2 * MOST_LINES + 10):
        append_line(tmp_path, f"line {number}")
    lines = (tmp_path / FILE_NAME).read_text().splitlines()
    assert len(lines) < 2 * MOST_LINES
    assert read_lines(tmp_path)[-1] == f"line {2 * MOST_LINES + 9}"
    assert len(read_lines(tmp_path)) <= MOST_LINES
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_a_line_of_another_console_is_kept_while_the_file_is_shortened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / FILE_NAME).write_text("".join(f"line {number}\n" for number in range(2 * MOST_LINES)))
    other = threading.Thread(target=append_line, args=(tmp_path, "of another console"))

    def read_while_another_appends(directory: Path) -> list[str]:
        lines = read_lines(directory)
        monkeypatch.undo()
        other.start()
        other.join(0.2)
        return lines

    monkeypatch.setattr(history, "read_lines", read_while_another_appends)
    append_line(tmp_path, "mine")
    other.join()
    assert read_lines(tmp_path)[-2:] == ["mine", "of another console"]


def test_a_torn_or_hostile_file_loses_nothing_else(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"good\n\xff\x1b]0;x\x07bad\n\ntorn")
    append_line(tmp_path, "next")
    lines = read_lines(tmp_path)
    assert lines[0] == "good"
    assert lines[-2:] == ["torn", "next"]
    assert all(line.isprintable() for line in lines)


@given(st.lists(st.text(max_size=20), max_size=12), st.lists(st.sampled_from(["earlier", "later"]), max_size=30))
def test_going_through_the_history_and_back_brings_the_draft_back(added: list[str], moves: list[str]) -> None:
    typed = History()
    for line in added:
        typed.add(line)
    shown = "the draft"
    for move in moves:
        shown = typed.earlier(shown) if move == "earlier" else typed.later(shown)
    for _ in range(len(added) + 1):
        shown = typed.later(shown)
    assert shown == "the draft"


@given(st.text(max_size=30), st.lists(st.text(min_size=1, max_size=12), max_size=6))
def test_a_completion_only_adds(typed: str, models: list[str]) -> None:
    words = (Word("model", "", lambda _: None, "NAME", lambda: models), Word("mark", "", lambda _: None))
    vocabulary = Vocabulary(words, {}, models, lambda _: None)
    assert vocabulary.complete(typed).startswith(typed)
    with suppress(BadCommand):
        vocabulary.run(typed)


@pytest.mark.parametrize(
    ("typed", "told"),
    [("fra", "2 models hold 'fra': fraud, ml/fraud"), ("frud", "there is no model 'frud'; nearest: fraud")],
)
def test_a_model_that_is_not_meant_clearly_is_not_guessed(typed: str, told: str) -> None:
    with pytest.raises(BadCommand, match=told):
        find_model(typed, ["ads", "fraud", "ml/fraud"])
    assert find_model("fraud", ["ads", "fraud", "ml/fraud"]) == "fraud"
    assert find_model("ML/F", ["ads", "fraud", "ml/fraud"]) == "ml/fraud"
