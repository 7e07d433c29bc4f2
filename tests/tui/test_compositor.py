"""An update of a part of a screen paints what Textual itself would paint there."""

import pytest
from textual._compositor import Compositor
from textual.geometry import Region

from console.domain.command import StartRun
from tests.tui import scenes
from tests.tui.stage import Stage, on_stage

WIDTH, HEIGHT = 120, 40
PARTS = (
    Region(0, 0, WIDTH, HEIGHT),
    Region(100, 0, 8, 1),
    Region(0, 20, WIDTH, 1),
    Region(3, 5, 40, 17),
    Region(0, 38, 1, 2),
)


def rows(stage: Stage, compositor: type[Compositor], part: Region) -> list[list[tuple[int, str, str]]]:
    """Return the pieces of the rows that reach into a part."""
    composed = stage.app.screen._compositor
    composed_as, composed.__class__ = composed.__class__, compositor
    chops = composed._render_chops(part, lambda y: y in part.line_range)
    composed.__class__ = composed_as
    return [
        [
            (x, strip.text, repr(list(strip)))
            for x, strip in chops[y].items()
            if x < part.right and x + strip.cell_length > part.x
        ]
        for y in part.line_range
    ]


@pytest.mark.parametrize("keys", [(), ("enter",), ("2",), ("?",), (":",)])
async def test_a_part_is_painted_as_textual_paints_it(keys: tuple[str, ...]) -> None:
    async with on_stage(answers={StartRun: (scenes.planned(),)}, size=(WIDTH, HEIGHT)) as stage:
        await stage.press(*keys)
        mine = type(stage.app.screen._compositor)
        assert mine is not Compositor
        for part in PARTS:
            assert rows(stage, mine, part) == rows(stage, Compositor, part)


async def test_only_the_rows_of_a_part_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async with on_stage(answers={StartRun: (scenes.planned(),)}, size=(WIDTH, HEIGHT)) as stage:
        await stage.press("2")
        composed = stage.app.screen._compositor
        asked = [len(strips) for _, _, strips in composed._get_renders(Region(0, 20, WIDTH, 1))]
        assert sum(asked) == len(asked), "one row of each widget that is there"
