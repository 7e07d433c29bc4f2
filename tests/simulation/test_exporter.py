import math
import subprocess
from collections.abc import AsyncIterator

import httpx
import pytest

from console.simulation.exporter import Exporter
from console.simulation.exposition import exposition, number_text, series_text
from console.simulation.fleet.fault import DeadExporter
from console.simulation.fleet.fleet import Fleet
from console.simulation.fleet.models import EIGHT_MODELS
from console.simulation.fleet.profile import Dialect, Profile
from tests.services.programs import program
from tests.simulation.pods import FixedPods

STARTED = 1_790_000_000.0
BY_NAME = {profile.name: profile for profile in EIGHT_MODELS}


class World:
    """A fleet, its pods and a clock that a test sets."""

    def __init__(self) -> None:
        self.now = STARTED + 1.0
        self.pods = FixedPods(EIGHT_MODELS)
        self.fleet = Fleet(EIGHT_MODELS, [DeadExporter("ocr", begins=60.0)], 1, STARTED, self.pods)
        self.exporter = Exporter(self.fleet, lambda: self.now)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = World()
    async with world.exporter.serve():
        yield world


async def get(world: World, path: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.get(f"http://{world.exporter.address}{path}")


@pytest.mark.parametrize("profile", EIGHT_MODELS, ids=lambda profile: profile.name)
def test_promtool_takes_what_a_pod_exports(profile: Profile) -> None:
    world = World()
    reading = world.fleet.read(profile, f"{profile.name}-0", world.now + 20)
    assert reading is not None
    checked = subprocess.run(
        [program("promtool"), "check", "metrics"],
        input=exposition(reading),
        capture_output=True,
        text=True,
        check=False,
    )
    if profile.dialect is Dialect.GENERIC:
        assert (checked.returncode, checked.stderr) == (0, "")
    else:  # 3: the syntax is right; the names are those of vLLM and Triton, which the linter does not like
        assert checked.returncode == 3, checked.stderr


async def test_a_pod_appears_in_the_discovery_with_its_labels_and_goes_again(world: World) -> None:
    def eta(groups: list[dict[str, dict[str, str]]]) -> list[str]:
        return [group["labels"]["pod"] for group in groups if "eta" in group["labels"]["pod"]]

    before = (await get(world, "/pods")).json()
    labels = next(group["labels"] for group in before if group["labels"]["pod"] == "eta-0")
    assert labels["namespace"] == "ml"
    assert labels["__metrics_path__"] == "/pods/ml/eta-0/metrics"
    assert len({group["labels"]["instance"] for group in before}) == len(before)
    world.pods.start(BY_NAME["eta"], 1, ready_since=None)
    assert eta((await get(world, "/pods")).json()) == [*eta(before), "eta-5"]
    world.pods.by_deployment["ml", "eta"].pop(0)
    assert "eta-0" not in eta((await get(world, "/pods")).json())


async def test_counters_move_with_the_clock(world: World) -> None:
    first = await get(world, "/pods/ml/eta-0/metrics")
    world.now += 10.0
    second = await get(world, "/pods/ml/eta-0/metrics")
    assert first.headers["content-type"].startswith("text/plain; version=0.0.4")
    line = 'http_requests_total{model="eta",version="v19",code="200"} '
    counts = [
        float(each.removeprefix(line))
        for text in (first.text, second.text)
        for each in text.splitlines()
        if line in each
    ]
    assert counts[1] - counts[0] == pytest.approx(10.0 * BY_NAME["eta"].traffic / 5, rel=0.15)


async def test_a_pod_that_does_not_exist_is_not_found(world: World) -> None:
    for path in ("/pods/ml/eta-77/metrics", "/pods/other/eta-0/metrics", "/", "/pods/ml/eta-0"):
        assert (await get(world, path)).status_code == httpx.codes.NOT_FOUND


async def test_a_dead_exporter_hangs_up_and_stays_in_the_discovery(world: World) -> None:
    world.now = STARTED + 61.0
    with pytest.raises(httpx.RemoteProtocolError):
        await get(world, "/pods/ml/ocr-0/metrics")
    assert "ocr-0" in (await get(world, "/pods")).text
    assert (await get(world, "/pods/ml/eta-0/metrics")).is_success


def test_label_values_are_escaped() -> None:
    assert series_text("up", [("pod", 'a"b\\c\nd')]) == 'up{pod="a\\"b\\\\c\\nd"}'


def test_numbers_keep_all_they_hold() -> None:
    assert number_text(12.0) == "12"
    assert float(number_text(0.1 + 0.2)) == 0.1 + 0.2
    with pytest.raises(ValueError, match="finite"):
        number_text(math.nan)
