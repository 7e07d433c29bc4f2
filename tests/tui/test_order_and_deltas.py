"""Sorting never moves a target, and arrows tell changes, not noise."""

import random

import msgspec
import pytest

from console.domain.command import StartRun
from console.domain.signal import TRAFFIC, State
from console.domain.snapshot import ModelView, Snapshot
from console.tui.deltas import Deltas
from console.tui.fleet_order import SORTABLE, Order, first_order, ordered
from console.tui.fleet_rows import COLUMNS, Choice, fleet_rows
from tests.tui import scenes
from tests.tui.stage import layout_passes, on_stage


def with_traffic(value: float | None, at: float, model: str = "ads") -> Snapshot:
    view = scenes.healthy(model, 0.0)
    reading = msgspec.structs.replace(
        view.readings["traffic"], value=value, state=State.OK if value is not None else State.NO_DATA
    )
    view = msgspec.structs.replace(view, readings={**view.readings, TRAFFIC.name: reading})
    return Snapshot(at, (scenes.PROMETHEUS,), (view,))


def arrows(*values: float | None, step: float = 60.0) -> list[str]:
    deltas = Deltas()
    seen: list[str] = []
    for number, value in enumerate(values):
        deltas.take(with_traffic(value, scenes.AT + number * step))
        seen.append(deltas.arrow("ads", "traffic"))
    return seen


def test_a_change_of_a_fifth_is_told_and_noise_is_not() -> None:
    assert arrows(100, 119, 126, 100, 79) == ["", "", "↑", "", "↓"]


def test_an_arrow_stays_until_less_than_a_tenth_is_left() -> None:
    assert arrows(100, 130, 113, 112, 110, step=10) == ["", "↑", "↑", "↑", ""]
    assert arrows(100, 113, 112, step=10) == ["", "", ""]


def test_numbers_are_compared_with_those_of_five_minutes_ago() -> None:
    assert arrows(100, 200, 200, 200, 200, 200, 200) == ["", "↑", "↑", "↑", "↑", "↑", ""]


@pytest.mark.parametrize("values", [(0.0, None), (None, 5.0), (float("nan"), 5.0), (5.0, 5.0), (float("inf"),) * 2])
def test_what_is_unknown_or_the_same_has_no_arrow(values: tuple[float | None, float | None]) -> None:
    assert arrows(*values) == ["", ""]


def test_from_nothing_to_something_is_a_rise() -> None:
    assert arrows(0.0, 3.0) == ["", "↑"]
    assert arrows(3.0, float("inf")) == ["", "↑"]


def test_a_share_that_hardly_moved_has_no_arrow() -> None:
    deltas = Deltas()
    for number, value in enumerate((0.00001, 0.0002, 0.0009, 0.0019)):
        view = scenes.healthy("ads")
        errors = msgspec.structs.replace(view.readings["error_ratio"], value=value)
        view = msgspec.structs.replace(view, readings={**view.readings, "error_ratio": errors})
        deltas.take(Snapshot(scenes.AT + number, (), (view,)))
        assert deltas.arrow("ads", "errors") == "", "it is too little to be more than noise"


def test_a_fixed_moment_is_compared_with_until_it_is_given_up() -> None:
    deltas = Deltas()
    deltas.take(with_traffic(100, scenes.AT))
    deltas.fix()
    for minute in range(1, 61):
        deltas.take(with_traffic(200, scenes.AT + 60 * minute))
    assert deltas.arrow("ads", "traffic") == "↑"
    deltas.unfix()
    assert deltas.arrow("ads", "traffic") == ""


def test_every_column_sorts_both_ways_with_the_unknown_last() -> None:
    views = scenes.fleet().models
    assert {column.key for column in COLUMNS} == set(SORTABLE)
    for column in SORTABLE:
        orders = (first_order(column), first_order(column).reversed())
        first, second = ([view.model.id for view in ordered(views, order, lambda view: False)] for order in orders)
        assert sorted(first) == sorted(second) == sorted(view.model.id for view in views)
    traffic = [view.model.id for view in ordered(views, Order("traffic", descending=False), lambda view: False)]
    assert traffic[-1] == "ocr", "its traffic is unknown"


def test_only_chosen_models_are_listed() -> None:
    rows = fleet_rows(scenes.fleet(), Choice("v88", order=Order("model", descending=True)))
    assert [row.id for row in rows] == ["搜索", "ads"]


async def test_a_click_on_a_title_sorts_and_a_second_one_turns_it_round() -> None:
    async with on_stage() as stage:
        x = stage.lines[2].index("errors")
        await stage.pilot.click("#fleet", offset=(x, 0))
        await stage.pilot.pause()
        assert "errors▼" in stage.lines[2]
        await stage.pilot.click("#fleet", offset=(x, 0))
        await stage.pilot.pause()
        assert "errors▲" in stage.lines[2]
        assert "▌" in next(line for line in stage.lines if "fraud" in line), "the cursor stays on its model"


async def test_sorting_and_refreshing_keeps_the_cursor_on_its_model_and_lays_nothing_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chance = random.Random(7)
    async with on_stage() as stage:
        await stage.press("down")
        passes = layout_passes(stage, monkeypatch)
        for sequence in range(1, 25):
            views = list(scenes.fleet().models)
            chance.shuffle(views)
            views = [shaken(view, chance) for view in views]
            await stage.publish(
                Snapshot(scenes.AT + 15 * sequence, (scenes.PROMETHEUS,), tuple(views), sequence=sequence)
            )
            await stage.press(chance.choice(("S", "R", "m", "b", "r")))
            (under_cursor,) = [line for line in stage.lines if line.startswith("▌")]
            assert "eta" in under_cursor[:8]
        assert passes == []
        await stage.press("1")
        assert stage.last() == StartRun("eta", "scale-out")


def shaken(view: ModelView, chance: random.Random) -> ModelView:
    readings = {
        name: msgspec.structs.replace(reading, value=chance.random() * 500) for name, reading in view.readings.items()
    }
    return msgspec.structs.replace(view, readings=readings)
