"""Runs that ask Prometheus themselves: nothing is decided before the answer, and no answer is unknown."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from console.domain.command import Answer, CommitPlan, StartRun
from console.domain.run import Run
from console.engine.connections import prometheus_client
from console.engine.evidence_queries import EvidenceQueries
from console.playbooks.library import Library
from console.playbooks.load import load_text
from console.settings.settings import ServerSettings
from tests.engine.stage import MODEL_ID, SLOW, Stage
from tests.playbooks.examples import WHOLE
from tests.services import Servers
from tests.services.openmetrics import OpenMetricsHistory
from tests.services.prometheus import Prometheus

QUERY = """evidence:
  waits: {query: 'max(wait{model="$model.name"})', unit: s, title: feature store}
"""
ASKING = (
    WHOLE.replace("evidence:\n", QUERY)
    .replace('check: {var: p99, op: ">", value: $p99.objective}', 'check: {var: waits, op: ">", value: 0.5}')
    .replace("say: p99 {{ p99 }}\n    on_true", "say: it waits {{ waits }}\n    on_true")
    .replace('require: {var: replicas, op: ">=", value: 1}', 'require: {var: waits, op: "<", value: 5}')
)


@pytest.fixture(scope="module")
def prometheus(session_servers: Servers) -> Prometheus:
    history = OpenMetricsHistory()
    history.add("wait", {"model": "eta"}, [(985.0, 0.9), (1000.0, 0.9), (1015.0, 0.9), (1030.0, 9.0), (1045.0, 9.0)])
    return session_servers.prometheus(history=history)


@asynccontextmanager
async def asking(prometheus: Prometheus, patience: float = 10.0) -> AsyncIterator[Stage]:
    playbook = load_text(ASKING, "p.yaml").playbook
    assert playbook is not None
    settings = ServerSettings(urls=(prometheus.url,))
    queries = EvidenceQueries(lambda: prometheus_client(settings, {}), patience)
    stage = Stage(Library((playbook,)), queries=queries)
    try:
        yield stage
    finally:
        await stage.keeper.close()
        await queries.aclose()


def note_of(run: Run, step: str) -> str:
    return next(found.note for found in run.steps if found.id == step)


async def test_a_check_waits_for_the_answer_of_prometheus(prometheus: Prometheus) -> None:
    async with asking(prometheus) as stage:
        await stage.snapshot(SLOW)
        await stage.keeper.handle(StartRun(MODEL_ID, "whole"))
        assert stage.published[0].active == "slow"
        evidence = next(found for found in stage.published[0].evidence if found.name == "waits")
        assert (evidence.value, evidence.text) == (None, "unknown: not read yet")
        run = await stage.until(lambda run: run.active == "pick")
        assert note_of(run, "slow") == "yes: it waits 0.90 s"
        told = next(found for found in run.evidence if found.name == "waits")
        assert (told.title, told.value, told.text) == ("feature store", 0.9, "0.90 s")


async def test_a_server_that_hangs_is_unknown_and_never_yes(prometheus: Prometheus) -> None:
    async with asking(prometheus, patience=0.2) as stage:
        prometheus.suspend()
        try:
            await stage.snapshot(SLOW)
            await stage.keeper.handle(StartRun(MODEL_ID, "whole"))
            run = await stage.until(lambda run: run.active == "pick")
        finally:
            prometheus.resume()
        assert note_of(run, "slow") == "unknown: it waits unknown"
        await stage.send(Answer(run.id, "pick", "s"))
        assert note_of(stage.run, "scale").startswith("no data to rule this out")
        assert stage.executor.committed == []


async def test_what_a_query_says_now_holds_a_plan_back(prometheus: Prometheus) -> None:
    async with asking(prometheus) as stage:
        await stage.snapshot(SLOW)
        await stage.keeper.handle(StartRun(MODEL_ID, "whole"))
        run = await stage.until(lambda run: run.active == "pick")
        await stage.send(Answer(run.id, "pick", "s"))
        planned = await stage.until(lambda run: run.plan is not None)
        assert planned.plan is not None
        stage.now = 1045.0
        await stage.snapshot(SLOW)
        run = await stage.until(lambda run: any(e.name == "waits" and e.value == 9.0 for e in run.evidence))
        await stage.send(CommitPlan(run.id, planned.plan.hash))
        assert stage.executor.committed == []
        assert stage.run.plan is None
