"""Secrets of every kind go through a session that plans, commits, fails and crashes; nothing written has one."""

import asyncio
import json
import os
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from console.domain.action import Outcome
from console.domain.command import Answer, Command, CommitPlan, StartRun
from console.domain.moments import floor_to_step
from console.domain.run import Run
from console.domain.snapshot import Snapshot
from console.engine.parts import Parts, make_engine
from console.headless.crash import crash_line, write_crash_log
from console.headless.runs.news import news_of
from console.journal.events import Intent, OutcomeRecorded
from console.journal.file_journal import FileJournal
from console.settings.load import load_settings
from console.settings.settings import Settings
from console.simulation.cluster.simulated_cluster import SimulatedCluster
from console.tui.app import ConsoleApp
from console.tui.outside.surroundings import Surroundings
from tests.history.circumstances.past import add_pod, pod_labels
from tests.services import OpenMetricsHistory, Servers
from tests.sources.lying_server import Lie, LyingServer

NOW = floor_to_step(time.time(), 30.0)
CANARY = "cAnArY"
URL_PASSWORD, BY_ENV, BY_FILE, BY_COMMAND, HEADER, FOR_PROGRAM, ROUTING_KEY, SLACK = (
    f"{CANARY}{number}{name}" for number, name in enumerate("abcdefgh")
)
PROGRAM = """import os
print("the token is " + os.environ["API"] + " of " + os.environ["HOME"])
raise SystemExit(3)
"""
PLAYBOOK = """
apiVersion: incident-console/v1
kind: Playbook
metadata: {id: canaries, version: 1, title: Use every secret, owners: [ml], reviewed: 2026-11-20}
match: {anomaly: {kind: [latency]}}
evidence:
  latency: {signal: latency_p99}
steps:
  - id: scale
    title: scale
    action: kubernetes.scale
    with: {replicas: 3}
    verify: &unseen {better: {var: latency, op: "<", value: 0.001}, timeout: 10m}
    on_verified: hook
    on_worse: hook
    on_timeout: hook
    on_skipped: hook
  - id: hook
    title: hook
    action: webhook.hook
    verify: *unseen
    on_verified: program
    on_worse: program
    on_timeout: program
    on_skipped: program
  - id: program
    title: program
    action: command.program
    verify: *unseen
    on_verified: tell
    on_worse: tell
    on_timeout: tell
    on_skipped: tell
  - id: tell
    notify: {to: [team, pager, other], message: "{{ model.name }} is slow"}
    next: end
    on_failed: end
"""


@contextmanager
def watching_arguments() -> Iterator[list[str]]:
    """Look at the arguments of every process, again and again; what held a canary is on the list."""
    seen: list[str] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.02):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    words = path.read_bytes().decode("utf-8", "replace")
                except OSError:
                    continue
                if CANARY in words:
                    seen.append(words)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


class Place:
    """Where a session takes place: its folder, cluster and Prometheus, and a server that echoes what it is sent."""

    def __init__(self, folder: Path, prometheus_port: int, echo: "Echo", kubeconfig: Path) -> None:
        self.folder = folder
        self.state = folder / "state"
        self.exports = folder / "exports"
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder / "home"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "BY_ENV": BY_ENV,
            "HEADER": HEADER,
            "SLACK": f"{echo.url}/services/T0/{SLACK}",
            "PD": ROUTING_KEY,
        }
        secrets = folder / "secrets"
        secrets.mkdir(mode=0o700)
        (secrets / "by-file").write_text(f"{BY_FILE}\n")
        (secrets / "for-program").write_text(f"{FOR_PROGRAM}\n")
        (secrets / "by-command").write_text(f"{BY_COMMAND}\n")
        program = folder / "program"
        program.write_text(f"#!{sys.executable}\n{PROGRAM}")
        program.chmod(0o700)
        playbooks = folder / "playbooks"
        playbooks.mkdir()
        (playbooks / "canaries.yaml").write_text(PLAYBOOK)
        self.config = folder / "config.yaml"
        document: dict[str, Any] = {
            "prometheus": {
                "urls": [f"http://oncall:{URL_PASSWORD}@127.0.0.1:{prometheus_port}"],
                "headers": {"X-Key": {"env": "HEADER"}},
            },
            "alertmanager": [{"urls": [echo.url], "bearer": {"file": str(secrets / "by-file")}}],
            "kubernetes": {"context": "simulated", "kubeconfig": str(kubeconfig), "write": True},
            "webhooks": {
                "hook": {
                    "title": "Call the hook",
                    "url": echo.url,
                    "bearer": {"command": ["/bin/cat", str(secrets / "by-command")]},
                    "headers": {"X-Other": {"env": "BY_ENV"}},
                    "write": True,
                }
            },
            "commands": {
                "program": {
                    "title": "Run the program",
                    "argv": [str(program)],
                    "environment": {"API": {"file": str(secrets / "for-program")}},
                    "write": True,
                }
            },
            "channels": {
                "team": {"type": "slack", "url": {"env": "SLACK"}, "write": True},
                "pager": {"type": "pagerduty", "routing_key": {"env": "PD"}, "url": echo.url, "write": True},
                "other": {"type": "webhook", "url": echo.url, "bearer": {"env": "BY_ENV"}, "write": True},
            },
            "models": [{"match": "*", "objective": {"latency": {"latency_p99": "1s"}}}],
            "playbooks": [str(playbooks)],
            "state_directory": str(self.state),
            "export_directory": str(self.exports),
            "refresh": "1s",
        }
        self.config.write_text(yaml.safe_dump(document))

    def settings(self) -> Settings:
        return load_settings(self.config, self.environment)

    def written(self) -> Iterator[tuple[Path, str]]:
        """Yield everything that the sessions wrote, in whatever folder: not what they were given."""
        for folder in (self.state, self.exports, self.folder / "cache", self.folder / "home"):
            for path in folder.rglob("*"):
                if path.is_file():
                    yield path, path.read_bytes().decode("utf-8", "replace")


class Echo(LyingServer):
    """Refuses everything, and repeats what it was sent: headers, body and address."""

    def __init__(self) -> None:
        super().__init__(Lie())

    async def _lie_for(self, request: Any) -> Lie:
        said = json.dumps({"error": f"{request.path} {request.headers} {request.body.decode()}"})
        return Lie(422, said.encode())


@pytest.fixture
async def place(servers: Servers, tmp_path: Path) -> AsyncIterator[tuple[Place, Echo, str]]:
    cluster = SimulatedCluster(time.time)
    cluster.add_deployment(
        namespace="ml", name="fraud", replicas=2, image="r/fraud:v1", labels={"version": "v1"}, created=NOW - 7200
    )
    history = OpenMetricsHistory()
    for pod in cluster.pods("ml", "fraud"):
        labels = {**pod_labels(pod.name, "v1", model="fraud"), "namespace": "ml"}
        add_pod(history, labels, start=NOW - 3600, end=NOW + 600, seconds=2.0)
    prometheus = servers.prometheus(history=history)
    async with Echo() as echo, cluster.serve() as served:
        kubeconfig = tmp_path / "kubeconfig"
        served.write_kubeconfig(kubeconfig)
        token = tmp_path / "exec-token"
        token.write_text(served.token)
        plugin = (
            "import json,pathlib; "
            f"print(json.dumps({{'status': {{'token': pathlib.Path({str(token)!r}).read_text()}}}}))"
        )
        document = yaml.safe_load(kubeconfig.read_text())
        document["users"][0]["user"] = {
            "exec": {
                "apiVersion": "client.authentication.k8s.io/v1",
                "command": sys.executable,
                "args": ["-c", plugin],
                "interactiveMode": "Never",
            }
        }
        kubeconfig.write_text(yaml.safe_dump(document))
        yield Place(tmp_path, prometheus.port, echo, kubeconfig), echo, served.token


class Headless:
    """A console without a screen that does what it is told, and remembers all that was published and told."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.told: list[str] = []

    async def until(self, runs: list[Run], holds: Callable[[Run], object]) -> Run:
        deadline = time.monotonic() + 20
        while not (runs and holds(runs[-1])):
            assert time.monotonic() < deadline, runs[-1:]
            await self.refresh()
            await asyncio.sleep(0.02)
        return runs[-1]

    async def refresh(self) -> Snapshot:
        snapshot = await self._parts.refresher.take(None)
        self.told.append(repr(snapshot))
        await self._parts.runs.on_snapshot(snapshot)
        await self._parts.incidents.on_snapshot(snapshot)
        return snapshot

    async def send(self, command: Command) -> None:
        await self._parts.runs.handle(command)


def _has_plan_of(step: str, run: Run) -> bool:
    return run.active == step and run.plan is not None


async def a_session(place: Place) -> tuple[list[Run], list[str]]:
    """Follow the playbook to its end: everything is planned, sent, refused and told."""
    runs: list[Run] = []
    async with Parts(
        place.settings(), environment=place.environment, clock=time.time, at=None, publish=runs.append
    ) as parts:
        console = Headless(parts)
        snapshot = await console.refresh()
        (view,) = snapshot.models
        assert view.workload is not None
        assert view.workload.workload is not None, view.workload.reason
        await console.send(StartRun(view.model.id, "canaries"))
        for step in ("scale", "hook", "program"):
            run = await console.until(runs, partial(_has_plan_of, step))
            assert run.plan is not None
            assert not run.plan.refusals, run.plan.refusals
            await console.send(CommitPlan(run.id, run.plan.hash))
            run = await console.until(runs, lambda run: run.plan is None and any(c.key == "x" for c in run.choices))
            await console.send(Answer(run.id, step, "x"))
        run = await console.until(runs, lambda run: any(choice.sends for choice in run.choices))
        assert run.notice is not None
        await console.send(Answer(run.id, "tell", "s", notice_hash=run.notice.hash))
        run = await console.until(runs, lambda run: run.notice is not None and bool(run.notice.deliveries))
        await console.send(Answer(run.id, "tell", "x"))
        await console.until(runs, lambda run: run.ended is not None)
    before = [None, *runs]
    news = [f"{each.text} {each.detail}" for was, now in zip(before, runs, strict=False) for each in news_of(was, now)]
    return runs, [*console.told, *news, repr(runs), repr(place.settings())]


async def a_screen(place: Place) -> None:
    """Open the screen, look at the fleet, the model and the playbook's plan, and write all of them to files."""
    app = ConsoleApp(
        lambda publish, crashed: make_engine(
            place.settings(), environment=place.environment, at=None, publish=publish, crashed=crashed
        ),
        surroundings=Surroundings(place.environment, export_directory=str(place.exports)),
    )
    async with app.run_test(size=(160, 50)) as pilot:
        async with asyncio.timeout(20):
            while app.snapshot is None or not app.snapshot.models:
                await pilot.pause(0.05)
        for key in ("ctrl+s", "enter", "ctrl+s", "e"):
            await pilot.press(key)
            await app.workers.wait_for_complete()
            await pilot.pause()
        app.stop_engine(30)


def crash(place: Place) -> tuple[str, Path]:
    """Crash with secrets in messages, arguments and locals."""
    token = BY_ENV

    def send(authorization: str) -> None:
        raise RuntimeError(f"Authorization: Bearer {authorization} {token}")

    try:
        send(BY_FILE)
    except RuntimeError as error:
        return crash_line(error), write_crash_log(error, place.state, time.time())
    raise AssertionError("it did not crash")


async def test_nothing_secret_is_written_shown_or_in_arguments(
    place: tuple[Place, Echo, str], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    where, echo, kubernetes_token = place
    caplog.set_level("DEBUG", logger="console")
    with watching_arguments() as in_arguments:
        runs, told = await a_session(where)
        await a_screen(where)
        line, report = crash(where)
    everything_sent = repr([(request.path, request.headers, request.body) for request in echo.requests])
    for secret in (BY_ENV, BY_FILE, BY_COMMAND, ROUTING_KEY, SLACK):
        assert secret in everything_sent, "a canary that never flew proves nothing"
    events = FileJournal(where.state).read()
    assert {event.plan.action for event in events if isinstance(event, Intent)} == {
        "kubernetes.scale", "webhook.hook", "command.program", "notify.team", "notify.pager", "notify.other",
    }  # fmt: skip
    assert {event.outcome for event in events if isinstance(event, OutcomeRecorded)} >= {
        Outcome.APPLIED,
        Outcome.NOT_APPLIED,
        Outcome.UNKNOWN,
    }
    written = dict(where.written())
    assert report in written
    assert {path.suffix for path in written} >= {".jsonl", ".svg", ".txt", ".log"}
    captured = capfd.readouterr()
    told += [line, caplog.text, captured.out, captured.err]
    assert any("the token is ***" in text for text in told), "the program had its secret"
    for secret in (CANARY, kubernetes_token):
        assert [path.name for path, text in written.items() if secret in text] == []
        assert [text for text in told if secret in text] == []
    assert in_arguments == []
    assert "***" in repr(runs), "what was echoed is told, without the secrets in it"
