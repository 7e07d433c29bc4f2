"""A roll back in a whole engine: the newest other version was bad as well, as a real Prometheus tells."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from pathlib import Path

import msgspec
import pytest

from console.domain.action import Plan
from console.domain.command import StartAction
from console.domain.moments import floor_to_step, period
from console.domain.objective import Objective
from console.domain.run import Run
from console.engine.parts import Parts
from console.settings.settings import KubernetesSettings, ModelRule, ServerSettings, Settings
from console.simulation.cluster.simulated_cluster import Release, SimulatedCluster
from tests.services import OpenMetricsHistory, Prometheus, Servers

END = floor_to_step(time.time() - 600.0, 300.0)
HOUR = 3600.0
BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, math.inf)
PER_SECOND = 10.0
PROMISED = Objective(latency={"latency_p99": 0.5})


class Served(msgspec.Struct, frozen=True):
    """A version, how long before the end it was released (hours), below which bound of a bucket all its requests ended
    (seconds), and what share of them failed."""

    name: str
    ago: float
    seconds: float = 0.25
    failing: float = 0.0001


RELEASES = (Served("v17", 20.0), Served("v18", 9.0, seconds=1.0), Served("v19", 4.0, failing=0.06))
"""The older one was good, the newer one slow, and the one of now fails."""


class Past(msgspec.Struct):
    """Models that were released again and again: what was measured of them, and the cluster that runs them."""

    cluster: SimulatedCluster
    history: OpenMetricsHistory

    def add(self, model: str, served: Sequence[Served], *, labelled: bool) -> None:
        """Add a model that one pod serves at a time; `labelled` says whether metrics name its versions."""
        *earlier, newest = served
        self.cluster.add_deployment(
            namespace="ml",
            name=model,
            replicas=1,
            image=f"registry/{model}:{newest.name}",
            labels={"version": newest.name},
            created=END - newest.ago * HOUR,
            earlier=[_release(model, each) for each in earlier],
        )
        (pod,) = self.cluster.pods("ml", model)
        for number, each in enumerate(served):
            until = END - served[number + 1].ago * HOUR if number + 1 < len(served) else END
            name = pod.name if each is newest else f"{model}-{each.name}"
            labels = {"model": model, "namespace": "ml", "pod": name, "job": "models", "instance": f"{name}:80"}
            self._measure(each, labels | ({"version": each.name} if labelled else {}), until)

    def _measure(self, served: Served, labels: dict[str, str], until: float) -> None:
        since = END - served.ago * HOUR
        add = partial(self.history.add_counter, start=since, end=until, step=30.0)
        add("http_requests_total", labels | {"code": "200"}, PER_SECOND * (1 - served.failing))
        add("http_requests_total", labels | {"code": "500"}, PER_SECOND * served.failing)
        for bound in BUCKETS:
            text = "+Inf" if bound == math.inf else f"{bound:g}"
            rate = PER_SECOND if bound >= served.seconds else 0.0
            add("http_request_duration_seconds_bucket", labels | {"le": text}, rate)
        add("http_request_duration_seconds_count", labels, PER_SECOND)
        add("http_request_duration_seconds_sum", labels, PER_SECOND * served.seconds)


def _release(model: str, served: Served) -> Release:
    image, created = f"registry/{model}:{served.name}", END - served.ago * HOUR
    return Release(image=image, labels={"version": served.name}, created=created)


@pytest.fixture(scope="module")
def past() -> Past:
    made = Past(SimulatedCluster(lambda: END), OpenMetricsHistory())
    made.add("fraud", RELEASES, labelled=True)
    made.add("ranker", RELEASES, labelled=False)
    made.add("ocr", [msgspec.structs.replace(RELEASES[0], failing=0.02), *RELEASES[1:]], labelled=True)
    return made


@pytest.fixture(scope="module")
def url(session_servers: Servers, past: Past) -> str:
    return session_servers.prometheus(history=past.history).url


@pytest.fixture
async def settings(past: Past, url: str, tmp_path: Path) -> AsyncIterator[Settings]:
    async with past.cluster.serve() as served:
        served.write_kubeconfig(tmp_path / "kubeconfig")
        yield Settings(
            prometheus=ServerSettings(name="prometheus", urls=(url,)),
            kubernetes=KubernetesSettings("simulated", kubeconfig=str(tmp_path / "kubeconfig"), write=True),
            models=(ModelRule("*", PROMISED),),
            state_directory=str(tmp_path / "state"),
            cache=False,
        )


async def run_of(
    settings: Settings, model: str, arguments: dict[str, str], before: Callable[[], object] = lambda: None
) -> Run:
    """Return the run of a roll back of a model once it is planned, or refused; `before` is called after a refresh."""
    told: asyncio.Queue[Run] = asyncio.Queue()
    parts = Parts(settings, environment={}, clock=lambda: END, at=None, publish=told.put_nowait)
    async with parts, asyncio.timeout(20):
        await parts.runs.on_snapshot(await parts.refresher.take(None))
        before()
        await parts.runs.handle(StartAction(model, "kubernetes.roll_back", arguments))
        run = await told.get()
        while not run.is_mine or (run.plan is None and not run.steps[0].note):
            run = await told.get()
        return run


async def planned(settings: Settings, model: str, **arguments: str) -> Plan:
    run = await run_of(settings, model, arguments)
    assert run.plan is not None, run
    return run.plan


def hours(since: float, until: float) -> str:
    return period(END - since * HOUR, END - until * HOUR, END)


async def test_back_leads_past_a_version_that_was_bad_as_well(settings: Settings) -> None:
    plan = await planned(settings, "fraud")
    assert plan.title == "Take fraud from v19 back to v17 (revision 1)"
    assert plan.refusals == ()
    met, missed = "met its objectives while it served", "missed its latency objective while it served"
    measured = "p99 0.25 s, objective 0.50 s; errors 0.01 %, objective 0.1 %"
    assert plan.notes[0] == f"v17 (revision 1) {met}, {hours(20, 9)}: {measured}"
    slow = f"v18 (revision 2) {missed}, {hours(9, 4)}: p99 0.99 s, objective 0.50 s"
    assert plan.notes[1] == f"passed over: {slow}"


async def test_where_metrics_name_no_versions_the_times_of_the_replica_sets_tell(settings: Settings) -> None:
    settled = 1 / 6
    plan = await planned(settings, "ranker")
    assert plan.title == "Take ranker from v19 back to v17 (revision 1)"
    assert plan.notes[0].startswith(f"v17 (revision 1) met its objectives while it served, {hours(20 - settled, 9)}: ")
    missed = f"missed its latency objective while it served, {hours(9 - settled, 4)}: "
    assert plan.notes[1].startswith(f"passed over: v18 (revision 2) {missed}")


async def test_where_all_were_bad_a_person_must_say_which_and_may(settings: Settings) -> None:
    run = await run_of(settings, "ocr", {})
    (step,) = run.steps
    assert run.plan is None
    assert step.note.startswith("none of the other versions is chosen without you: v18 (revision 2) missed ")
    assert "v17 (revision 1) missed its error objective" in step.note
    assert step.note.endswith("; say which revision is meant")
    plan = await planned(settings, "ocr", revision="1")
    assert plan.title == "Take ocr from v19 back to v17 (revision 1)"
    assert plan.notes[0].startswith("v17 (revision 1) missed its error objective while it served, ")


@pytest.mark.parametrize("fails", [Prometheus.stop, Prometheus.suspend])
async def test_a_prometheus_that_died_or_hangs_leaves_the_way_back_open(
    settings: Settings, servers: Servers, past: Past, fails: Callable[[Prometheus], None]
) -> None:
    failing = servers.prometheus(history=past.history)
    server = ServerSettings(name="prometheus", urls=(failing.url,))
    run = await run_of(msgspec.structs.replace(settings, prometheus=server), "fraud", {}, partial(fails, failing))
    assert run.plan is not None, run
    assert run.plan.title == "Take fraud from v19 back to v18 (revision 2)"
    assert run.plan.notes[0].startswith("v18 (revision 2) is not known to have met its objectives: ")
