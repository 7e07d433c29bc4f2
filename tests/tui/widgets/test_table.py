from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual import events
from textual.message import Message
from textual.pilot import Pilot
from textual.strip import Strip

from console.tui.widgets.columns import Column
from console.tui.widgets.table import LiveTable
from console.tui.widgets.table_rows import Cell, CellStyle, Row
from tests.tui.conftest import Golden
from tests.tui.painting import CountingApp, screen_lines

COLUMNS = (
    Column("status", "", 1, 1),
    Column("model", "model", 8, 14),
    Column("version", "version", 6, 12, drop=3),
    Column("traffic", "req/s", 5, 8, "right", drop=4),
    Column("errors", "errors", 6, 7, "right", drop=2),
    Column("latency", "p99 latency", 7, 11, "right"),
    Column("what", "what happened", 13, 30, flexible=True, drop=1),
)


def row(name: str, glyph: str = "✔", style: CellStyle = "plain", p99: str = "0.05 s", what: str = "") -> Row:
    texts = (glyph, name, "v42 12 min", "1,204", "0.2 %", p99, what)
    return Row(name, tuple(Cell(text, style) for text in texts))


FLEET = [
    row("fraud", "✖", "critical", "2.40 s", "p99 8× since v42"),
    row("模型-欺诈检测-长名字", "✖", "critical", "0.09 s", "`age` is null in 62 % of rows"),
    row("[/eta] [red]x", "▲", "warning", "0.41 s", "traffic 2.6×, 1 of 6 pods gone"),
    row("ocr", "?", "unknown", "no data", "no samples since 03:11"),
    *(row(f"ads-{number}") for number in range(40)),
]


class PaintedTable(LiveTable):
    """A table that remembers the lines it painted and what it told others."""

    def __init__(self) -> None:
        super().__init__(COLUMNS)
        self.painted_lines: list[int] = []
        self.said: list[str] = []

    def render_line(self, y: int) -> Strip:
        self.painted_lines.append(y)
        return super().render_line(y)

    def post_message(self, message: Message) -> bool:
        if isinstance(message, LiveTable.RowMessage):
            self.said.append(f"{type(message).__name__} {message.row_id}")
        return super().post_message(message)

    def forget(self) -> None:
        self.painted_lines.clear()
        self.said.clear()


@asynccontextmanager
async def shown(
    rows: list[Row], size: tuple[int, int] = (80, 10)
) -> AsyncIterator[tuple[PaintedTable, CountingApp, Pilot[None]]]:
    table = PaintedTable()
    table.set_rows(rows)
    app = CountingApp(table)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.layouts = 0
        table.forget()
        yield table, app, pilot


def many(count: int) -> list[Row]:
    return [row(f"m{number}") for number in range(count)]


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 10), (20, 2), (1, 1)])
async def test_picture(size: tuple[int, int], golden: Golden) -> None:
    async with shown(FLEET, size) as (_, app, _pilot):
        golden(f"table_{size[0]}x{size[1]}", screen_lines(app))


async def test_picture_of_a_row_that_is_gone(golden: Golden) -> None:
    async with shown(FLEET[:6], (80, 10)) as (table, app, pilot):
        await pilot.press("j", "j")
        table.set_rows(FLEET[:2] + FLEET[3:6])
        await pilot.pause()
        golden("table_gone_80x10", screen_lines(app))


async def test_picture_of_no_rows(golden: Golden) -> None:
    async with shown(FLEET, (40, 10)) as (table, app, pilot):
        table.set_rows([], narrowed=True, empty_text="no models match `xyz`")
        await pilot.pause()
        golden("table_empty_40x10", screen_lines(app))


async def test_why_there_are_no_rows_is_told_anew() -> None:
    async with shown([], (40, 10)) as (table, app, pilot):
        for reason in ("the source does not answer", "no models"):
            table.set_rows([], empty_text=reason)
            await pilot.pause()
            assert reason in "\n".join(screen_lines(app))


async def test_a_sort_between_the_move_and_the_action_does_not_change_the_target() -> None:
    rows = many(6)
    async with shown(rows) as (table, _, pilot):
        await pilot.press("j", "j")
        table.set_rows(list(reversed(rows)))
        await pilot.press("enter")
        assert table.said == ["RowHighlighted m1", "RowHighlighted m2", "RowChosen m2"]
        table.set_rows([row("new"), *rows])
        await pilot.press("enter")
        assert table.said[3:] == ["RowChosen m2"]


async def test_a_row_that_is_gone_is_told_once_and_cannot_be_chosen() -> None:
    rows = many(3)
    async with shown(rows) as (table, _, pilot):
        table.set_rows(rows[1:])
        table.set_rows(rows[1:])
        assert table.said == ["RowGone m0"]
        assert (table.cursor_id, table.cursor_is_gone) == ("m0", True)
        await pilot.press("enter")
        assert table.said == ["RowGone m0", "RowGone m0"]
        table.set_rows(rows)
        assert table.said[2:] == ["RowHighlighted m0"]
        assert not table.cursor_is_gone


async def test_one_changed_row_paints_one_line_and_lays_out_nothing() -> None:
    rows = many(1000)
    async with shown(rows) as (table, app, pilot):
        changed = [row("m3", p99="9.99 s") if each.id == "m3" else Row(each.id, each.cells) for each in rows]
        table.set_rows(changed)
        await pilot.pause()
        assert table.painted_lines == [4]
        assert app.layouts == 0
        assert "9.99 s" in screen_lines(app)[4]


async def test_equal_rows_paint_nothing() -> None:
    async with shown(many(20)) as (table, app, pilot):
        table.set_rows(many(20))
        await pilot.pause()
        assert (table.painted_lines, app.layouts) == ([], 0)


async def test_a_row_out_of_view_paints_nothing() -> None:
    async with shown(many(1000)) as (table, app, pilot):
        table.set_rows([*many(999), row("m999", p99="9.99 s")])
        await pilot.pause()
        assert (table.painted_lines, app.layouts) == ([], 0)


async def test_a_move_paints_the_two_lines_of_the_cursor() -> None:
    async with shown(many(5)) as (table, app, pilot):
        await pilot.press("down")
        await pilot.pause()
        assert (table.painted_lines, app.layouts) == ([1, 2], 0)


async def test_more_and_fewer_rows_lay_out_nothing() -> None:
    async with shown(many(3)) as (table, app, pilot):
        for count in (100, 0, 7, 1000):
            table.set_rows(many(count), narrowed=True)
            await pilot.pause()
        assert app.layouts == 0
        assert screen_lines(app)[1].split()[:2] == ["▌✔", "m0"]


@pytest.mark.parametrize(
    ("keys", "target"),
    [
        ("j", "m1"),
        ("down", "m1"),
        ("j j k", "m1"),
        ("j j up", "m1"),
        ("G", "m99"),
        ("end", "m99"),
        ("G g", "m0"),
        ("G home", "m0"),
        ("k", "m0"),
        ("pagedown", "m8"),
        ("pagedown pagedown pageup", "m8"),
        ("ctrl+d", "m4"),
        ("ctrl+d ctrl+d ctrl+u", "m4"),
    ],
)
async def test_keys_move_the_cursor_and_keep_it_in_view(keys: str, target: str) -> None:
    async with shown(many(100)) as (table, app, pilot):
        await pilot.press(*keys.split())
        await pilot.pause()
        assert table.cursor_id == target
        assert any(line.startswith("▌") and f" {target} " in line for line in screen_lines(app))


async def test_a_click_selects_and_a_second_click_chooses() -> None:
    async with shown(many(5)) as (table, _, pilot):
        await pilot.click(offset=(10, 3))
        assert table.said == ["RowHighlighted m2"]
        await pilot.double_click(offset=(10, 3))
        assert table.said[1:] == ["RowChosen m2"]


async def test_the_second_click_does_not_choose_a_row_that_came_after_the_first() -> None:
    rows = many(5)
    async with shown(rows) as (table, _, pilot):
        await pilot.click(offset=(10, 2))
        table.set_rows(list(reversed(rows)))
        await pilot.pause()
        table.on_click(click_at(table, 10, 2, chain=2))
        assert table.said == ["RowHighlighted m1", "RowHighlighted m3"]


async def test_a_click_means_the_row_that_was_painted_not_the_one_that_came_since() -> None:
    rows = many(5)
    async with shown(rows) as (table, app, _pilot):
        table.set_rows(list(reversed(rows)))
        table.on_click(click_at(table, 10, 2))
        assert table.cursor_id == "m1"
        assert screen_lines(app)[2].split()[1] == "m3"


async def test_a_click_on_the_header_or_below_the_rows_does_nothing() -> None:
    async with shown(many(3)) as (table, _, pilot):
        await pilot.click(offset=(10, 0))
        await pilot.click(offset=(10, 8))
        assert table.said == []


async def test_the_wheel_scrolls_without_moving_the_cursor() -> None:
    async with shown(many(100)) as (table, app, pilot):
        await pilot._post_mouse_events([events.MouseScrollDown], table)
        await pilot.pause()
        assert table.cursor_id == "m0"
        assert screen_lines(app)[1].split()[1] == "m3"
        assert app.layouts == 0


async def test_painted_ids_are_what_the_screen_shows() -> None:
    rows = many(4)
    async with shown(rows) as (table, _, pilot):
        table.set_rows(list(reversed(rows)))
        assert table.painted_ids == ["m0", "m1", "m2", "m3"]
        await pilot.pause()
        assert table.painted_ids == ["m3", "m2", "m1", "m0"]


async def test_painted_ids_forget_lines_that_a_resize_cut_off() -> None:
    async with shown(many(9)) as (table, _, pilot):
        await pilot.resize_terminal(80, 4)
        await pilot.pause()
        assert table.painted_ids == ["m0", "m1", "m2"]


async def test_columns_follow_the_width() -> None:
    async with shown(FLEET, (120, 10)) as (table, _, pilot):
        assert table.shown_columns == [column.key for column in COLUMNS]
        await pilot.resize_terminal(40, 10)
        await pilot.pause()
        assert table.shown_columns == ["status", "model", "latency", "what"]


async def test_rows_with_too_few_or_too_many_cells_are_shown() -> None:
    rows = [Row("short", ()), Row("long", (Cell("x"),) * 99)]
    async with shown(rows, (40, 5)) as (_, app, _pilot):
        assert [len(line) for line in screen_lines(app)] == [40] * 5


async def test_a_move_to_an_id_scrolls_to_it() -> None:
    async with shown(many(100)) as (table, app, pilot):
        assert table.move_cursor("m50")
        assert not table.move_cursor("nobody")
        await pilot.pause()
        assert table.cursor_id == "m50"
        assert screen_lines(app)[9].startswith("▌")


async def test_every_colour_has_a_style_on_and_off_the_cursor() -> None:
    styles: tuple[CellStyle, ...] = ("plain", "muted", "ok", "warning", "critical", "unknown", "accent")
    rows = [row(style, style=style) for style in styles]
    async with shown(rows, (80, 10)) as (table, _, pilot):
        backgrounds = set()
        for _style in styles:
            y = 1 + styles.index(table.cursor_id)
            backgrounds |= {segment.style and segment.style.bgcolor for segment in list(table.render_line(y))[:-1]}
            await pilot.press("j")
        assert len(backgrounds) == 1


def click_at(table: LiveTable, x: int, y: int, chain: int = 1) -> events.Click:
    return events.Click(table, x, y, 0, 0, 1, False, False, False, screen_x=x, screen_y=y, chain=chain)
