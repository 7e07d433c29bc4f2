"""A process that follows runs until it is killed: `python -m tests.engine.killed_follower DIRECTORY POD`.

Each line on stdin has it fork a console, which is all that a start costs; the process id and then how that ended are
lines on stdout. A console takes up what is open, else begins a run, confirms each plan and goes on with the next run.
"""

import asyncio
import os
import secrets
import sys
import time
import traceback
from pathlib import Path

from console.actions.kubernetes.scale import Scale
from console.actions.registry import OpenActions
from console.domain.anomaly import Status
from console.domain.command import Answer, Command, CommitPlan, StartRun, TakeUpRun
from console.domain.label import Label
from console.domain.load_curve import LoadPast
from console.domain.model import Model
from console.domain.run import Run
from console.domain.snapshot import ModelView, Snapshot
from console.engine.executor import Executor
from console.engine.gate import ActionGate
from console.engine.load_curves import LoadCurves
from console.engine.run_journal import RunJournal
from console.engine.runs import RunKeeper
from console.journal.file_journal import FileJournal
from console.journal.who import Who
from console.playbooks.library import Library
from console.playbooks.load import load_text
from console.settings.places import acting_places
from console.settings.settings import KubernetesSettings, Settings
from console.sources.cluster.resolve import Sought, resolve_workloads
from console.transport.kubernetes import Kr8sTransport

FEW, MANY = 3, 6
REFRESH_SECONDS = 0.01
STOP = "stop"
"""The name of the file that ends a console after its run."""
PLAYBOOK = """\
apiVersion: incident-console/v1
kind: Playbook
metadata: {{id: {id}, version: 1, title: Scale to {replicas}, owners: [ml], reviewed: 2026-11-01}}
match: {{anomaly: {{kind: [latency]}}}}
evidence: {{replicas: {{workload: replicas}}}}
steps:
  - id: pick
    decide: Scale it?
    options: [{{key: s, label: scale it, goto: scale}}, {{key: e, label: leave it, goto: end}}]
  - id: scale
    action: kubernetes.scale
    title: Scale to {replicas}
    with: {{replicas: {replicas}}}
    verify: {{better: {{var: replicas, op: "==", value: {replicas}}}, timeout: 1s}}
    on_verified: end
    on_worse: end
    on_timeout: end
    on_skipped: end
"""


def library() -> Library:
    """Return the two playbooks that follow each other for ever."""
    loaded = [load_text(PLAYBOOK.format(id=f"to-{count}", replicas=count), f"to-{count}") for count in (FEW, MANY)]
    playbooks = [each.playbook for each in loaded if each.playbook is not None]
    assert len(playbooks) == len(loaded), [each.problems for each in loaded]
    return Library(playbooks)


async def no_load(model: Model, signal: str, at: float) -> LoadPast | None:
    """Know no load: the playbooks compute nothing."""
    return None


class Console:
    """One console that follows runs on its own."""

    def __init__(self, directory: Path, pod: str, transport: Kr8sTransport, playbooks: Library) -> None:
        self._directory = directory
        self._sought = {"fraud": Sought("ml", (pod,))}
        self._transport = transport
        self._runs: dict[str, Run] = {}
        settings = KubernetesSettings(context="simulated", write=True, max_replicas=20)
        journal, who = FileJournal(directory), Who("ann", "bastion")
        executor = Executor(
            actions=OpenActions({"kubernetes.scale": Scale(transport, settings, time.time, settle_seconds=0.0)}, {}),
            gate=ActionGate(
                acting_places(Settings(kubernetes=settings)), live=True, directory=directory, environment={}
            ),
            journal=journal,
            who=who,
            clock=time.time,
            new_id=lambda: secrets.token_hex(4),
        )
        self._keeper = RunKeeper(
            playbooks,
            executor,
            journal,
            time.time,
            who,
            publish=self._take,
            new_id=lambda: secrets.token_hex(4),
            curves=LoadCurves(no_load),
            shared=RunJournal(journal, who, time.time),
        )

    def _take(self, run: Run) -> None:
        self._runs[run.id] = run

    async def follow(self) -> None:
        """Follow one run after the other, up to the file that says that it is enough."""
        while True:
            view = await self._look()
            await self._keeper.look_into_the_journal()
            is_idle = all(run.ended is not None for run in self._runs.values())
            if is_idle and (self._directory / STOP).exists():
                await self._keeper.close()
                return
            if is_idle:
                replicas = view.replicas or FEW
                await self._keeper.handle(StartRun("fraud", f"to-{FEW if replicas == MANY else MANY}"))
            for run in tuple(self._runs.values()):
                for command in commands_for(run):
                    await self._keeper.handle(command)
            await asyncio.sleep(REFRESH_SECONDS)

    async def _look(self) -> ModelView:
        finding = (await resolve_workloads(self._transport, self._sought))["fraud"]
        replicas = finding.workload.replicas if finding.workload is not None else None
        view = ModelView(Model("fraud", Label("fraud")), Status.CRITICAL, {}, workload=finding, replicas=replicas)
        await self._keeper.on_snapshot(Snapshot(time.time(), (), (view,), live=True, refresh_seconds=REFRESH_SECONDS))
        return view


def commands_for(run: Run) -> list[Command]:
    """Return what a person who wants the change would do next."""
    if run.ended is not None:
        return []
    if not run.is_mine:
        return [TakeUpRun(run.id)]
    keys = {choice.key for choice in run.choices}
    if run.active == "pick":
        return [Answer(run.id, "pick", "s")]
    if "r" in keys:
        return [Answer(run.id, "scale", "x")]
    return [CommitPlan(run.id, run.plan.hash)] if run.plan is not None else []


async def follow(directory: Path, pod: str, playbooks: Library) -> None:
    """Follow runs in the cluster of a directory's kubeconfig."""
    transport = Kr8sTransport(directory / "kubeconfig", "simulated", key_directory=directory)
    await Console(directory, pod, transport, playbooks).follow()


def main(directory: Path, pod: str) -> None:
    """Fork a console for each line on stdin."""
    playbooks = library()
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                asyncio.run(follow(directory, pod, playbooks))
                code = 0
            except BaseException:  # noqa: BLE001 -- a fork must never go on with the loop of its parent
                traceback.print_exc()
            finally:
                os._exit(code)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
