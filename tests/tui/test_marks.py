"""Marks survive the session, for one fleet each, and never cost what the file held."""

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from console.domain.label import Label
from console.domain.model import Model
from console.settings.settings import KubernetesSettings, ServerSettings, Settings
from console.tui.marks import FILE_NAME, BadMarks, Marks, read_marks, write_mark
from console.tui.preferences import Preferences, preferences_of
from tests.tui.stage import on_stage


def model(model_id: str, name: str = "fraud") -> Model:
    return Model(model_id, Label(name))


def test_marks_are_kept_by_fleet_and_only_for_their_owner(tmp_path: Path) -> None:
    write_mark(tmp_path, "prod-eu", "fraud", is_marked=True)
    write_mark(tmp_path, "prod-eu", "ml/eta", is_marked=True)
    write_mark(tmp_path, "staging", "ads", is_marked=True)
    write_mark(tmp_path, "prod-eu", "fraud", is_marked=False)
    assert read_marks(tmp_path, "prod-eu") == {"ml/eta"}
    assert read_marks(tmp_path, "staging") == {"ads"}
    assert read_marks(tmp_path, "elsewhere") == frozenset()
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
    assert {file.name for file in tmp_path.iterdir()} == {FILE_NAME, f"{FILE_NAME}.lock"}


def test_consoles_that_mark_at_once_lose_nothing(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: write_mark(tmp_path, "prod", f"m{number}", is_marked=True), range(40)))
    assert len(read_marks(tmp_path, "prod")) == 40


@pytest.mark.parametrize("content", [b"{", b'{"prod": 1}', b"\xff"])
def test_a_broken_file_is_told_and_left_as_it_was(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    for use in (lambda: read_marks(tmp_path, "prod"), lambda: write_mark(tmp_path, "prod", "fraud", is_marked=True)):
        with pytest.raises(BadMarks, match="move it away to begin anew"):
            use()
    assert (tmp_path / FILE_NAME).read_bytes() == content


def test_globs_match_id_and_name_and_no_key_undoes_them() -> None:
    marks = Marks(["ml/*", "rank?r"])
    assert marks.is_mine(model("ml/fraud"))
    assert marks.is_mine(model("x", "ranker"))
    assert not marks.is_mine(model("fraud"))
    assert marks.toggle(model("fraud"))
    assert marks.is_mine(model("fraud"))
    assert not marks.toggle(model("fraud"))
    assert not marks.is_mine(model("fraud"))
    assert marks.is_by_settings(model("ml/fraud"))


def test_a_fleet_is_a_context_or_a_server() -> None:
    server = ServerSettings("prometheus", ("http://user:canary@prometheus:9090",))
    assert preferences_of(Settings(prometheus=server)).scope == "http://prometheus:9090"
    settings = Settings(prometheus=server, kubernetes=KubernetesSettings("prod-eu"))
    assert preferences_of(settings).scope == "prod-eu"


def kept_in(directory: Path, **fields: object) -> Preferences:
    find: Callable[[], Path] = lambda: directory  # noqa: E731 -- a def would need a name
    return Preferences(state_directory=find, scope="prod-eu", **fields)  # type: ignore[arg-type]  # fields of a test


async def test_a_mark_is_there_in_the_next_session(tmp_path: Path) -> None:
    async with on_stage(preferences=kept_in(tmp_path)) as stage:
        await stage.press("down", "m")
        assert "▲★eta" in stage.text
    async with on_stage(preferences=kept_in(tmp_path)) as stage:
        assert "▲★eta" in stage.text
        assert "★fraud" not in stage.text


async def test_a_mark_that_cannot_be_kept_is_told_and_holds_for_the_session(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"{")
    async with on_stage(preferences=kept_in(tmp_path), size=(200, 24)) as stage:
        assert stage.app.said is not None
        assert "marks.json: marks cannot be" in stage.app.said.text  # the line is cut where the path is long
        await stage.press("m")
        assert "✖★fraud" in stage.text
    assert (tmp_path / FILE_NAME).read_bytes() == b"{"


async def test_what_the_settings_call_mine_stays_mine(tmp_path: Path) -> None:
    async with on_stage(preferences=kept_in(tmp_path, mine=("fra*",))) as stage:
        await stage.press("m")
        assert "✖★fraud" in stage.text
        assert "fraud is yours by `mine` in the configuration" in stage.lines[1]


async def test_mine_stand_first_among_equals() -> None:
    async with on_stage(preferences=Preferences(mine=("搜索", "ocr"))) as stage:
        rows = [line[1:10] for line in stage.lines[3:8]]
        assert [row.split()[0] for row in rows] == ["✖", "▲", "?★ocr", "✔★搜索", "✔"]
