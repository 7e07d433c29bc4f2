"""What the documents name exists, and the command lines that they show are accepted."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.command_line.parser import WrongUsage, parse
from console.command_line.registry import PROGRAM
from console.headless.exit_codes import ExitCode
from console.sources.prometheus.preset import load_preset, load_presets

PROJECT = Path(__file__).parents[2]
DOCUMENTS = [PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
DOCUMENTS += sorted((PROJECT / "docs").rglob("*.md"))
PICTURES = sorted((PROJECT / "docs").rglob("*.svg"))

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(rf"^(?:\$ )?(?:\w+=\S+ )*{PROGRAM}(?P<arguments> [^#|>\n]*)?", re.MULTILINE)
SHELL = ("", "console", "sh")


def name_of(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def code_blocks(path: Path, *languages: str) -> Iterator[str]:
    for language, text in CODE_BLOCK.findall(path.read_text(encoding="utf-8")):
        if language in languages:
            yield text


def anchors(path: Path) -> set[str]:
    """The anchors that a Markdown renderer makes of the headings."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def command_lines() -> list[tuple[str, str]]:
    return [
        (name_of(path), (found["arguments"] or "").strip())
        for path in DOCUMENTS
        for block in code_blocks(path, *SHELL)
        for found in COMMAND.finditer(block)
    ]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    links = [link for link in LINK.findall(path.read_text(encoding="utf-8")) if "://" not in link]
    broken = []
    for link in links:
        file, _, anchor = link.partition("#")
        target = path.parent / file if file else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("name", ["docs/how-to", "docs/reference", "docs/decisions"])
def test_every_page_can_be_reached(name: str) -> None:
    linked = {
        (path.parent / link.partition("#")[0]).resolve()
        for path in DOCUMENTS
        for link in LINK.findall(path.read_text(encoding="utf-8"))
        if "://" not in link
    }
    pages = {path.resolve() for path in (PROJECT / name).glob("*.md")}
    assert sorted(name_of(page) for page in pages - linked) == []


def test_command_lines_are_found() -> None:
    shown = {arguments.partition(" ")[0] for document, arguments in command_lines() if document == "README.md"}
    assert {"summary", "config", "playbook", "--prometheus"} <= shown


@pytest.mark.parametrize(("document", "arguments"), command_lines())
def test_every_command_line_is_accepted(document: str, arguments: str) -> None:
    try:
        parse(shlex.split(arguments))
    except WrongUsage as error:
        pytest.fail(f"{document}: {PROGRAM} {arguments}: {error}")


def test_the_picture_of_the_readme_is_there() -> None:
    shown = re.findall(r"!\[[^]]+\]\(([^)]+)\)", (PROJECT / "README.md").read_text(encoding="utf-8"))
    assert [PROJECT / name for name in shown] == PICTURES


@pytest.mark.parametrize("path", PICTURES, ids=name_of)
def test_a_picture_loads_nothing_from_elsewhere(path: Path) -> None:
    svg = path.read_text(encoding="utf-8")
    assert svg.startswith("<svg ")
    assert re.findall(r"https?://[^\"'\s)]+", svg) == ["http://www.w3.org/2000/svg"]
    assert {target[:1] for target in re.findall(r"url\(['\"]?([^)]*)\)", svg)} <= {"#"}
    assert not re.search(r"@import|@font-face|\bhref=|<script|<image|<foreignObject", svg)


def test_the_preset_of_the_how_to_is_one(tmp_path: Path) -> None:
    preset, _configuration = code_blocks(PROJECT / "docs/how-to/add-a-preset.md", "yaml")
    file = tmp_path / "my-server.yaml"
    file.write_text(preset, encoding="utf-8")
    assert load_preset(file).name == "my-server"


def test_the_reference_of_presets_names_every_series() -> None:
    page = (PROJECT / "docs/reference/presets.md").read_text(encoding="utf-8")
    for preset in load_presets():
        assert f"\n## {preset.name}\n" in page
        families = {re.sub("_(bucket|sum|count)$", "", series) for series in preset.series_names()}
        assert {family for family in families if family not in page} == set()


def test_the_reference_of_exit_codes_names_every_code() -> None:
    page = (PROJECT / "docs/reference/exit-codes.md").read_text(encoding="utf-8")
    assert {code for code in ExitCode if f"| {code.value} |" not in page} == set()
