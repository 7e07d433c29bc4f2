import re
from pathlib import Path

import pytest

from console.domain.anomaly import Status
from console.headless.exit_codes import MEANINGS, ExitCode, exit_code_of

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "exit-codes.md"


@pytest.mark.parametrize(
    ("status", "code"), [(Status.OK, 0), (Status.WARNING, 1), (Status.CRITICAL, 2), (Status.UNKNOWN, 3)]
)
def test_a_status_has_the_promised_exit_code(status: Status, code: int) -> None:
    assert exit_code_of(status) == code


def test_the_reference_lists_every_exit_code() -> None:
    listed = re.findall(r"^\| (\d+) \|", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE)
    assert list(dict.fromkeys(map(int, listed))) == sorted(ExitCode)


def test_every_exit_code_has_a_meaning() -> None:
    assert sorted(MEANINGS) == sorted(ExitCode)
