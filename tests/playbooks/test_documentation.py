import re
from pathlib import Path

from console.playbooks.load import load_text

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "write-a-playbook.md"


def test_the_playbook_of_the_how_to_is_sound() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 1
    assert load_text(blocks[0], "how-to.yaml").problems == ()
