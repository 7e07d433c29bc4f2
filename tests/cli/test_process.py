"""The command as a process: pipes, terminals, what it loads."""

import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.services import Servers
from tests.services.openmetrics import OpenMetricsHistory

HEAVY = ("textual", "rich", "pandas", "scipy", "kr8s", "prometheus_api_client", "requests", "ibis", "duckdb")
HOSTILE = "evil\x1b[31m\u202e"


@pytest.fixture(scope="module")
def prometheus_url(session_servers: Servers) -> str:
    """A Prometheus with one healthy model, one that fails a third of its requests, and one with a hostile name."""
    now = time.time()
    history = OpenMetricsHistory()
    for model, failures in (("ads", 0.0), ("fraud", 0.3), (HOSTILE, 0.0)):
        labels = {"model": model, "pod": f"{model}-0", "job": "models", "instance": f"{model}-0"}
        for code, share in (("200", 1 - failures), ("500", failures)):
            samples = [(at, (at - now + 90_000) * 10 * share) for at in (now - 7500 + 15 * n for n in range(501))]
            history.add("http_requests_total", {**labels, "code": code}, samples)
    return session_servers.prometheus(history=history).url


def run(arguments: Sequence[str], home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "console", *arguments],
        env={**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": "", "INCIDENT_CONSOLE_CONFIG": "", **environment},
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=60,
    )


def run_in_terminal(arguments: Sequence[str], home: Path, **environment: str) -> tuple[int, str]:
    """Return the exit code and what a terminal of 60 columns received."""
    ours, theirs = pty.openpty()
    os.set_blocking(ours, True)
    subprocess.run(["stty", "cols", "60"], stdin=theirs, check=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "console", *arguments],
        env={**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": "", "INCIDENT_CONSOLE_CONFIG": "", **environment},
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    received = b"".join(_read_until_closed(ours))
    return process.wait(60), received.decode()


def _read_until_closed(descriptor: int) -> Iterator[bytes]:
    with os.fdopen(descriptor, "rb", buffering=0) as terminal:
        while True:
            try:
                data = terminal.read(4096)
            except OSError:  # what Linux says when the other end of a terminal is closed
                return
            if not data:
                return
            yield data


def test_a_pipe_gets_text_without_colours_and_in_full_width(prometheus_url: str, tmp_path: Path) -> None:
    finished = run(["summary", "--prometheus", prometheus_url], tmp_path, TERM="xterm-256color")
    assert finished.returncode == 2
    assert finished.stdout.startswith("CRITICAL  1 critical of 3 models  at ")
    assert "CRIT fraud  errors 30 %" in finished.stdout
    assert finished.stderr == ""
    assert all(line.isprintable() for line in finished.stdout.split("\n"))


def test_a_terminal_gets_colours_and_lines_that_fit(prometheus_url: str, tmp_path: Path) -> None:
    code, shown = run_in_terminal(["summary", "--prometheus", prometheus_url], tmp_path, TERM="xterm", NO_COLOR="")
    assert code == 2
    assert "\x1b[1;31mCRITICAL\x1b[0m" in shown
    plain = shown.replace("\x1b[1;31m", "").replace("\x1b[0m", "")
    assert max(map(len, plain.split("\r\n"))) <= 60


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1", "TERM": "xterm"}, {"TERM": "dumb", "NO_COLOR": ""}])
def test_colours_can_be_refused(prometheus_url: str, tmp_path: Path, environment: dict[str, str]) -> None:
    _, shown = run_in_terminal(["summary", "--prometheus", prometheus_url], tmp_path, **environment)
    assert shown.startswith("CRITICAL  1 critical")
    assert "\x1b" not in shown


def test_json_is_one_document_in_utf_8_whatever_the_locale(prometheus_url: str, tmp_path: Path) -> None:
    arguments = ["summary", "--prometheus", prometheus_url, "--format", "json"]
    finished = run(arguments, tmp_path, PYTHONIOENCODING="ascii")
    document = json.loads(finished.stdout)
    assert {model["id"] for model in document["models"]} == {"ads", "fraud", HOSTILE}
    assert "\x1b" not in finished.stdout


def test_a_locale_that_lacks_a_character_shows_a_question_mark(prometheus_url: str, tmp_path: Path) -> None:
    finished = run(["summary", "--prometheus", prometheus_url, "--all"], tmp_path, PYTHONIOENCODING="ascii")
    assert finished.returncode == 2
    assert "evil?[31m?" in finished.stdout


def test_the_exit_code_speaks_of_the_models_shown(prometheus_url: str, tmp_path: Path) -> None:
    def code(glob: str) -> int:
        return run(["summary", "--prometheus", prometheus_url, "--model", glob], tmp_path).returncode

    assert [code("ads"), code("f*"), code("nothing")] == [0, 2, 3]


@pytest.mark.parametrize("chosen_format", ["text", "json", "markdown"])
def test_a_reader_that_leaves_is_no_error(prometheus_url: str, tmp_path: Path, chosen_format: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        finished = subprocess.run(
            [sys.executable, "-m", "console", "summary", "--prometheus", prometheus_url, "--format", chosen_format],
            env={**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": ""},
            stdout=pipe,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
    assert finished.stderr == b""
    assert finished.returncode == 2


COMMANDS_THAT_PRINT = (
    ["summary", "--prometheus", "http://127.0.0.1:1"],
    ["watch", "--prometheus", "http://127.0.0.1:1", "--format", "json"],
    ["man"],
)


@pytest.mark.parametrize("arguments", COMMANDS_THAT_PRINT, ids=lambda arguments: arguments[0])
def test_a_full_disk_is_one_line_and_no_status_of_a_fleet(arguments: list[str], tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        finished = subprocess.run(
            [sys.executable, "-m", "console", *arguments],
            env={**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": "", "INCIDENT_CONSOLE_CONFIG": ""},
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
            timeout=60,
        )
    assert finished.stderr == "incident-console: stdout cannot be written: No space left on device\n"
    assert finished.returncode == 74


@pytest.mark.parametrize("arguments", COMMANDS_THAT_PRINT, ids=lambda arguments: arguments[0])
def test_a_closed_stdout_is_one_line_and_no_status_of_a_fleet(arguments: list[str], tmp_path: Path) -> None:
    finished = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-m", "console", *arguments],
        env={**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": "", "INCIDENT_CONSOLE_CONFIG": ""},
        stderr=subprocess.PIPE,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert finished.stderr == "incident-console: stdout cannot be written: it is closed\n"
    assert finished.returncode == 74


def test_the_screen_asks_for_a_terminal_where_stdin_is_closed(tmp_path: Path) -> None:
    finished = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" <&-', "sh", sys.executable, "-m", "console", "--prometheus", "http://127.0.0.1:1"],
        env={**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": "", "INCIDENT_CONSOLE_CONFIG": ""},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert finished.returncode == 64
    assert finished.stderr.startswith("incident-console: the screen needs a terminal")


def test_summary_loads_nothing_heavy(prometheus_url: str, tmp_path: Path) -> None:
    code = (
        "import sys; from console.cli import main;"
        f"main(['summary', '--prometheus', {prometheus_url!r}]);"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": ""},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert finished.stdout.splitlines()[-1] == "[]"


def test_config_check_tells_what_is_found_there(prometheus_url: str, tmp_path: Path) -> None:
    finished = run(["config", "check", "--prometheus", prometheus_url], tmp_path)
    assert finished.returncode == 0
    assert "model-label: 3 models: ads, " in finished.stdout
    assert "traffic from model-label" in finished.stdout
    assert "latency_p99 is not exported" in finished.stdout
    assert "cluster        not configured" in finished.stdout
    assert all(line.isprintable() for line in finished.stdout.split("\n"))


def test_config_check_tells_what_a_proxy_adds(servers: Servers, tmp_path: Path) -> None:
    now = time.time()
    history = OpenMetricsHistory()
    where = {"job": "k", "instance": "a:80", "namespace": "ml", "pod": "fraud-7d9f8b6c5d-x2x4z"}
    shared = {"job": "k", "instance": "b:80", "namespace": "ml", "pod": "several-0"}
    for model, labels in (("fraud", where), ("ads", shared), ("eta", shared)):
        series = {"model_name": model, **labels}
        history.add_counter("request_predict_seconds_count", series, 2.0, start=now - 1800, end=now)
    for workload in ("fraud", "several"):
        labels = {"destination_workload": workload, "destination_workload_namespace": "ml", "reporter": "destination"}
        history.add_counter("istio_requests_total", labels | {"response_code": "200"}, 2.0, start=now - 1800, end=now)
    url = servers.prometheus(history=history).url
    finished = run(["config", "check", "--prometheus", url], tmp_path)
    assert finished.returncode == 0
    lines = [line.strip() for line in finished.stdout.splitlines()]
    assert "presets        kserve: 3 models: ads, eta, fraud" in lines
    assert "istio: adds error_ratio to 1 model: fraud" in lines
    assert "istio: error_ratio cannot be told of 2 models, which share a workload or server: ads, eta" in lines
    assert "error_ratio from istio" in lines
    assert any(line.startswith("nothing is exported of vllm, tensorrt-llm, ") for line in lines)
    (tmp_path / "config.yaml").write_text(f"prometheus: {{urls: ['{url}']}}\ncreate_models: [isto]\n")
    refused = run(["summary", "--config", str(tmp_path / "config.yaml")], tmp_path)
    assert refused.returncode == 78
    assert "'isto' is no preset that adds to models of others" in refused.stderr


def test_config_check_tells_what_is_no_longer_exported(servers: Servers, tmp_path: Path) -> None:
    end = time.time() - 3 * 86400
    history = OpenMetricsHistory()
    for model in ("ads", "fraud"):
        history.add_counter("request_predict_seconds_count", {"model_name": model}, 2.0, start=end - 1800, end=end)
    finished = run(["config", "check", "--prometheus", servers.prometheus(history=history).url], tmp_path)
    assert "kserve: no sample of the last 1d, but had 2 models: ads, fraud\n" in finished.stdout


def test_config_check_tells_why_what_is_exported_makes_no_model(servers: Servers, tmp_path: Path) -> None:
    now = time.time()
    history = OpenMetricsHistory()
    for name, labels in (
        ("istio_requests_total", {"destination_workload": "fraud", "destination_workload_namespace": "ml"}),
        ("request_predict_seconds_count", {"model": "fraud"}),
    ):
        history.add_counter(name, labels, 2.0, start=now - 1800, end=now)
    finished = run(["config", "check", "--prometheus", servers.prometheus(history=history).url], tmp_path)
    assert "kserve: exported, but without a label model_name: request_predict_seconds_count\n" in finished.stdout
    assert (
        "istio: exported, but there is no model to add to; create_models: [istio] makes models of it\n"
        in finished.stdout
    )


def test_config_check_names_the_series_that_a_preset_may_mean(servers: Servers, tmp_path: Path) -> None:
    now = time.time()
    history = OpenMetricsHistory().add_counter("my_requests_total", {"id": "ads"}, 2.0, start=now - 1800, end=now)
    url = servers.prometheus(history=history).url
    (tmp_path / "mine.yaml").write_text(
        "name: mine\ntitle: Mine\nlabels: {model: [id]}\nrequests: [{series: my_request_total}]\n"
    )
    (tmp_path / "config.yaml").write_text(f"prometheus: {{urls: ['{url}']}}\npresets: [mine.yaml]\n")
    finished = run(["config", "check", "--config", str(tmp_path / "config.yaml")], tmp_path)
    assert "mine: no my_request_total; nearest: my_requests_total\n" in finished.stdout


def test_config_check_names_the_models_that_a_proxy_makes(servers: Servers, tmp_path: Path) -> None:
    now = time.time()
    history = OpenMetricsHistory()
    for namespace in ("ml", "web"):
        where = {"destination_workload": "fraud-v2", "destination_workload_namespace": namespace}
        labels = {"reporter": "destination", "destination_canonical_service": "fraud", "response_code": "200"}
        history.add_counter("istio_requests_total", labels | where, 2.0, start=now - 1800, end=now)
    target = {"job": "knative", "instance": "a:9091", "namespace": "ml", "pod": "ads-00001-deployment-7d9f8b6c5d-x2x4z"}
    labels = {"http_response_status_code": "200", **target}
    history.add_counter("kn_serving_invocation_duration_seconds_count", labels, 2.0, start=now - 1800, end=now)
    resource = {"kn_revision_name": "ads-00001", "kn_service_name": "ads", "k8s_namespace_name": "ml"}
    history.add_function("target_info", {**target, **resource}, lambda _: 1, start=now - 1800, end=now)
    url = servers.prometheus(history=history).url
    (tmp_path / "config.yaml").write_text(f"prometheus: {{urls: ['{url}']}}\ncreate_models: [istio, knative]\n")
    finished = run(["config", "check", "--config", str(tmp_path / "config.yaml")], tmp_path)
    assert finished.returncode == 0
    lines = [line.strip() for line in finished.stdout.splitlines()]
    assert "presets        knative: 1 model: ads" in lines
    made = [line for line in lines if line.startswith("istio: makes, or adds")]
    assert [line.partition(" to, ")[2] for line in made] == ["2 models: ml/fraud, web/fraud"]


def test_the_past_is_shown_as_it_was(prometheus_url: str, tmp_path: Path) -> None:
    finished = run(["summary", "--prometheus", prometheus_url, "--at", "10m", "--format", "json"], tmp_path)
    document = json.loads(finished.stdout)
    assert document["status"] == "critical"
    before = run(["summary", "--prometheus", prometheus_url, "--at", "1d", "--format", "json"], tmp_path)
    assert json.loads(before.stdout)["models"] == []
    assert before.returncode == 3
