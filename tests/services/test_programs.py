from pathlib import Path

import pytest

from tests.services import programs


def test_a_program_on_path_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "prometheus-of-this-test"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert programs.program("unknown-name", "prometheus-of-this-test") == program


def test_a_missing_server_fails_in_ci_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(programs.MissingServerError, match=r"no nowhere in .* run `make services-for-tests`"):
        programs.program("nowhere")
