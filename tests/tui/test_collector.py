"""What stays for good is never walked by the garbage collector again, and is spared once, after the first snapshot."""

import gc
from collections.abc import Callable, Iterator

import pytest

from console.tui.app import ConsoleApp
from console.tui.collector import YOUNG_OBJECTS, spare_what_stays
from console.tui.messages import Value
from tests.tui.scenes import fleet
from tests.tui.scripted_engine import ScriptedEngine


@pytest.fixture
def collector_of_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


@pytest.mark.usefixtures("collector_of_before")
def test_what_exists_is_spared_and_what_is_made_later_is_collected() -> None:
    spare_what_stays()
    assert gc.get_freeze_count() > YOUNG_OBJECTS
    assert gc.get_threshold()[0] == YOUNG_OBJECTS
    ring: list[object] = []
    ring.append(ring)
    del ring
    assert gc.collect() >= 1


async def test_it_is_spared_once_and_only_when_the_first_snapshot_is_there() -> None:
    engines: list[ScriptedEngine] = []

    def make_engine(publish: Callable[[Value], None], crashed: Callable[[BaseException], None]) -> ScriptedEngine:
        engines.append(ScriptedEngine(publish, crashed, (), {}))
        return engines[0]

    spared: list[str] = []
    app = ConsoleApp(make_engine, on_first_snapshot=lambda: spared.append("spared"))
    async with app.run_test(size=(120, 40)) as pilot:
        await engines[0].started.wait()
        await pilot.pause()
        assert spared == []
        for _ in range(2):
            engines[0].publish(fleet())
            await pilot.pause()
        assert spared == ["spared"]
