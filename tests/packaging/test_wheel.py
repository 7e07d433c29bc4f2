import re
import time
from pathlib import Path

import pytest

import console
from tests.packaging.wheel import PROJECT, WheelEnvironment
from tests.services import OpenMetricsHistory, Servers

HEAVY = {
    "console.tui",
    "duckdb",
    "ibis",
    "kr8s",
    "pandas",
    "prometheus_client",
    "psycopg",
    "prometheus_api_client",
    "pyarrow",
    "rich",
    "scipy",
    "sqlglot",
    "textual",
}


def files_below(folder: Path, pattern: str) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob(pattern) if path.is_file()}


@pytest.mark.parametrize(
    ("folder", "pattern", "place"),
    [
        ("playbooks", "*.yaml", "console/shipped_playbooks"),
        ("console", "sources/presets/*.yaml", "console"),
        ("console", "*.json", "console"),
        ("console", "headless/exporter/rules.yaml", "console"),
        ("console", "py.typed", "console"),
    ],
)
def test_the_wheel_carries_its_data(wheel_environment: WheelEnvironment, folder: str, pattern: str, place: str) -> None:
    expected = {f"{place}/{name}" for name in files_below(PROJECT / folder, pattern)}
    assert expected
    assert expected <= wheel_environment.members


def test_the_wheel_carries_nothing_else(wheel_environment: WheelEnvironment) -> None:
    top = {name.partition("/")[0] for name in wheel_environment.members}
    distribution = f"incident_console-{console.__version__}"
    assert top == {"console", f"{distribution}.dist-info", f"{distribution}.data"}
    assert not [name for name in wheel_environment.members if "__pycache__" in name]


def test_the_manual_page_is_where_man_looks(wheel_environment: WheelEnvironment) -> None:
    installed = wheel_environment.folder / "share/man/man1/incident-console.1"
    assert installed.read_bytes() == (PROJECT / "docs/incident-console.1").read_bytes()


def test_the_command_says_its_version(wheel_environment: WheelEnvironment, tmp_path: Path) -> None:
    finished = wheel_environment.run("incident-console", "--version", home=tmp_path)
    assert (finished.returncode, finished.stdout.strip()) == (0, f"incident-console {console.__version__}")


def test_the_environment_holds_nothing_of_a_developer(wheel_environment: WheelEnvironment, tmp_path: Path) -> None:
    finished = wheel_environment.run("python", "-c", "import pytest", home=tmp_path)
    assert "No module named 'pytest'" in finished.stderr


def test_the_shipped_playbooks_are_found(wheel_environment: WheelEnvironment, tmp_path: Path) -> None:
    finished = wheel_environment.run("incident-console", "playbook", "list", home=tmp_path)
    assert finished.returncode == 0, finished.stderr
    assert "scale-out" in finished.stdout


IMPORT = re.compile(r"^import time: .*\| +(.+)\n", re.MULTILINE)


@pytest.mark.parametrize(
    "command", [["summary"], ["watch", "--until", "critical"], ["action", "list", "fraud"]], ids=" ".join
)
def test_a_headless_command_loads_nothing_heavy(
    wheel_environment: WheelEnvironment, servers: Servers, tmp_path: Path, command: list[str]
) -> None:
    now = time.time()
    history = OpenMetricsHistory()
    for code, rate in (("200", 40.0), ("500", 20.0)):
        labels = {"model": "fraud", "version": "v42", "pod": "fraud-0", "code": code}
        history.add_counter("http_requests_total", labels, rate, start=now - 7200, end=now)
    script = str(wheel_environment.folder / "bin/incident-console")
    url = servers.prometheus(history=history).url

    finished = wheel_environment.run("python", "-X", "importtime", script, *command, "--prometheus", url, home=tmp_path)

    assert "fraud" in finished.stdout, IMPORT.sub("", finished.stderr)
    modules = set(IMPORT.findall(finished.stderr))
    assert {"msgspec", "httpx"} <= modules, "the report of imports was not understood"
    roots = {module.partition(".")[0] for module in modules}
    assert not HEAVY & (roots | modules)
