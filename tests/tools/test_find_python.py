import subprocess
from pathlib import Path

from tests.services.programs import PROJECT

SCRIPT = PROJECT / "tools/find_python.sh"


def find(path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", str(SCRIPT)]
    return subprocess.run(command, env={"PATH": str(path), **environment}, capture_output=True, text=True, check=False)


def interpreter(folder: Path, name: str, version: str, *, venv: bool = True) -> Path:
    """Write a program that answers the two questions of the script as a CPython of `version` does."""
    program = folder / name
    program.write_text(f'#!/bin/sh\ncase "$2" in *ensurepip*) exit {int(not venv)};; *) echo {version};; esac\n')
    program.chmod(0o755)
    return program


def test_no_python_says_what_to_install(tmp_path: Path) -> None:
    found = find(tmp_path)
    assert (found.returncode, found.stdout) == (1, "")
    assert "No Python 3.11 or newer found; install one" in found.stderr


def test_a_shim_that_fails_is_passed_over(tmp_path: Path) -> None:
    interpreter(tmp_path, "python3.11", "3.11").write_text("#!/bin/sh\nexit 127\n")
    good = interpreter(tmp_path, "python3.12", "3.12")
    assert find(tmp_path).stdout == f"{good}\n"


def test_a_python_without_venv_names_its_package(tmp_path: Path) -> None:
    interpreter(tmp_path, "python3", "3.13", venv=False)
    found = find(tmp_path)
    assert (found.returncode, found.stdout) == (1, "")
    assert "apt-get install python3.13-venv" in found.stderr


def test_the_python_that_is_asked_for_wins(tmp_path: Path) -> None:
    interpreter(tmp_path, "python3.11", "3.11")
    chosen = interpreter(tmp_path, "my-python", "3.11")
    assert find(tmp_path, PYTHON=str(chosen)).stdout == f"{chosen}\n"
