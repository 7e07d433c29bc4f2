"""The commands about playbooks, as people and pipelines run them."""

from pathlib import Path

import pytest

from console.cli import main
from tests.playbooks.examples import WHOLE
from tests.playbooks.test_cases import HEAD, HELPED, SLOW, case

CAPTURE = pytest.CaptureFixture[str]
TOLD = """\
whole.test.yaml
  ok      more replicas help
  FAILED  a case
          whole.test.yaml:20:19: end: expected end; got pick, by slow → pick
  reached 5 of 6 steps, took 5 of 10 ways
  never reached: tell
  never taken: slow → note, pick → note, scale → note, hold → tell, tell → note
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    (tmp_path / "whole.yaml").write_text(WHOLE)
    (tmp_path / "whole.test.yaml").write_text(HEAD + HELPED)
    return tmp_path


def test_cases_that_hold_are_0(pack: Path, capsys: CAPTURE) -> None:
    assert main(["playbook", "test", str(pack)]) == 0
    told = capsys.readouterr()
    assert told.out == "whole.test.yaml\n  ok      more replicas help\n"
    assert told.err == "incident-console: 1 cases, none failed\n"


def test_a_case_that_fails_is_1_with_what_was_expected_and_came(pack: Path, capsys: CAPTURE) -> None:
    (pack / "whole.test.yaml").write_text(HEAD + HELPED + case(SLOW, "{end: end}"))
    assert main(["playbook", "test", "--coverage", str(pack / "whole.test.yaml")]) == 1
    told = capsys.readouterr()
    assert told.out == TOLD
    assert told.err == "incident-console: 2 cases, 1 failed\n"


def test_a_file_that_cannot_be_followed_is_78(pack: Path, capsys: CAPTURE) -> None:
    (pack / "whole.test.yaml").write_text(HEAD.replace("whole", "hole") + HELPED)
    assert main(["playbook", "test", str(pack)]) == 78
    told = capsys.readouterr()
    assert "  whole.test.yaml:3:11: unknown playbook 'hole'; expected one of " in told.out
    assert told.err == "incident-console: 0 cases, none failed; files that cannot be followed: 1\n"


def test_nothing_to_follow_is_wrong_usage(tmp_path: Path, capsys: CAPTURE) -> None:
    assert main(["playbook", "test", str(tmp_path)]) == 64
    assert "their names end with .test.yaml" in capsys.readouterr().err
    assert main(["playbook", "test", str(tmp_path / "none")]) == 78
    assert "cannot be read: No such file or directory" in capsys.readouterr().out


def test_the_cases_of_the_library_are_followed_without_an_argument(capsys: CAPTURE) -> None:
    assert main(["playbook", "test"]) == 0
    assert "scale-out.test.yaml\n  ok  " in capsys.readouterr().out
