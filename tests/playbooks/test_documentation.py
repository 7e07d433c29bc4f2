import re
from pathlib import Path

from console.playbooks.library import Library
from console.playbooks.load import load_text
from console.playbooks.reference import playbook_reference
from console.playbooks.steps import ActionStep

DOCS = Path(__file__).parents[2] / "docs"
HOW_TO = DOCS / "how-to" / "write-a-playbook.md"
LIBRARY = DOCS / "reference" / "library.md"


def test_the_playbook_of_the_how_to_is_sound() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 1
    assert load_text(blocks[0], "how-to.yaml").problems == ()


def test_the_reference_is_made_from_the_types() -> None:
    page = HOW_TO.parents[1] / "reference" / "playbooks.md"
    assert page.read_text(encoding="utf-8") == playbook_reference(), "run make generated"


def test_the_reference_links_only_to_what_it_tells() -> None:
    page = playbook_reference()
    titles = {title.lower() for title in re.findall(r"^#{2,3} (\w+)$", page, re.MULTILINE)}
    assert set(re.findall(r"\(#(\w+)\)", page)) <= titles


def test_the_reference_has_a_line_for_every_shipped_playbook_and_says_which_of_them_act() -> None:
    lines = re.findall(r"^\| `([a-z-]+)` \|(.*)\|$", LIBRARY.read_text(encoding="utf-8"), re.MULTILINE)
    shipped = Library.load().playbooks
    assert sorted(name for name, _ in lines) == sorted(playbook.id for playbook in shipped)
    acting = {playbook.id for playbook in shipped if any(isinstance(step, ActionStep) for step in playbook.steps)}
    assert {name for name, told in lines if "**acts**" in told} == acting
