"""Keys that a person moved: what is accepted, and that every face follows."""

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.binding import BindingsMap
from textual.keys import _character_to_key

from console.cli import main
from console.domain.action import RiskTier
from console.domain.command import CommitPlan, SetPaused, StartRun, WatchModel
from console.settings.yaml_source import parse_yaml, read_yaml
from console.tui.actions.action import Where
from console.tui.actions.keys import BadKey, key_name, key_of_character, shown_key
from console.tui.actions.registry import ACTIONS, actions_in
from console.tui.bindings import bindings_of
from console.tui.keymap import Keymap, keymap_mistakes, keymap_of
from console.tui.preferences import Preferences
from tests.tui import scenes
from tests.tui.scripted_engine import Answers
from tests.tui.stage import on_stage


def mistakes(text: str) -> list[str]:
    found = keymap_mistakes(parse_yaml(f"keymap:\n{text}", "config.yaml"))
    return [f"{line}:{column}: {what}" for line, column, what in found]


@pytest.mark.parametrize("character", string.printable.strip())
def test_characters_are_called_as_textual_calls_them(character: str) -> None:
    assert key_of_character(character) == _character_to_key(character) == key_name(character)
    assert shown_key(key_name(character)) == character


@pytest.mark.parametrize(
    ("written", "key"),
    [("esc", "escape"), ("ctrl+q", "ctrl+q"), ("shift+tab", "shift+tab"), ("ctrl+/", "ctrl+slash"), ("f5", "f5")],
)
def test_keys_are_written_as_people_write_them(written: str, key: str) -> None:
    assert key_name(written) == key


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("entr", "nearest: enter"),
        ("ctrl+m", "terminals send ctrl+m as enter"),
        ("shift+a", "such as A"),
        ("", "'' is no key"),
        ("\x1b", "'␛' is no key"),
        ("ctrl+", "is no key"),
    ],
)
def test_what_is_no_key_says_what_was_meant(written: str, told: str) -> None:
    with pytest.raises(BadKey, match=told.replace("+", r"\+")):
        key_name(written)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("  fleet.fliter: F", "2:3: keymap: there is no action 'fleet.fliter'; nearest: fleet.filter"),
        ("  fleet.filter: entr", "2:17: keymap.fleet.filter: 'entr' is no key"),
        ("  fleet.copy: x", "2:3: keymap.fleet.copy: x is also the key of fleet.hide_notices"),
        ("  fleet.copy: j", "2:3: keymap.fleet.copy: j is also the key of table.down"),
        ("  app.refresh: y", "2:3: keymap.app.refresh: y is also the key of plan.confirm"),
        ("  fleet.playbook: F", "2:19: keymap.fleet.playbook: the numbers are those that stand on the screen"),
        ("  app.quit: []", "2:3: keymap.app.quit: it needs a key; you could not leave"),
        ("  app.back: B", "2:3: keymap.app.back: escape must stay among its keys"),
    ],
)
def test_a_mistake_is_one_line_that_names_both(text: str, told: str) -> None:
    (found,) = mistakes(text)
    assert found.startswith(told)
    assert "\n" not in found


@pytest.mark.parametrize("key", ["enter", "esc", "space", "tab", "s", "'2'", "ctrl+y", "backspace"])
def test_what_commits_is_never_on_a_key_that_opens_or_leaves(key: str) -> None:
    assert any("keymap.plan.confirm: " in line and "is refused" in line for line in mistakes(f"  plan.confirm: {key}"))


@pytest.mark.parametrize("text", ["  plan.confirm: [Y, f5]", "  fleet.copy: c", "  fleet.copy:", "  fleet.copy: []"])
def test_what_is_safe_is_accepted(text: str) -> None:
    assert mistakes(text) == []


def test_the_example_is_accepted() -> None:
    example = Path(__file__).parents[2] / "config.example.yaml"
    assert list(keymap_mistakes(read_yaml(example))) == []


def test_two_actions_may_swap_their_keys() -> None:
    assert mistakes("  fleet.copy: x\n  fleet.hide_notices: c") == []


def test_no_key_of_the_registry_clashes() -> None:
    assert (
        mistakes(
            "".join(
                f"  {action.id}: [{', '.join(map(repr, action.keys))}]\n"
                for action in ACTIONS
                if not action.has_numbers
            )
        )
        == []
    )


def test_a_mistake_in_the_file_ends_every_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("prometheus: {urls: ['http://127.0.0.1:9']}\nkeymap: {app.qiut: Q}\n")
    assert main(["summary", "--config", str(path)]) == 78
    told = capsys.readouterr().err
    assert f"{path}:2:10: keymap: there is no action 'app.qiut'; nearest: app.quit" in told


MOVED = keymap_of(
    {
        "fleet.open": "O",
        "fleet.copy": "x",
        "fleet.hide_notices": "c",
        "app.pause": ("P", "ctrl+z"),
        "app.refresh": None,
        "app.palette": "ctrl+k",
        "table.down": "s",
        "plan.confirm": "Y",
        "plan.cancel": "N",
    }
)


async def test_moved_keys_do_it_and_the_old_ones_do_not() -> None:
    async with on_stage(preferences=Preferences(keymap=MOVED)) as stage:
        await stage.press("p", "r", "ctrl+p", "enter", "l")
        assert stage.engine.commands == []
        assert stage.at == "FleetScreen"
        await stage.press("P", "ctrl+z")
        assert stage.engine.commands == [SetPaused(True)] * 2
        await stage.press("x")
        assert stage.app.clipboard.startswith("fraud critical")
        await stage.press("s", "x")
        assert stage.app.clipboard.startswith("eta warning")
        await stage.press("O")
        assert stage.at == "ModelScreen"
        await stage.press("escape", "ctrl+k")
        assert stage.at == "CommandPalette"


async def test_footer_help_and_dialog_show_the_moved_keys() -> None:
    answers: Answers = {StartRun: (scenes.planned(),), WatchModel: (scenes.detail(),)}
    async with on_stage(preferences=Preferences(keymap=MOVED), answers=answers) as stage:
        assert " O open" in stage.lines[-1]
        await stage.press("question_mark")
        assert any(line.split()[:2] == ["x", "Copy"] for line in stage.lines)
        await stage.press("escape", "2")
        assert "▸N cancel" in stage.text
        assert " Y scale" in stage.lines[-1]
        await stage.press("y")
        assert stage.engine.sent(CommitPlan) == []
        await stage.press("Y")
        assert len(stage.engine.sent(CommitPlan)) == 1


POOL = ("a", "b", "c", "S", "R", "Z", "y", "Y", "2", "enter", "escape", "f5", "ctrl+t")
MOVABLE = [action.id for action in ACTIONS if not action.has_numbers]
KEYMAPS = st.dictionaries(
    st.sampled_from(MOVABLE), st.lists(st.sampled_from(POOL), max_size=2, unique=True).map(tuple), max_size=8
)


@given(KEYMAPS)
def test_what_is_accepted_is_what_textual_binds(written: dict[str, tuple[str, ...]]) -> None:
    text = "".join(f"  {action_id}: [{', '.join(map(repr, keys))}]\n" for action_id, keys in written.items())
    if written and mistakes(text):
        return
    keymap = keymap_of(written)
    for where in (Where.FLEET, Where.MODEL, Where.PLAYBOOK, Where.LINKS):
        wanted = {
            key: action.id for action in keymap.actions_in(where) for key in action.keys if not action.has_numbers
        }
        bound = BindingsMap(bindings_of(actions_in(where)))
        bound.apply_keymap(keymap.for_textual())
        pressable = {
            key: {binding.id for binding in bindings}
            for key, bindings in bound.key_to_bindings.items()
            if key != "no-such-key" and not key.isdigit()
        }
        assert pressable == {key: {action_id} for key, action_id in wanted.items() if not key.isdigit()}
    confirm = keymap.action("plan.confirm").keys
    assert not {"2", "enter", "escape", "a", "b", "c", "ctrl+t"} & set(confirm)


def test_three_actions_may_pass_their_keys_on() -> None:
    written = {"fleet.sort": ("R",), "fleet.sort_reverse": ("b",), "fleet.baseline": ("S",)}
    bound = BindingsMap(bindings_of(actions_in(Where.FLEET)))
    bound.apply_keymap(keymap_of(written).for_textual())
    for action_id, (key,) in written.items():
        assert bound.key_to_bindings[key][0].id == action_id


async def test_nothing_is_committed_while_a_name_is_typed_whatever_the_key() -> None:
    tier_3 = scenes.planned(scenes.plan(RiskTier.HARD_TO_UNDO))
    preferences = Preferences(keymap=keymap_of({"plan.confirm": "f5"}))
    async with on_stage(preferences=preferences, answers={StartRun: (tier_3,)}) as stage:
        await stage.press("2", "f5", *"fraud", "f5", "f5")
        assert stage.engine.sent(CommitPlan) == []
        await stage.press("enter", "f5")
        assert len(stage.engine.sent(CommitPlan)) == 1


async def test_a_number_that_was_taken_away_opens_nothing() -> None:
    async with on_stage(preferences=Preferences(keymap=Keymap({"fleet.playbook": ()}))) as stage:
        assert "1-9" not in stage.lines[-1]
        await stage.press("2")
        assert stage.engine.commands == []
