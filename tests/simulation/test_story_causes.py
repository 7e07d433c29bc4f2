"""The causes and playbooks of the stories of broken pods, judged from a Prometheus in which all happened already."""

import asyncio
import json
import os
import urllib.parse
import urllib.request
from collections import defaultdict
from collections.abc import Iterator

import msgspec
import pytest

from console.domain.anomaly import CauseKind
from console.domain.snapshot import ModelView
from console.engine.refresh import Refresher
from console.playbooks.evidence import QueryEvidence
from console.playbooks.library import Library
from console.playbooks.query import filled
from console.settings.settings import ModelRule, ServerSettings, Settings
from console.simulation.exporter import KUBE_STATE_TARGET, target_labels
from console.simulation.exposition import number_text, series_text
from console.simulation.fleet.models import EIGHT_MODELS
from console.simulation.history import Past, backfill, creating_blocks, wait_for_blocks
from console.simulation.prometheus_server import ScrapePlan, running_prometheus
from console.simulation.scenario import Scenario, find_scenario
from console.simulation.services import find_services
from console.simulation.stage import Stage
from console.simulation.watchdog import guarded_folder
from tests.actions.kubernetes.world import Clock
from tests.simulation.on_stage import STARTED

SPACING = 10.0
PAST = Past(near_span=75 * 60.0, near_spacing=SPACING, far_span=3 * 3600.0)
BEGINS = {"bad-replica": 60.0, "missing-image": 360.0, "memory-leak": 660.0}
"""Far enough from each other that nothing takes them for one incident. Seconds from the start."""
LOOKED_AT = 300.0
JOB = "models"


def all_of_them() -> Scenario:
    stories = [find_scenario(name).beginning(begins) for name, begins in BEGINS.items()]
    return msgspec.structs.replace(
        find_scenario("quiet"),
        faults=tuple(fault for story in stories for fault in story.faults),
        without_surge=tuple(name for story in stories for name in story.without_surge),
    )


def scraped(stage: Stage, clock: Clock, seconds: float) -> Iterator[str]:
    """Let seconds pass and yield what Prometheus would have scraped meanwhile, as OpenMetrics text."""
    lines: dict[str, list[str]] = defaultdict(list)

    def sample(name: str, labels: tuple[tuple[str, str], ...], value: float) -> None:
        series = series_text(name, labels)
        lines[series].append(f"{series} {number_text(value)} {clock.now:.3f}\n")

    for second in range(1, int(seconds) + 1):
        clock.now += 1.0
        stage.advance()
        if second % SPACING:
            continue
        for profile in stage.fleet.profiles:
            for pod in stage.fleet.pods(profile):
                reading = stage.fleet.read(profile, pod.name, clock.now)
                assert reading is not None
                target = (*target_labels(profile, pod.name), ("job", JOB))
                sample("up", target, 1.0)
                for family in reading.families:
                    for series in family.series:
                        value = float(series.values(reading.totals[None, :], reading.gauges[None, :])[0])
                        sample(series.name, (*series.labels, *target), value)
        sample("up", KUBE_STATE_TARGET, 1.0)
        for each in stage.cluster.kube_state():
            sample(each.name, (*each.labels, *KUBE_STATE_TARGET), float(each.value))
    for told in lines.values():
        yield from told
    yield "# EOF\n"


class Told(msgspec.Struct, frozen=True):
    """What is said of the model of each story, and how many of its pods find no room, by the story's name."""

    views: dict[str, ModelView]
    pods_without_room: dict[str, str]


@pytest.fixture(scope="module")
def told() -> Told:
    return asyncio.run(all_told())


async def all_told() -> Told:
    scenario = all_of_them()
    models = {name: find_scenario(name).faults[0].model for name in BEGINS}
    profiles = [profile for profile in EIGHT_MODELS if profile.name in models.values()]
    clock, services = Clock(STARTED), find_services(os.environ)
    stage = Stage(scenario, profiles, clock, started=STARTED, created=STARTED - PAST.far_span, seed=1)
    with guarded_folder() as (folder, watchdog):
        times = PAST.times(STARTED)
        records, state = stage.fleet.record(times), stage.cluster.kube_state()
        backfill(records, times, PAST.far_count(times, STARTED), JOB, services.promtool, folder, watchdog.guard, state)
        document = folder / "story.om"
        with document.open("w") as file:
            file.writelines(scraped(stage, clock, max(BEGINS.values()) + LOOKED_AT))
        with creating_blocks(services.promtool, document, folder / "data") as process:
            watchdog.guard(process.pid)
            wait_for_blocks(process)
        plan = ScrapePlan(JOB, "http://127.0.0.1:9/nobody", interval=15.0)
        async with running_prometheus(services.prometheus, folder, plan, watchdog) as url:
            return Told(
                {name: await looked_at(settings_for(url), models[name], begins) for name, begins in BEGINS.items()},
                {name: pods_without_room(url, models[name], begins) for name, begins in BEGINS.items()},
            )


def settings_for(url: str) -> Settings:
    rules = tuple(ModelRule(match=profile.name, objective=profile.objective) for profile in EIGHT_MODELS)
    return Settings(
        prometheus=ServerSettings(name="prometheus", urls=(url,), timeout=60.0),
        models=rules,
        cache=False,
    )


async def looked_at(settings: Settings, model: str, begins: float) -> ModelView:
    at = STARTED + begins + LOOKED_AT
    async with Refresher(settings, environment={}, clock=lambda: at) as refresher:
        snapshot = await refresher.take(at)
    (view,) = [view for view in snapshot.models if view.model.name.raw == model]
    return view


def pods_without_room(url: str, model: str, begins: float) -> str:
    """Return what Prometheus answers to the evidence by which `restore-capacity` suggests to make room."""
    (playbook,) = (each for each in Library.load().playbooks if each.id == "restore-capacity")
    evidence = playbook.evidence["roomless"]
    assert isinstance(evidence, QueryEvidence)
    query = filled(evidence.query, {"workload.namespace": "ml", "workload.name": model})
    parameters = urllib.parse.urlencode({"query": query, "time": STARTED + begins + LOOKED_AT})
    with urllib.request.urlopen(f"{url}/api/v1/query?{parameters}", timeout=30) as response:
        (sample,) = json.load(response)["data"]["result"]
    return str(sample["value"][1])


@pytest.mark.parametrize(
    ("story", "cause", "playbook"),
    [
        ("bad-replica", CauseKind.BAD_REPLICA, "bad-replica"),
        ("missing-image", CauseKind.CAPACITY_LOSS, "restore-capacity"),
        ("memory-leak", CauseKind.NEW_VERSION, "roll-back-version"),
    ],
)
def test_its_cause_and_its_playbook_come_first(told: Told, story: str, cause: CauseKind, playbook: str) -> None:
    worst = told.views[story].standing[0]
    assert worst.causes[0].kind is cause
    assert worst.playbooks[0].id == playbook


def test_a_pod_whose_image_nobody_can_pull_is_not_taken_for_one_without_room(told: Told) -> None:
    assert told.pods_without_room == dict.fromkeys(BEGINS, "0")
