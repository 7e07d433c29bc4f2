"""Secrets of every kind go through a session that plans, commits, fails and crashes; nothing written has one."""

import asyncio
import base64
import ssl
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial, partialmethod
from pathlib import Path
from typing import Any

import pytest
import yaml

from console.domain.action import Outcome
from console.domain.command import Answer, Command, CommitPlan, StartRun
from console.domain.run import Run
from console.domain.snapshot import Snapshot
from console.engine.parts import Parts, make_engine
from console.headless.crash import crash_line, write_crash_log
from console.headless.runs.news import news_of
from console.journal.events import Intent, OutcomeRecorded
from console.journal.file_journal import FileJournal
from console.simulation.cluster import CONTEXT
from console.transport.http import Endpoint, once
from console.transport.kubernetes import KubectlTransport, NotFound, PatchType
from console.tui.app import ConsoleApp
from console.tui.outside.surroundings import Surroundings
from tests.faults.canary_place import (
    BREAKS,
    BROKEN,
    BY_COMMAND,
    BY_ENV,
    BY_FILE,
    CANARY,
    KUBEFLOW,
    MLFLOW,
    ROUTING_KEY,
    SLACK,
    Around,
    Place,
    Secrets,
    a_place,
    watching_arguments,
)
from tests.services import Servers
from tests.transport.kubernetes.exchanges import DEPLOYMENT

_HEADERS = once._headers
_LOAD_CERT_CHAIN = ssl.SSLContext.load_cert_chain


@pytest.fixture
async def place(servers: Servers, tmp_path: Path) -> AsyncIterator[tuple[Place, Around, Secrets]]:
    async with a_place(servers, tmp_path) as made:
        yield made


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
        for step in ("scale", "hook", "program", "silence", "alias", "retrain", "broken"):
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


def headers_or_break(held: list[str], endpoint: Endpoint, given: Mapping[str, str]) -> dict[bytes, bytes]:
    """Return the headers of a request; at one address break as a bug would, with the secret in message and locals."""
    headers = _HEADERS(endpoint, given)
    if endpoint.url.endswith(BREAKS):
        authorization = headers[b"Authorization"].decode()
        held.append(authorization)
        raise RuntimeError(f"cannot send {authorization}")
    return headers


def keep_key(context: ssl.SSLContext, keys: list[str], certfile: str, **others: Any) -> None:
    """Show who the console is by a certificate, as ever, and keep what its key file held."""
    keys.append(Path(others.get("keyfile") or certfile).read_text())
    _LOAD_CERT_CHAIN(context, certfile, **others)


async def test_nothing_secret_is_written_shown_or_in_arguments(
    place: tuple[Place, Around, Secrets],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    where, around, of_cluster = place
    held: list[str] = []
    keys: list[str] = []
    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", partialmethod(keep_key, keys))
    monkeypatch.setattr(once, "_headers", partial(headers_or_break, held))
    caplog.set_level("DEBUG")
    of_login = (of_cluster.token, *of_cluster.pieces_of_key)
    with watching_arguments(CANARY, *of_login) as in_arguments:
        runs, told = await a_session(where)
        await a_screen(where)
        line, report = crash(where)
    everything_sent = around.sent()
    password = base64.b64encode(f"oncall:{MLFLOW}".encode()).decode()
    for secret in (BY_ENV, BY_FILE, BY_COMMAND, ROUTING_KEY, SLACK, KUBEFLOW, password):
        assert secret in everything_sent, "a canary that never flew proves nothing"
    assert any(of_cluster.pieces_of_key[0] in key for key in keys)
    assert held == [f"Bearer {BROKEN}"]
    assert any("sending failed: RuntimeError at test_canaries.py:" in text for text in told)
    events = FileJournal(where.state).read()
    assert {event.plan.action for event in events if isinstance(event, Intent)} == {
        "kubernetes.scale", "webhook.hook", "command.program", "notify.team", "notify.pager", "notify.other",
        "alertmanager.silence", "mlflow.move_alias", "kubeflow.retrain", "webhook.broken",
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
    for secret in (CANARY, password, *of_login):
        assert [path.name for path, text in written.items() if secret in text] == []
        assert [text for text in told if secret in text] == []
    assert in_arguments == []
    assert "***" in repr(runs), "what was echoed is told, without the secrets in it"


async def test_kubectl_is_given_nothing_secret_in_arguments_and_keeps_nothing(
    place: tuple[Place, Around, Secrets], caplog: pytest.LogCaptureFixture
) -> None:
    where, around, of_cluster = place
    caplog.set_level("DEBUG")
    secrets = (CANARY, of_cluster.token, *of_cluster.pieces_of_key)
    document = yaml.safe_load(around.kubeconfig.read_text())
    del document["users"][0]["user"]["exec"]  # beside a certificate kubectl runs no login
    document["users"][0]["user"]["token"] = of_cluster.token
    around.kubeconfig.write_text(yaml.safe_dump(document))
    program = str(Path(sys.executable).with_name("kubectl"))
    kubectl = KubectlTransport(around.kubeconfig, CONTEXT, program=program, environment=where.environment)
    body = {"metadata": {"annotations": {"note": CANARY}}}
    with watching_arguments(*secrets) as in_arguments:
        patched = await kubectl.patch(DEPLOYMENT, body, content_type=PatchType.MERGE, dry_run=False)
        with pytest.raises(NotFound) as refused:
            await kubectl.patch(f"{DEPLOYMENT}-gone", body, content_type=PatchType.MERGE, dry_run=False)
    assert patched["metadata"]["annotations"]["note"] == CANARY, "a canary that never flew proves nothing"
    assert in_arguments == []
    assert not refused.value.may_have_been_applied
    for secret in secrets:
        assert [path.name for path, text in where.written() if secret in text] == []
        assert secret not in caplog.text
