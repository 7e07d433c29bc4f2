"""The example rules: promtool takes them, they fire when they should, and they speak of metrics that there are."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from console.headless.commands.exporter import print_rules
from tests.headless.exporter.test_families import found, scraped
from tests.services.programs import program

HERE = Path(__file__).parent


@pytest.fixture
def rules(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The rules as the command prints them."""
    assert print_rules() == 0
    path = tmp_path / "rules.yaml"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    return path


def promtool(*arguments: str | Path) -> str:
    done = subprocess.run([program("promtool"), *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_promtool_takes_the_rules(rules: Path) -> None:
    assert "SUCCESS: 10 rules found" in promtool("check", "rules", "--lint=all", "--lint-fatal", rules)


def test_the_rules_fire_when_they_should(rules: Path) -> None:
    shutil.copy(HERE / "rules.test.yaml", rules.parent)
    assert "SUCCESS" in promtool("test", "rules", rules.parent / "rules.test.yaml")


def test_every_rule_is_tested_and_speaks_of_metrics_that_are_published(rules: Path) -> None:
    text = rules.read_text(encoding="utf-8")
    tests = (HERE / "rules.test.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"alert: (\w+)", text)) == set(re.findall(r"alertname: (\w+)", tests))
    published = set(re.findall(r"^(incident_console_\w+)", scraped(found()), re.MULTILINE))
    assert set(re.findall(r"incident_console_\w+", text)) <= published
