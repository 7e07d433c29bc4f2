"""The cost of our widgets beside the ones they replace: `python benchmarks/widgets.py`.

Every frame is composed and turned into the bytes that a terminal would get. Contestants take turns in one
process; figures are medians of CPU time. Exit status 1 when a budget is missed.
"""

import asyncio
import math
import statistics
import sys
import time
from collections.abc import Iterator
from itertools import count, islice

from rich.console import RenderableType
from textual._compositor import CompositorUpdate
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import DataTable
from textual_plotext import PlotextPlot

from console.domain.quantity import format_seconds
from console.tui.widgets.chart import Chart
from console.tui.widgets.chart_data import ChartData, Line, Marker, Objective
from console.tui.widgets.columns import Column
from console.tui.widgets.sparkline import sparkline
from console.tui.widgets.table import LiveTable
from console.tui.widgets.table_rows import Cell, Row

ROUNDS, FRAMES = 7, 10
ROWS, POINTS, STEP = 1000, 120, 30
FIRST_INSTANT = 1_795_400_010
TURNS_OF_THE_LOOP = 12
"""Enough for a change to pass through the message queues of widget, screen and app."""

COLUMNS = (
    Column("status", "", 1, 1),
    Column("model", "model", 8, 16),
    Column("version", "version", 6, 12, drop=3),
    Column("traffic", "req/s", 5, 8, "right", drop=4),
    Column("errors", "errors", 6, 7, "right", drop=2),
    Column("latency", "p99", 7, 9, "right"),
    Column("trend", "", 8, 8, drop=1),
    Column("what", "what happened", 10, 30, flexible=True, drop=5),
)
CHANGED_ROW, CHANGED_COLUMN = 20, 5


class ContestScreen(Screen[None]):
    """A screen that shows one contestant and counts its layout passes."""

    CSS = "PlotextPlot, Chart { width: 100; height: 20; }"
    layouts = 0

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        self.layouts += 1
        super()._refresh_layout(size, scroll)

    def frame(self, number: int) -> str:
        """Change what is shown and return a text that must reach the terminal."""
        raise NotImplementedError


class OurTable(ContestScreen):
    """LiveTable, one row of a thousand changed."""

    def compose(self) -> ComposeResult:
        """Show a thousand rows."""
        table = LiveTable(COLUMNS)
        self.rows = [Row(f"m{number}", tuple(map(Cell, texts(number)))) for number in range(ROWS)]
        table.set_rows(self.rows)
        yield table

    def frame(self, number: int) -> str:
        """Set rows that share nothing with those of the last frame, as a new snapshot does."""
        text = f"{number:07} s"
        rows = [Row(row.id, tuple(row.cells)) for row in self.rows]
        changed = rows[CHANGED_ROW]
        cells = (*changed.cells[:CHANGED_COLUMN], Cell(text), *changed.cells[CHANGED_COLUMN + 1 :])
        rows[CHANGED_ROW] = Row(changed.id, cells)
        self.query_one(LiveTable).set_rows(rows)
        return text


class TextualTable(ContestScreen):
    """DataTable, one cell of a thousand rows changed."""

    def compose(self) -> ComposeResult:
        """Show a thousand rows."""
        table = DataTable[str]()
        for column in COLUMNS:
            table.add_column(column.title, key=column.key, width=column.ideal)
        for number in range(ROWS):
            table.add_row(*texts(number), key=f"m{number}")
        yield table

    def frame(self, number: int) -> str:
        """Update the one cell."""
        text = f"{number:07} s"
        self.query_one(DataTable).update_cell(f"m{CHANGED_ROW}", COLUMNS[CHANGED_COLUMN].key, text)
        return text


class OurChart(ContestScreen):
    """Chart: three series, objective, marker, time axis."""

    def compose(self) -> ComposeResult:
        """Show nothing yet."""
        yield Chart()

    def frame(self, number: int) -> str:
        """Move on by one point."""
        title = f"latency {number}"
        start = FIRST_INSTANT + number * STEP
        lines = tuple(Line(name, values, tag=name) for name, values in latencies(number))
        marker = Marker(start + STEP * POINTS / 2, "v42")
        objective = Objective(0.5, "SLO 0.5 s")
        data = ChartData(title, start, STEP, lines, format_seconds, objective, markers=(marker,))
        self.query_one(Chart).update_data(data)
        return title


class PlotextChart(ContestScreen):
    """PlotextPlot, the same picture."""

    def compose(self) -> ComposeResult:
        """Show nothing yet."""
        yield PlotextPlot()

    def frame(self, number: int) -> str:
        """Move on by one point."""
        title = f"latency {number}"
        widget = self.query_one(PlotextPlot)
        plot = widget.plt
        plot.clear_figure()
        plot.title(title)
        for name, values in latencies(number):
            plot.plot(values, label=name, marker="braille")
        plot.hline(0.5)
        plot.vline(POINTS / 2)
        ticks = [float(minute) for minute in range(0, POINTS, POINTS // 6)]
        plot.xticks(ticks, [f"{minute // 60:02.0f}:{minute % 60:02.0f}" for minute in ticks])
        widget.refresh()
        return title


class Contest(App[None]):
    """An app without a terminal that still makes every byte that one would get."""

    written = ""

    def _display(self, screen: Screen[object], renderable: RenderableType | CompositorUpdate | None) -> None:
        if isinstance(renderable, CompositorUpdate):
            self.written = renderable.render_segments(self.console)


def texts(number: int) -> tuple[str, ...]:
    """Return the texts of a row."""
    trend = sparkline([math.sin(number + step) for step in range(8)], 8)
    return ("✔", f"model-{number}", "v42 12 min", "1,204", "0.0 %", "0.05 s", trend, "traffic 2.6×, 1 of 6 pods gone")


def latencies(number: int) -> list[tuple[str, list[float]]]:
    """Return three named series, one point farther with every frame."""
    points = range(number, number + POINTS)
    return [
        (name, [base * (1.2 + math.sin(point / 9 + base)) for point in points])
        for name, base in (("p99", 1.0), ("p95", 0.6), ("p50", 0.2))
    ]


async def settle(screen: ContestScreen) -> None:
    """Let messages through and paint, as the screen's timer does sixty times a second."""
    for _ in range(TURNS_OF_THE_LOOP):
        await asyncio.sleep(0)
    screen._on_timer_update()


async def milliseconds_per_frame(app: Contest, screen: ContestScreen, numbers: Iterator[int]) -> float:
    """Return CPU milliseconds of a frame; fails when a frame did not reach the terminal."""
    await app.switch_screen(screen)
    for number in islice(numbers, 2):  # what happens only once is not part of a frame
        screen.frame(number)
        await settle(screen)
    screen.layouts, spent = 0, 0.0
    for number in islice(numbers, FRAMES):
        app.written = ""
        begin = time.process_time()
        expected = screen.frame(number)
        await settle(screen)
        spent += time.process_time() - begin
        assert expected in app.written, f"{type(screen).__name__} did not paint {expected!r}"
    return spent * 1000 / FRAMES


async def contest(ours: ContestScreen, theirs: ContestScreen) -> tuple[float, float, int]:
    """Return median milliseconds of both contestants and the layout passes of ours."""
    app = Contest()
    numbers = count(1000)
    our_times, their_times, layouts = [], [], 0
    async with app.run_test(size=(120, 40)):
        await app.push_screen(Screen())
        for _ in range(ROUNDS):
            our_times.append(await milliseconds_per_frame(app, ours, numbers))
            layouts += ours.layouts
            their_times.append(await milliseconds_per_frame(app, theirs, numbers))
    return statistics.median(our_times), statistics.median(their_times), layouts


def verdict(what: str, ours: float, theirs: float, layouts: int, budget: int) -> bool:
    """Print one line and return whether the budget holds."""
    holds = ours * budget <= theirs and layouts == 0
    print(
        f"{what:<34} {ours:6.2f} ms against {theirs:6.2f} ms = 1/{theirs / ours:.1f} (budget 1/{budget}),"
        f" {layouts} layout passes: {'ok' if holds else 'MISSED'}"
    )
    return holds


def main() -> int:
    """Measure, print and return the exit status."""
    table = asyncio.run(contest(OurTable(), TextualTable()))
    chart = asyncio.run(contest(OurChart(), PlotextChart()))
    holds = [
        verdict("one changed row of 1,000", *table, budget=20),
        verdict("chart 100×20, three series", *chart, budget=8),
    ]
    return 0 if all(holds) else 1


if __name__ == "__main__":
    sys.exit(main())
