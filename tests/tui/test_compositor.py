"""An update of a part of a screen paints what Textual itself would paint there."""

from itertools import pairwise

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
    """Return the pieces of the rows that reach into a part: (where they begin, text, text with styles)."""
    composed = stage.app.screen._compositor
    composed_as, composed.__class__ = composed.__class__, compositor
    chops = composed._render_chops(part, lambda y: y in part.line_range)
    composed.__class__ = composed_as
    found = []
    for y in part.line_range:
        begins = [*chops[y], WIDTH]
        reaching = (x for x, end in pairwise(begins) if x < part.right and end > part.x)
        found.append([(x, chops[y][x].text, repr(list(chops[y][x]))) for x in reaching])
    return found


@pytest.mark.parametrize("keys", [(), ("enter",), ("2",), ("?",), (":",)])
async def test_a_part_is_painted_as_textual_paints_it(keys: tuple[str, ...]) -> None:
    async with on_stage(answers={StartRun: (scenes.planned(),)}, size=(WIDTH, HEIGHT)) as stage:
        await stage.press(*keys)
        mine = type(stage.app.screen._compositor)
        assert mine is not Compositor
        for part in PARTS:
            assert rows(stage, mine, part) == rows(stage, Compositor, part)


async def test_only_the_rows_of_a_part_are_asked_for() -> None:
    async with on_stage(answers={StartRun: (scenes.planned(),)}, size=(WIDTH, HEIGHT)) as stage:
        await stage.press("2")
        composed = stage.app.screen._compositor
        asked = [len(strips) for _, _, strips in composed._get_renders(Region(0, 20, WIDTH, 1))]
        assert sum(asked) == len(asked), "one row of each widget that is there"
        mine, textuals = (
            sum(len(strips) for _, _, strips in renders)
            for renders in (composed._get_renders(), Compositor._get_renders(composed))
        )
        assert mine * 1.5 < textuals, "none of what lies behind others"
