"""Where secrets of every kind are planted: a console's folder, and servers that repeat what they are sent."""

import base64
import json
import os
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from console.domain.moments import floor_to_step
from console.settings.load import load_settings
from console.settings.settings import Settings
from console.simulation.cluster.simulated_cluster import SimulatedCluster
from tests.actions.kubeflow.fake_kubeflow import FakeKubeflow
from tests.actions.mlflow.fake_mlflow import FakeMlflow
from tests.actions.mlflow.world import Registry
from tests.faults.lying_proxy import LyingProxy
from tests.history.circumstances.past import AHEAD, add_pod, pod_labels
from tests.services import OpenMetricsHistory, Servers
from tests.services.certificates import Authority
from tests.sources.lying_server import Lie, LyingServer, Request

NOW = floor_to_step(time.time(), 30.0)
CANARY = "cAnArY"
LOGIN = "client.authentication.k8s.io/v1"
BREAKS = "breaks"
"""The address at which the console itself is to break, with a secret in its hands."""
URL_PASSWORD, BY_ENV, BY_FILE, BY_COMMAND, HEADER, FOR_PROGRAM, ROUTING_KEY, SLACK, KUBEFLOW, MLFLOW, BROKEN = (
    f"{CANARY}{number}{name}" for number, name in enumerate("abcdefghijk")
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
    on_verified: silence
    on_worse: silence
    on_timeout: silence
    on_skipped: silence
  - id: silence
    title: silence
    action: alertmanager.silence
    with: {minutes: 30}
    verify: *unseen
    on_verified: alias
    on_worse: alias
    on_timeout: alias
    on_skipped: alias
  - id: alias
    title: alias
    action: mlflow.move_alias
    with: {alias: champion, version: 2}
    verify: *unseen
    on_verified: retrain
    on_worse: retrain
    on_timeout: retrain
    on_skipped: retrain
  - id: retrain
    title: retrain
    action: kubeflow.retrain
    verify: *unseen
    on_verified: broken
    on_worse: broken
    on_timeout: broken
    on_skipped: broken
  - id: broken
    title: broken
    action: webhook.broken
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
def watching_arguments(*secrets: str) -> Iterator[list[str]]:
    """Look at the arguments of every process, again and again; what held a secret is on the list."""
    seen: list[str] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.02):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    words = path.read_bytes().decode("utf-8", "replace")
                except OSError:
                    continue
                if any(secret in words for secret in secrets):
                    seen.append(words)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


class Around(NamedTuple):
    """The servers around a session: each but Prometheus and the cluster refuses what it is sent, and repeats it."""

    prometheus_port: int
    kubeconfig: Path
    echo: "Echo"
    alertmanager: "EchoingProxy"
    mlflow: "EchoingProxy"
    kubeflow: "EchoingProxy"

    def sent(self) -> str:
        """Return everything that was sent to those that refuse."""
        servers = (self.echo, self.alertmanager, self.mlflow, self.kubeflow)
        told = [(each.path, each.headers, each.body) for server in servers for each in server.requests]
        return repr(told)


class Place:
    """Where a session takes place: its folder, and the servers around it."""

    def __init__(self, folder: Path, around: Around) -> None:
        echo = around.echo
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
            "KUBEFLOW": KUBEFLOW,
            "BROKEN": BROKEN,
        }
        secrets = folder / "secrets"
        secrets.mkdir(mode=0o700)
        (secrets / "by-file").write_text(f"{BY_FILE}\n")
        (secrets / "for-program").write_text(f"{FOR_PROGRAM}\n")
        (secrets / "mlflow").write_text(f"{MLFLOW}\n")
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
                "urls": [f"http://oncall:{URL_PASSWORD}@127.0.0.1:{around.prometheus_port}"],
                "headers": {"X-Key": {"env": "HEADER"}},
            },
            "alertmanager": [
                {"urls": [around.alertmanager.url], "bearer": {"file": str(secrets / "by-file")}, "write": True}
            ],
            "mlflow": [
                {
                    "urls": [around.mlflow.url],
                    "basic": {"username": "oncall", "password": {"file": str(secrets / "mlflow")}},
                    "write": True,
                }
            ],
            "kubeflow": [
                {
                    "urls": [around.kubeflow.url],
                    "bearer": {"env": "KUBEFLOW"},
                    "write": True,
                    "pipelines": [{"match": "*", "pipeline": "train model", "parameters": {"model": "$model.name"}}],
                }
            ],
            "kubernetes": {"context": "simulated", "kubeconfig": str(around.kubeconfig), "write": True},
            "webhooks": {
                "hook": {
                    "title": "Call the hook",
                    "url": echo.url,
                    "bearer": {"command": ["/bin/cat", str(secrets / "by-command")]},
                    "headers": {"X-Other": {"env": "BY_ENV"}},
                    "write": True,
                },
                "broken": {
                    "title": "Call what breaks the console",
                    "url": f"{echo.url}/{BREAKS}",
                    "bearer": {"env": "BROKEN"},
                    "write": True,
                },
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


def echo_of(request: Request) -> Lie:
    """Return a refusal that repeats what was sent: headers, body and address."""
    said = json.dumps({"error": f"{request.path} {request.headers} {request.body.decode()}"})
    return Lie(422, said.encode())


class Echo(LyingServer):
    """Refuses everything, and repeats what it was sent."""

    def __init__(self) -> None:
        super().__init__(Lie())

    async def _lie_for(self, request: Request) -> Lie:
        return echo_of(request)


class EchoingProxy(LyingProxy):
    """Passes on what only reads; everything else it refuses and repeats."""

    async def _lie_for(self, request: Request) -> Lie:
        return await super()._lie_for(request) if request.method == "GET" else echo_of(request)


class Secrets(NamedTuple):
    """What the cluster's login holds beside the canaries: a token, and pieces of a private key in both its forms."""

    token: str
    pieces_of_key: tuple[str, ...]


@asynccontextmanager
async def a_place(servers: Servers, folder: Path) -> AsyncIterator[tuple[Place, Around, Secrets]]:
    """Return a place in which model `fraud` is slow, its alert fires, and a pipeline trains it."""
    cluster = SimulatedCluster(time.time)
    cluster.add_deployment(
        namespace="ml", name="fraud", replicas=2, image="r/fraud:v1", labels={"version": "v1"}, created=NOW - 7200
    )
    history = OpenMetricsHistory()
    for pod in cluster.pods("ml", "fraud"):
        labels = {**pod_labels(pod.name, "v1", model="fraud"), "namespace": "ml"}
        add_pod(history, labels, start=NOW - 3600, end=NOW + AHEAD, seconds=2.0)
    prometheus, alertmanager = servers.prometheus(history=history), servers.alertmanager()
    alertmanager.fire("ModelLatencyHigh", {"model": "fraud"})
    async with AsyncExitStack() as stack:
        echo = await stack.enter_async_context(Echo())
        served = await stack.enter_async_context(cluster.serve(tls=True))
        mlflow = await stack.enter_async_context(FakeMlflow())
        registry = await stack.enter_async_context(Registry(mlflow.url, name="fraud"))
        await registry.fill(versions=2)
        kubeflow = await stack.enter_async_context(FakeKubeflow(token=KUBEFLOW))
        proxies = [
            await stack.enter_async_context(EchoingProxy(url)) for url in (alertmanager.url, mlflow.url, kubeflow.url)
        ]
        kubeconfig = folder / "kubeconfig"
        served.write_kubeconfig(kubeconfig)
        pieces = _log_in_by_program_and_key(kubeconfig, served.token, folder)
        around = Around(prometheus.port, kubeconfig, echo, *proxies)
        yield Place(folder, around), around, Secrets(served.token, pieces)


def _log_in_by_program_and_key(kubeconfig: Path, token: str, folder: Path) -> tuple[str, ...]:
    """Let a kubeconfig get its token from a program and show a certificate; return pieces of the certificate's key."""
    kept = folder / "exec-token"
    kept.write_text(token)
    plugin = (
        "import json,pathlib; "
        f"print(json.dumps({{'apiVersion': '{LOGIN}', 'kind': 'ExecCredential', 'status': "
        f"{{'token': pathlib.Path({str(kept)!r}).read_text()}}}}))"
    )
    signed = Authority(folder / "authority").sign("oncall")
    certificate, key = signed.certificate.read_bytes(), signed.key.read_bytes()
    document = yaml.safe_load(kubeconfig.read_text())
    document["users"][0]["user"] = {
        "client-certificate-data": base64.b64encode(certificate).decode(),
        "client-key-data": base64.b64encode(key).decode(),
        "exec": {
            "apiVersion": LOGIN,
            "command": sys.executable,
            "args": ["-c", plugin],
            "interactiveMode": "Never",
        },
    }
    kubeconfig.write_text(yaml.safe_dump(document))
    return key.decode().splitlines()[1], base64.b64encode(key).decode()[80:140]
