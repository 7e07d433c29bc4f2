import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services.programs import PROJECT
from tools.fetch_services import ASSETS, make_relocatable


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """The script in a checkout that has no services yet."""
    (tmp_path / "tools").mkdir()
    return Path(shutil.copy(PROJECT / "tools/fetch_services.py", tmp_path / "tools"))


def fetch(script: Path, path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(script), *arguments]
    return subprocess.run(command, env={"PATH": str(path)}, capture_output=True, text=True, check=False)


def add_program(folder: Path, name: str, script: str = "") -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_a_machine_with_neither_apt_nor_servers_is_told_what_to_install(script: Path, tmp_path: Path) -> None:
    finished = fetch(script, tmp_path / "bin")
    assert finished.returncode == 1
    (line,) = finished.stderr.splitlines()
    assert "not found: prometheus, promtool, alertmanager; install" in line


def test_without_apt_the_servers_on_path_will_do(script: Path, tmp_path: Path) -> None:
    for name in ("prometheus", "promtool", "alertmanager"):
        add_program(tmp_path / "bin", name)
    assert (fetch(script, tmp_path / "bin").returncode, fetch(script, tmp_path / "bin").stderr) == (0, "")


def test_only_the_tests_want_more_servers(script: Path, tmp_path: Path) -> None:
    for name in ("prometheus", "promtool", "alertmanager"):
        add_program(tmp_path / "bin", name)
    finished = fetch(script, tmp_path / "bin", "--for-tests")
    assert finished.returncode == 1
    assert finished.stderr == (
        "services: not found: victoria-metrics-prod, initdb, postgres; install VictoriaMetrics and PostgreSQL,"
        " e.g. `brew install victoriametrics postgresql@15`, so that they are on PATH\n"
    )
    for name in ("victoria-metrics-prod", "initdb", "postgres"):
        add_program(tmp_path / "bin", name)
    assert fetch(script, tmp_path / "bin", "--for-tests").returncode == 0


def test_an_unknown_argument_is_wrong_usage(script: Path, tmp_path: Path) -> None:
    finished = fetch(script, tmp_path / "bin", "--fortests")
    assert (finished.returncode, len(finished.stderr.splitlines())) == (64, 1)


def test_what_is_missing_is_added_to_what_is_there(script: Path, tmp_path: Path) -> None:
    there = tmp_path / ".services/usr/bin"
    there.mkdir(parents=True)
    for name in ("prometheus", "promtool", "prometheus-alertmanager"):
        add_program(there, name, "echo kept")
    unpack = "mkdir -p unpacked/usr/bin; touch unpacked/usr/bin/victoria-metrics unpacked/usr/bin/vmagent"
    unpack_more = "mkdir -p unpacked/usr/lib/postgresql/15/bin unpacked/lib/x-linux-gnu unpacked/usr/share/postgresql"
    touch = "cd unpacked; touch lib/x-linux-gnu/libpq.so.5 usr/lib/postgresql/15/bin/initdb"
    link = "ln -sf /usr/lib/postgresql/15/bin/initdb usr/lib/postgresql/15/bin/postgres"
    simulated = "echo Inst libpq5; echo Inst libllvm14; echo Inst perl"
    add_program(
        tmp_path / "bin",
        "apt-get",
        f"""case "$*" in *--simulate*) {simulated};; *download*) touch a.deb; echo "$@" >>{tmp_path}/asked;; esac""",
    )
    add_program(tmp_path / "bin", "apt-cache")
    add_program(tmp_path / "bin", "dpkg", f"{unpack}; {unpack_more}; {touch}; {link}")
    finished = fetch(script, Path(f"{tmp_path / 'bin'}:/usr/bin:/bin"), "--for-tests")
    assert finished.returncode == 0, finished.stderr
    assert "fetching victoria-metrics and postgresql-15\n" in finished.stderr
    assert (tmp_path / "asked").read_text().endswith(" download victoria-metrics postgresql-15 libpq5\n")
    names = sorted(path.name for path in there.iterdir())
    assert names == ["prometheus", "prometheus-alertmanager", "promtool", "victoria-metrics"]
    assert (tmp_path / ".services/usr/lib/shared/libpq.so.5").is_file()
    postgres = tmp_path / ".services/usr/lib/postgresql/15/bin/postgres"
    assert postgres.is_file(), "its link names the file by an absolute path"
    assert fetch(script, Path("/nowhere"), "--for-tests").stderr == ""


def test_a_failed_download_is_one_line_and_leaves_nothing_behind(script: Path, tmp_path: Path) -> None:
    add_program(tmp_path / "bin", "apt-get", 'echo "E: Unable to locate package prometheus" >&2; exit 100')
    add_program(tmp_path / "bin", "dpkg")
    finished = fetch(script, tmp_path / "bin")
    assert finished.returncode == 1
    assert finished.stderr.splitlines()[-1] == ("services: apt-get failed: E: Unable to locate package prometheus")
    assert [path.name for path in (tmp_path / ".services").iterdir()] == ["lock"]


def test_a_relocated_program_keeps_its_length_and_loses_the_absolute_path(tmp_path: Path) -> None:
    program = tmp_path / "alertmanager"
    program.write_bytes(b"\x7fELF" + ASSETS + b"/ui/" + b"\x00" + ASSETS)
    before = program.stat().st_size
    make_relocatable(program)
    assert program.stat().st_size == before
    assert ASSETS not in program.read_bytes()
    assert program.read_bytes().startswith(b"\x7fELF./")
