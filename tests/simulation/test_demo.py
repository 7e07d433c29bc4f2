import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import httpx
import pytest

from console.settings.settings import Settings
from console.simulation.demo import run_demo
from console.simulation.services import find_services
from tests.services import wait_until

WAITS_IN_FRONT_OF_A_WORLD = """
import sys, time
from console.simulation.demo import run_demo
def face(settings):
    print(settings.prometheus.urls[0], settings.state_directory, flush=True)
    time.sleep(600)
    return 0
sys.exit(run_demo("quiet", face))
"""


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/-/ready", trust_env=False).is_success
    except httpx.TransportError:
        return False


def test_a_face_gets_a_world_that_answers_and_is_gone_afterwards(capfd: pytest.CaptureFixture[str]) -> None:
    seen: list[Settings] = []

    def face(settings: Settings) -> int:
        assert settings.prometheus is not None
        assert settings.kubernetes is not None
        assert settings.kubernetes.context == "simulated"
        assert settings.kubernetes.write
        assert answers(settings.prometheus.urls[0])
        assert Path(settings.kubernetes.kubeconfig or "").is_file()
        assert [store.name for store in settings.predictions] == ["log of fraud", "log of eta", "log of ranker"]
        seen.append(settings)
        return 3

    assert run_demo("quiet", face) == 3
    narrated = capfd.readouterr()
    assert narrated.out == ""
    folder = Path(seen[0].state_directory or "").parent
    assert f"incident-console summary --config {folder}/config.yaml" in narrated.err
    assert not folder.exists()
    assert seen[0].prometheus is not None
    assert not answers(seen[0].prometheus.urls[0])


def test_a_face_that_crashes_leaves_nothing_behind() -> None:
    seen: list[Path] = []

    def face(settings: Settings) -> int:
        seen.append(Path(settings.state_directory or "").parent)
        raise RuntimeError("the screen is gone")

    with pytest.raises(RuntimeError, match="the screen is gone"):
        run_demo("quiet", face)
    assert not seen[0].exists()


def test_the_report_of_a_crash_outlives_the_world(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("console.simulation.demo.state_directory", lambda _: tmp_path)

    def face(settings: Settings) -> int:
        state = Path(settings.state_directory or "")
        state.mkdir()
        (state / "crash-1.log").write_text("what happened")
        (state / "journal.jsonl").write_text("{}")
        return 70

    assert run_demo("quiet", face) == 70
    assert [path.name for path in tmp_path.iterdir()] == ["crash-1.log"]
    assert f"kept as {tmp_path / 'crash-1.log'}" in capfd.readouterr().err


def test_a_killed_demo_leaves_nothing_behind() -> None:
    command = [sys.executable, "-c", WAITS_IN_FRONT_OF_A_WORLD]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        url, state = process.stdout.readline().split()
        assert answers(url)
        process.send_signal(signal.SIGTERM)
        process.wait()
    wait_until(lambda: not Path(state).parent.exists(), "the folder is removed")
    wait_until(lambda: not answers(url), "Prometheus is ended")


def test_an_unknown_scenario_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_demo("sruge", lambda _: 0) == 64
    assert "no scenario 'sruge'" in capsys.readouterr().err


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = partial(find_services, {"PATH": str(tmp_path)}, tmp_path)
    monkeypatch.setattr("console.simulation.demo.find_services", lambda _: found())


def sees_logs_alone(settings: Settings) -> int:
    assert settings.prometheus is None
    for store in settings.predictions:
        files = Path(str(store.address.url).removeprefix("duckdb://"))
        assert list(files.parent.glob(files.name))
    return 3 if settings.predictions else 4


@pytest.mark.usefixtures("bare_machine")
def test_without_prometheus_it_says_what_to_install_and_shows_what_is_logged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run_demo(None, sees_logs_alone) == 3
    narrated = capsys.readouterr().err
    assert "prometheus not found: install Prometheus" in narrated
    assert "7 of 10 requests to fraud have come without device_trust" in narrated


@pytest.mark.usefixtures("bare_machine")
def test_a_scenario_that_needs_prometheus_is_not_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_demo("surge", lambda _: 0) == 69
    assert "prometheus not found: install Prometheus" in capsys.readouterr().err


def test_prometheus_can_be_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_demo("new-customers", sees_logs_alone, prometheus=False) == 3
    assert run_demo("surge", lambda _: 0, prometheus=False) == 64
    assert "surge happens in Prometheus; without it there is null-feature" in capsys.readouterr().err
