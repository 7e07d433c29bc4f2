from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot
from textual.strip import Strip

from console.domain.quantity import format_seconds
from console.tui.widgets.chart import Chart
from console.tui.widgets.chart_data import ChartData, Line, Objective
from tests.tui.painting import CountingApp, screen_lines

START = 1_795_400_400.0


class PaintedChart(Chart):
    """A chart that remembers the lines it painted."""

    def __init__(self, data: ChartData | None) -> None:
        super().__init__(data)
        self.painted_lines: list[int] = []

    def render_line(self, y: int) -> Strip:
        self.painted_lines.append(y)
        return super().render_line(y)


def latency(last: float = 0.2, title: str = "latency") -> ChartData:
    line = Line("p99", [0.2] * 59 + [last], tag="p99")
    return ChartData(title, START, 60.0, (line,), format_seconds, Objective(0.5, "SLO 0.5 s"))


@asynccontextmanager
async def shown(data: ChartData | None) -> AsyncIterator[tuple[PaintedChart, CountingApp, Pilot[None]]]:
    chart = PaintedChart(data)
    app = CountingApp(chart)
    async with app.run_test(size=(60, 12)) as pilot:
        await pilot.pause()
        app.layouts = 0
        chart.painted_lines.clear()
        yield chart, app, pilot


async def test_equal_data_paints_nothing() -> None:
    async with shown(latency()) as (chart, app, pilot):
        chart.update_data(latency())
        await pilot.pause()
        assert (chart.painted_lines, app.layouts) == ([], 0)


async def test_only_rows_that_look_different_are_painted_and_nothing_is_laid_out() -> None:
    async with shown(latency()) as (chart, app, pilot):
        chart.update_data(latency(title="latency now"))
        await pilot.pause()
        assert (chart.painted_lines, app.layouts) == ([0], 0)


async def test_new_values_are_seen() -> None:
    async with shown(latency()) as (chart, app, pilot):
        before = screen_lines(app)
        chart.update_data(latency(last=0.45))
        await pilot.pause()
        after = screen_lines(app)
        changed = [y for y, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
        assert changed == chart.painted_lines
        assert app.layouts == 0


async def test_the_first_data_may_come_late() -> None:
    async with shown(None) as (chart, app, pilot):
        assert set("".join(screen_lines(app))) == {" "}
        chart.update_data(latency())
        await pilot.pause()
        assert screen_lines(app)[0].startswith("latency  p99")
        assert app.layouts == 0


@pytest.mark.parametrize("size", [(120, 40), (40, 10), (10, 3), (1, 1), (300, 80)])
async def test_a_resized_chart_is_drawn_anew(size: tuple[int, int]) -> None:
    async with shown(latency()) as (_, app, pilot):
        await pilot.resize_terminal(*size)
        await pilot.pause()
        lines = screen_lines(app)
        assert [len(line) for line in lines] == [size[0]] * size[1]
        assert any(line.strip() for line in lines)


async def test_a_border_leaves_the_chart_inside_it() -> None:
    async with shown(latency()) as (chart, app, pilot):
        chart.styles.border = ("round", "red")
        await pilot.pause()
        lines = screen_lines(app)
        assert lines[0].startswith("╭─")
        assert lines[1].startswith("│latency")
        assert lines[-2].endswith("│")


async def test_data_that_comes_with_a_border_is_drawn_into_what_is_left() -> None:
    async with shown(latency()) as (chart, app, pilot):
        chart.styles.border = ("round", "red")
        chart.update_data(latency(0.4))
        await pilot.pause()
        assert screen_lines(app)[1].startswith("│latency")
        assert len(screen_lines(app)) == 12


async def test_another_theme_changes_colours_only() -> None:
    async with shown(latency()) as (chart, app, pilot):
        before, colours = screen_lines(app), [segment.style for segment in chart.render_line(0)]
        app.theme = "textual-light"
        await pilot.pause()
        assert screen_lines(app) == before
        assert [segment.style for segment in chart.render_line(0)] != colours


async def test_hostile_text_is_shown_not_obeyed() -> None:
    async with shown(latency(title="[/foo] [@click=app.quit]x[/]")) as (_, app, _pilot):
        assert screen_lines(app)[0].startswith("[/foo] [@click=app.quit]x[/]")
