"""Files that the screen writes: what is in them, who may read them, and what is never overwritten."""

import os
import re
import xml.etree.ElementTree
from pathlib import Path

import pytest

from console.domain.command import StartRun, WatchModel
from console.domain.snapshot import ModelDetail
from console.engine.parts import make_engine
from console.settings.credentials import BasicAuth
from console.settings.secrets import Secret
from console.settings.settings import ServerSettings, Settings
from console.tui.app import ConsoleApp
from console.tui.outside.export import export_contents, file_stem, write_new
from console.tui.outside.picture import without_remote_fonts
from console.tui.outside.surroundings import Surroundings
from tests.sources.lying_server import Lie, LyingServer
from tests.tui import scenes
from tests.tui.scripted_engine import Answers
from tests.tui.stage import Stage, on_stage
from tests.tui.test_hostile_text import HOSTILE, hostile_detail, hostile_snapshot

CANARY = "canary-4711"
ANSWERS: Answers = {WatchModel: (scenes.detail(),), StartRun: (scenes.planned(),)}


async def exported(stage: Stage, key: str = "ctrl+s") -> None:
    await stage.press(key)
    await stage.app.workers.wait_for_complete()
    await stage.pilot.pause()


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def texts(directory: Path, pattern: str = "*") -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(directory.glob(pattern))]


@pytest.mark.parametrize(
    ("keys", "stem"),
    [
        ((), "fleet"),
        (("enter",), "fraud"),
        (("2",), "fraud-scale-out"),
        (("question_mark",), "help"),
        (("o",), "fraud-links"),
    ],
)
async def test_every_screen_is_written_as_it_is_seen(tmp_path: Path, keys: tuple[str, ...], stem: str) -> None:
    async with on_stage(answers=ANSWERS, surroundings=Surroundings(export_directory=str(tmp_path))) as stage:
        await stage.press(*keys)
        seen = [line.rstrip() for line in stage.lines]
        await exported(stage)
    assert names(tmp_path) == [f"{stem}-2026-11-22T032017Z.svg", f"{stem}-2026-11-22T032017Z.txt"]
    picture, text = (tmp_path / name for name in names(tmp_path))
    assert text.read_text(encoding="utf-8").splitlines() == seen
    assert {path.stat().st_mode & 0o777 for path in (picture, text)} == {0o600}


async def test_the_palette_writes_the_screen_under_it(tmp_path: Path) -> None:
    async with on_stage(surroundings=Surroundings(export_directory=str(tmp_path))) as stage:
        await stage.press("ctrl+p", *"export screen")
        await stage.app.workers.wait_for_complete()
        await stage.press("enter")
        await stage.pilot.pause()
        await stage.app.workers.wait_for_complete()
    (text,) = texts(tmp_path, "fleet-*.txt")
    assert "✖ fraud" in text


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_a_picture_is_a_document_that_runs_and_loads_nothing(tmp_path: Path, text: str) -> None:
    answers: Answers = {WatchModel: (hostile_detail(text),)}
    surroundings = Surroundings(export_directory=str(tmp_path))
    async with on_stage(first=(hostile_snapshot(text),), answers=answers, surroundings=surroundings) as stage:
        await exported(stage)
        await stage.press("g", "enter")
        await exported(stage)
    pictures = texts(tmp_path, "*.svg")
    assert len(pictures) == 2
    for written in pictures:
        root = xml.etree.ElementTree.fromstring(written)  # noqa: S314 -- our own document; that it parses is the test
        kinds = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert kinds <= {"svg", "style", "defs", "clipPath", "rect", "g", "circle", "text"}
        assert not re.search(r"@import|@font-face|url\((?!#)|href|<script|\son\w+=", re.sub(r">[^<]*<", "><", written))


async def test_nothing_is_overwritten(tmp_path: Path) -> None:
    surroundings = Surroundings(export_directory=str(tmp_path))
    taken = tmp_path / "fleet-2026-11-22T032017Z.txt"
    taken.write_text("mine", encoding="utf-8")
    async with on_stage(answers=ANSWERS, surroundings=surroundings) as stage:
        await exported(stage)
        await exported(stage)
        assert stage.app.said is not None
        assert stage.app.said.text == f"written to {tmp_path}: fleet-2026-11-22T032017Z-3.svg, .txt"
        await stage.press("enter")
        await exported(stage, "e")
        await exported(stage, "e")
    assert taken.read_text(encoding="utf-8") == "mine"
    assert names(tmp_path) == [
        *(f"fleet-2026-11-22T032017Z-{number}.{suffix}" for number in (2, 3) for suffix in ("svg", "txt")),
        "fleet-2026-11-22T032017Z.txt",
        "fraud-2026-11-22T032014Z-2.csv",
        "fraud-2026-11-22T032014Z.csv",
    ]


def test_a_link_that_waits_at_the_name_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "fleet.txt").symlink_to(tmp_path / "elsewhere")
    write_new("fleet", {".txt": "x"}, tmp_path)
    assert names(tmp_path) == ["fleet-2.txt", "fleet.txt"]


def test_a_directory_is_made_and_a_file_in_its_place_is_told(tmp_path: Path) -> None:
    made = tmp_path / "a/b"
    assert export_contents("x", {".txt": "x"}, made) == (f"written to {made}: x.txt", True)
    assert made.stat().st_mode & 0o077 == 0
    assert export_contents("x", {".txt": "x"}, made / "x.txt") == (f"{made}/x.txt: not written: File exists", False)


async def test_a_directory_that_is_gone_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    async with on_stage(size=(160, 40)) as stage:
        await exported(stage)
        assert "the current directory: not written: No such file or directory" in stage.lines[1]
    monkeypatch.undo()


def test_what_cannot_be_written_whole_is_not_left_in_parts(tmp_path: Path) -> None:
    told, is_written = export_contents("x", {".svg": "whole", "/no/such.txt": "x"}, tmp_path)
    assert not is_written
    assert told.endswith("not written: No such file or directory")
    assert names(tmp_path) == []


def test_a_name_tells_model_and_time() -> None:
    assert file_stem("ml/fraud", scenes.AT) == "ml-fraud-2026-11-22T032014Z"
    assert file_stem("搜索", scenes.AT) == "model-2026-11-22T032014Z"


def test_a_picture_in_other_words_is_refused() -> None:
    with pytest.raises(ValueError, match=r"outside/picture\.py must follow"):
        without_remote_fonts("<svg><style>@font-face { src: url(https://elsewhere) }</style></svg>")


async def test_an_export_that_fails_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(detail: ModelDetail, directory: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr("console.tui.outside.ways_out.export_detail", fail)
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("enter")
        await exported(stage, "e")
        assert "that failed: RuntimeError" in stage.lines[1]


async def test_no_file_holds_a_secret_even_where_the_server_echoes_all_of_them(tmp_path: Path) -> None:
    echo = Lie(401, f"you sent {CANARY}-password and {CANARY}-header".encode(), content_type="text/plain")
    environment = {**os.environ, "PASSWORD": f"{CANARY}-password", "HEADER": f"{CANARY}-header"}
    async with LyingServer(echo) as server:
        settings = Settings(
            prometheus=ServerSettings(
                name="prometheus",
                urls=(server.url,),
                basic=BasicAuth("oncall", Secret(env="PASSWORD")),
                headers={"X-Key": Secret(env="HEADER")},
            ),
            state_directory=str(tmp_path / "state"),
        )
        app = ConsoleApp(
            lambda publish, crashed: make_engine(
                settings, environment=environment, at=None, publish=publish, crashed=crashed
            ),
            surroundings=Surroundings(environment, export_directory=str(tmp_path / "files")),
        )
        async with app.run_test(size=(160, 30)) as pilot:
            while app.snapshot is None:
                await server.arrived(1)
                await pilot.pause(0.05)
            await pilot.press("ctrl+s")
            await app.workers.wait_for_complete()
            app.stop_engine(30)
        assert [request for request in server.requests if f"{CANARY}-header" in request.headers.get("x-key", "")]
    files = texts(tmp_path / "files")
    assert len(files) == 2
    for written in files:
        assert "prometheus" in written
        assert "you" in written, "the screen tells what the server said"
        assert CANARY not in written
