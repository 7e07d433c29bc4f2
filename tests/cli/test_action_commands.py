"""The commands about single actions, from the command line to a cluster that speaks the API and back."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from console.cli import main
from console.domain.action import Commitment, Outcome
from console.domain.moments import floor_to_step
from console.engine.executor import Executor
from console.headless.exit_codes import ExitCode
from console.headless.output import OutputFailed, write_data
from console.journal.events import Intent, OutcomeRecorded, RunLine, Verification
from console.journal.file_journal import FileJournal
from console.simulation.cluster.simulated_cluster import SimulatedCluster
from console.transport.kubernetes import Kr8sTransport
from tests.history.circumstances.past import AHEAD, add_pod, pod_labels
from tests.services import OpenMetricsHistory, Servers

CAPTURE = pytest.CaptureFixture[str]
NOW = floor_to_step(time.time(), 30.0)
SCALE_PATH = "/apis/apps/v1/namespaces/ml/deployments/fraud/scale"
SCALE = ("action", "run", "fraud", "kubernetes.scale")


class Told(msgspec.Struct, frozen=True):
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    def event(self, name: str) -> Any:
        """Return the last object of an event, of those that were printed a line each."""
        return [line for line in map(json.loads, self.out.splitlines()) if line["event"] == name][-1]

    @property
    def hash(self) -> str:
        """Return the hash of the plan that was printed."""
        return str(self.event("plan")["plan"]["hash"])


class Place(msgspec.Struct, frozen=True):
    """A cluster that serves `fraud` on two replicas, a Prometheus that knows it, and a configuration for both."""

    cluster: SimulatedCluster
    transport: Kr8sTransport
    config: Path
    state: Path
    capture: CAPTURE

    async def call(self, *arguments: str) -> Told:
        """Follow a command line in a thread, while the cluster goes on here."""
        code = await asyncio.to_thread(main, [*arguments, "--config", str(self.config)])
        told = self.capture.readouterr()
        return Told(code, told.out, told.err)

    async def plan(self, *arguments: str) -> Told:
        """Plan an action, or an undo, and print it as JSON."""
        return await self.call(*arguments, "--format", "json")

    async def send(self, told: Told, *arguments: str) -> Told:
        """Send the plan that was printed."""
        return await self.call(*arguments, "--write", "--yes", "--plan", told.hash, "--format", "json")

    async def replicas(self) -> int:
        """Return how many replicas the cluster is asked to run."""
        scale = await self.transport.get(SCALE_PATH)
        return int(scale["spec"]["replicas"])

    async def scale_as_a_colleague(self, replicas: int) -> None:
        """Set the number of replicas from elsewhere."""
        body = {"spec": {"replicas": replicas}}
        merge = "application/merge-patch+json"
        await self.transport.patch(SCALE_PATH, body, content_type=merge, dry_run=False, field_manager="kubectl")

    def lose_prometheus(self) -> None:
        """Let the configuration name a Prometheus that does not answer."""
        document = yaml.safe_load(self.config.read_text())
        self.config.write_text(yaml.safe_dump({**document, "prometheus": {"urls": ["http://127.0.0.1:1"]}}))

    def written(self, kind: type[Any]) -> list[Any]:
        """Return the lines of a kind in the journal."""
        return [event for event in FileJournal(self.state).read() if isinstance(event, kind)]


@pytest.fixture
async def place(servers: Servers, tmp_path: Path, capsys: CAPTURE) -> AsyncIterator[Place]:
    cluster = SimulatedCluster(time.time, pod_start_seconds=0.2, pod_stop_seconds=0.2)
    cluster.add_deployment(
        namespace="ml", name="fraud", replicas=2, image="r/fraud:v1", labels={"version": "v1"}, created=NOW - 7200
    )
    history = OpenMetricsHistory()
    for pod in cluster.pods("ml", "fraud"):
        labels = {**pod_labels(pod.name, "v1", model="fraud"), "namespace": "ml"}
        add_pod(history, labels, start=NOW - 3600, end=NOW + AHEAD, seconds=0.2)
    prometheus = servers.prometheus(history=history)
    async with cluster.serve() as served:
        kubeconfig = tmp_path / "kubeconfig"
        served.write_kubeconfig(kubeconfig)
        document = {
            "prometheus": {"urls": [prometheus.url]},
            "kubernetes": {"context": "simulated", "kubeconfig": str(kubeconfig)},
            "state_directory": str(tmp_path / "state"),
            "judgement": {"confirm": "1s", "recover": "1s"},
            "refresh": "1s",
            "cache": False,
        }
        config = tmp_path / "config.yaml"
        config.write_text(yaml.safe_dump(document))
        turning = asyncio.create_task(turn(cluster))
        transport = Kr8sTransport(kubeconfig, "simulated", key_directory=tmp_path, deadline_seconds=5.0)
        yield Place(cluster, transport, config, tmp_path / "state", capsys)
        turning.cancel()
        with suppress(asyncio.CancelledError):
            await turning
        await transport.close()


async def turn(cluster: SimulatedCluster) -> None:
    """Let the controllers of a cluster work while nobody asks it anything."""
    while True:
        cluster.advance()
        await asyncio.sleep(0.2)


async def test_without_a_confirmation_the_plan_is_printed_and_nothing_left_behind(place: Place) -> None:
    told = await place.call(*SCALE, "--with", "replicas=3")
    run, plan = told.out.split()[1], told.out.split("plan ")[1][:12]
    assert told.code == 4
    assert [line for line in told.out.splitlines() if "seen:" not in line] == [
        f"run {run} for fraud: Set the number of replicas",
        "active   Set the number of replicas: replicas 3",
        f"  plan {plan}: Scale fraud from 2 to 3 replicas, Deployment ml/fraud in simulated",
        "    replicas: 2 → 3",
        "    tier 1 (bounded); dry run: not asked: the console only reads",
        "    undo: Scale fraud back to 2 replicas",
        "    refused: read-only: start with --write, or set kubernetes.write for context simulated",
    ]
    assert told.err == (
        f"incident-console: the plan was not confirmed; to send it, call this again with --write --yes --plan {plan}\n"
    )
    assert await place.replicas() == 2
    assert place.written(Intent) == []
    assert [line.name for line in place.written(RunLine)][-1] == "ended"


async def test_a_confirmed_plan_is_sent_verified_written_down_and_taken_back(place: Place) -> None:
    sent = await place.send(await place.plan(*SCALE, "--with", "replicas=3"), *SCALE, "--with", "replicas=3")
    assert (sent.code, await place.replicas()) == (0, 3)
    assert sent.event("outcome")["outcome"]["outcome"] == "verified"
    assert sent.event("stopped")["reason"] == "the run ended, its action: verified"
    undo = sent.event("stopped")["undo"].split()[1:]
    assert f"to take back what was sent: incident-console {' '.join(undo)}\n" in sent.err
    (intent,) = place.written(Intent)
    assert intent.plan_hash == sent.hash
    assert [each.outcome for each in place.written(OutcomeRecorded)] == [Outcome.APPLIED]
    assert [each.outcome for each in place.written(Verification)] == [Outcome.VERIFIED]
    place.lose_prometheus()  # what was sent can be taken back although nothing tells of its model
    planned = await place.plan(*undo)
    assert (planned.code, planned.event("plan")["plan"]["changes"][0]["after"], await place.replicas()) == (4, "2", 3)
    assert [line["event"] for line in map(json.loads, planned.out.splitlines())] == ["run", "plan", "stopped"]
    back = await place.send(planned, *undo)
    assert (back.code, back.err, await place.replicas()) == (0, "incident-console: taken back\n", 2)
    again = await place.plan(*undo)
    assert (again.code, again.err) == (5, f"incident-console: run {undo[-1]}: there is nothing to undo\n")


async def test_another_plan_than_was_confirmed_is_printed_and_not_sent(place: Place) -> None:
    planned = await place.plan(*SCALE, "--with", "replicas=3")
    other = await place.send(planned, *SCALE, "--with", "replicas=4")
    assert (other.code, await place.replicas()) == (5, 2)
    assert other.event("plan")["plan"]["changes"][0] == {"field": "replicas", "before": "2", "after": "4"}
    told = f"the plan is {other.hash} now, --plan confirms {planned.hash}: look at it again"
    assert other.event("stopped")["reason"] == told
    assert place.written(Intent) == []


async def test_what_a_colleague_changed_since_makes_it_another_plan(place: Place) -> None:
    planned = await place.plan(*SCALE, "--with", "replicas=4")
    await place.scale_as_a_colleague(3)
    sent = await place.send(planned, *SCALE, "--with", "replicas=4")
    assert (sent.code, await place.replicas()) == (5, 3)
    assert sent.event("plan")["plan"]["changes"][0] == {"field": "replicas", "before": "3", "after": "4"}


async def test_what_the_cluster_forbids_is_no_plan_to_confirm(place: Place) -> None:
    place.cluster.deny(verb="patch", resource="deployments")
    told = await place.call(*SCALE, "--with", "replicas=3", "--write")
    assert told.code == 5
    assert told.err.startswith("incident-console: the plan cannot be sent: you may not patch deployments/scale")
    listed = await place.call("action", "list", "fraud", "--write")
    assert "kubernetes.scale  Set the number of replicas\n" in listed.out
    assert "    cannot be done: you may not patch deployments/scale" in listed.out


async def test_read_only_is_said_before_and_kept_after_a_confirmation(place: Place) -> None:
    place.config.write_text(f"{place.config.read_text()}read_only: true\n")
    planned = await place.plan(*SCALE, "--with", "replicas=3")
    sent = await place.send(planned, *SCALE, "--with", "replicas=3")
    assert (planned.code, sent.code, await place.replicas()) == (5, 5, 2)
    assert "read-only: read_only is set in the configuration" in sent.err


async def test_what_is_switched_off_is_told_and_not_sent(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    planned = await place.plan(*SCALE, "--with", "replicas=3")
    monkeypatch.setenv("INCIDENT_CONSOLE_ACTIONS", "off")
    sent = await place.send(planned, *SCALE, "--with", "replicas=3")
    assert (sent.code, await place.replicas()) == (5, 2)
    told = "the plan cannot be sent: actions are switched off by INCIDENT_CONSOLE_ACTIONS=off"
    assert sent.err == f"incident-console: {told}\n"


async def test_a_colleague_who_is_faster_than_the_request_leaves_it_unapplied(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = await place.plan(*SCALE, "--with", "replicas=3")
    leave, scaled = Executor.commit, []

    async def commit(executor: Executor, *arguments: Any, **named: Any) -> Commitment:
        scaled.append(asyncio.run_coroutine_threadsafe(place.scale_as_a_colleague(5), loop))
        await asyncio.wrap_future(scaled[-1])
        return await leave(executor, *arguments, **named)

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(Executor, "commit", commit)
    sent = await place.send(planned, *SCALE, "--with", "replicas=3")
    assert (sent.code, await place.replicas(), len(scaled)) == (5, 5, 1)
    assert "it was not done: " in sent.err
    assert "replicas are 5 now, not 2 (by kubectl)" in sent.err
    assert [each.outcome for each in place.written(OutcomeRecorded)] == [Outcome.NOT_APPLIED]
    assert place.written(RunLine)[-1].name == "ended"


async def test_the_list_has_the_order_and_the_words_of_the_screen(place: Place) -> None:
    read_only = await place.call("action", "list", "fraud")
    assert read_only.code == 0
    assert read_only.out.startswith("fraud (Deployment ml/fraud in simulated): 0 can be done, 20 cannot\n")
    assert read_only.err == "incident-console: nothing may be changed: with --write the list says what you could do\n"
    assert "    cannot be done: read-only: start with --write, or set kubernetes.write" in read_only.out
    listed = json.loads((await place.call("action", "list", "fraud", "--write", "--format", "json")).out)
    assert (listed["schema"], listed["model"], listed["workload"]["kind"]) == (
        "incident-console/actions/1",
        "fraud",
        "Deployment",
    )
    first, last = listed["actions"][0], listed["actions"][-1]
    assert (first["name"], first["open"], first["place"]) == ("kubernetes.scale", True, "simulated")
    assert first["arguments"][0]["present"] == "2"
    assert (last["name"], last["open"], last["foreign"]) == ("kubeflow.retrain", False, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["action", "run", "fraud", "kubernetes.sacle"], "no action 'kubernetes.sacle'; nearest: kubernetes.scale"),
        (["action", "run", "fraud", "nothing"], "no action 'nothing'; incident-console action list prints them"),
        ([*SCALE, "--with", "replica=3"], "--with: kubernetes.scale has no argument 'replica', expected one of"),
        ([*SCALE, "--with", "replicas=some"], "--with: replicas: expected a whole number from 1; found 'some'"),
        ([*SCALE], "--with: replicas is missing: how many replicas to run, a whole number from 1"),
        ([*SCALE, "--with", "replicas="], "--with: replicas is missing"),
        ([*SCALE, "--with", "replicas"], "--with: 'replicas' is no NAME=VALUE; expected one such as replicas=6"),
        ([*SCALE, "--with", "replicas=1", "--with", "replicas=2"], "--with: replicas is given twice"),
        ([*SCALE, "--with", "replicas=1", "--yes"], "a plan is sent with all of --write --yes --plan HASH"),
        ([*SCALE, "--at", "15m"], "--at: an action acts on the present; for the past: "),
    ],
)
def test_a_mistake_is_one_line_before_anybody_is_asked(arguments: list[str], told: str, capsys: CAPTURE) -> None:
    assert main([*arguments, "--prometheus", "http://127.0.0.1:1", "--config", os.devnull]) == 64
    found = capsys.readouterr().err
    assert len(found.splitlines()) == 1
    assert told in found


async def test_what_is_not_there_or_cannot_be_done_is_one_line(place: Place) -> None:
    for arguments, code, told in (
        (["action", "run", "frad", "kubernetes.restart"], 64, "no model has the id 'frad', expected one of fraud"),
        (["action", "list", "frad"], 64, "no model has the id 'frad', expected one of fraud; nearest: fraud"),
        (["action", "undo", "7f3a"], 64, "the journal tells of no run 7f3a of the last days"),
        (["action", "run", "fraud", "argo_rollouts.abort"], 5, "fraud is a Deployment, not a Rollout"),
        (["action", "run", "fraud", "mlflow.move_alias", "--with", "alias=a", "--with", "version=1"], 5, "no MLflow"),
    ):
        found = await place.call(*arguments)
        assert (found.code, len(found.err.splitlines())) == (code, 1), found.err
        assert told in found.err
    assert place.written(Intent) == []


async def test_a_source_that_is_down_is_69(place: Place) -> None:
    place.lose_prometheus()
    for arguments in ([*SCALE, "--with", "replicas=3"], ["action", "list", "fraud"]):
        told = await place.call(*arguments)
        assert told.code == 69, told.err


async def test_what_was_interrupted_is_watched_on_and_not_sent_again(place: Place) -> None:
    document = yaml.safe_load(place.config.read_text())
    place.config.write_text(yaml.safe_dump({**document, "judgement": {"confirm": "1s", "recover": "10m"}}))
    planned = await place.plan(*SCALE, "--with", "replicas=3")
    confirmed = [*SCALE, "--with", "replicas=3", "--write", "--yes", "--plan", planned.hash]
    command = [*confirmed, "--config", str(place.config)]
    following = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "console", *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(60):
        assert following.stderr is not None
        while b"waits: " not in (line := await following.stderr.readline()):
            assert line, "it ended before anything was sent"
        following.send_signal(signal.SIGINT)
        _, err = await following.communicate()
    assert following.returncode == 130
    assert b"is left open: take it up in the terminal, or call this again" in err
    again = await place.call(*confirmed, "--timeout", "1s")
    assert (again.code, await place.replicas()) == (4, 3)
    assert f"plan {planned.hash} was sent already: goes on with run " in again.err
    assert len(place.written(Intent)) == 1


async def test_a_disk_that_is_full_once_it_was_sent_hides_no_run_that_is_left_open(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(text: str, *, encoding: str | None = None) -> bool:
        if '"event":"outcome"' in text:
            raise OutputFailed("No space left on device")
        return write_data(text, encoding=encoding)

    planned = await place.plan(*SCALE, "--with", "replicas=3")
    with monkeypatch.context() as patched:
        patched.setattr("console.headless.runs.telling.write_data", write)
        told = await place.send(planned, *SCALE, "--with", "replicas=3")
    (intent,) = place.written(Intent)
    assert await place.replicas() == 3
    assert told.code == ExitCode.OUTPUT_FAILED
    assert f"run {intent.reference.run_id} is left open: take it up in the terminal, or call this again" in told.err
    assert "stdout cannot be written: No space left on device" in told.err


async def test_what_is_known_is_listed_without_a_question(capsys: CAPTURE) -> None:
    assert await asyncio.to_thread(main, ["action", "list", "--config", os.devnull]) == 0
    assert "kubernetes.scale         Set the number of replicas\n" in capsys.readouterr().out


async def test_a_context_that_is_not_there_is_78(place: Place) -> None:
    for arguments in (["action", "list", "fraud"], [*SCALE, "--with", "replicas=3"]):
        told = await place.call(*arguments, "--context", "simulate")
        assert (told.code, len(told.err.splitlines())) == (78, 1)
        assert "no context 'simulate'; expected one of simulated" in told.err
