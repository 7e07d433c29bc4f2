"""Every text can be read in every theme on every terminal, by colour-blind eyes, and where colours are forbidden."""

import itertools

import pytest
from rich.color import Color, ColorSystem

from console.domain.command import StartRun, WatchModel
from console.settings.screen import ContextColour, ThemeName
from console.tui.look import Look
from console.tui.themes import GREYS, PALETTES, PALETTES_OF_SIXTEEN, THEME_NAMES, Palette
from tests.tui import scenes
from tests.tui.colours import contrast, distance
from tests.tui.scripted_engine import Answers
from tests.tui.stage import Stage, on_stage

TEXT = 4.5
"""Contrast of text (WCAG 2.2, 1.4.3)."""
GRAPHICS = 3.0
"""Contrast of lines and bars (WCAG 2.2, 1.4.11)."""
DRAWN = frozenset("─━│┃┌┐└┘├┤┬┴┼╌╎▌▁▂▃▄▅▆▇█·›")
QUIET = GRAPHICS - 1.2
"""Rules between regions: nothing is lost with them."""
RULES = frozenset("─━│┃")
APART = {"protanopes": 20.0, "deuteranopes": 20.0, "tritanopes": 15.0}
"""Least distance of two statuses (CIE 1976, where about 2.3 is just noticed); tritanopes are few."""
ANSWERS: Answers = {WatchModel: (scenes.detail(),), StartRun: (scenes.planned(),)}
TRUECOLOR, EIGHT_BIT, SIXTEEN = ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT, ColorSystem.STANDARD


def least_contrasts(stage: Stage, system: ColorSystem = TRUECOLOR) -> dict[str, float]:
    """Return the least contrast of texts, drawings and rules on the screen, as the filters of the terminal leave it."""
    least = {"text": 21.0, "drawing": 21.0, "rule": 21.0}
    filters = stage.app.get_line_filters()
    background = stage.app.screen.background_colors[1]
    for strip in stage.app.screen._compositor.render_strips():
        filtered = strip
        for each in filters:
            filtered = filtered.apply_filter(each, background)
        for segment in filtered:
            signs = set(segment.text) - {" "}
            if not signs or segment.style is None or segment.style.color is None or segment.style.bgcolor is None:
                continue
            kind = "rule" if signs <= RULES else "drawing" if all(map(_is_drawn, signs)) else "text"
            least[kind] = min(least[kind], contrast(segment.style.color, segment.style.bgcolor, system))
    return least


def _is_drawn(sign: str) -> bool:
    return sign in DRAWN or "\u2800" <= sign <= "\u28ff"


def statuses(palette: Palette) -> list[Color]:
    return [Color.parse(each) for each in (palette.ok, palette.warning, palette.critical, palette.unknown)]


@pytest.mark.parametrize("system", [TRUECOLOR, EIGHT_BIT, SIXTEEN], ids=lambda system: system.name)
@pytest.mark.parametrize("theme", THEME_NAMES)
async def test_themes_are_readable(theme: ThemeName, system: ColorSystem) -> None:
    for keys in ((), ("enter",), ("2",), ("question_mark",)):
        async with on_stage(answers=ANSWERS, look=Look(theme, has_few_colours=system is SIXTEEN)) as stage:
            await stage.press(*keys)
            least = least_contrasts(stage, system)
            assert least["text"] >= TEXT
            assert least["drawing"] >= GRAPHICS
            assert least["rule"] >= QUIET


@pytest.mark.parametrize("palettes", [PALETTES, PALETTES_OF_SIXTEEN], ids=["exact", "sixteen"])
@pytest.mark.parametrize("theme", THEME_NAMES)
def test_statuses_are_readable_on_everything_that_they_stand_on(
    theme: ThemeName, palettes: dict[ThemeName, Palette]
) -> None:
    palette = palettes[theme]
    systems = (TRUECOLOR, EIGHT_BIT) if palettes is PALETTES else (SIXTEEN,)
    for system, under in itertools.product(systems, (palette.background, palette.bar, palette.cursor)):
        assert min(contrast(status, Color.parse(under), system) for status in statuses(palette)) >= TEXT


@pytest.mark.parametrize("palettes", [PALETTES, PALETTES_OF_SIXTEEN], ids=["exact", "sixteen"])
@pytest.mark.parametrize("eyes", APART)
@pytest.mark.parametrize("theme", [name for name in THEME_NAMES if name.endswith("colour-blind")])
def test_colour_blind_eyes_tell_statuses_apart(theme: ThemeName, eyes: str, palettes: dict[ThemeName, Palette]) -> None:
    pairs = list(itertools.combinations(statuses(palettes[theme]), 2))
    assert min(distance(one, other, eyes) for one, other in pairs) >= APART[eyes]


@pytest.mark.parametrize("keys", [(), ("enter",), ("2",)], ids="-".join)
async def test_without_colours_it_is_readable(keys: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with on_stage(answers=ANSWERS) as stage:
        assert stage.app.theme == GREYS
        await stage.press("t", *keys)
        assert stage.app.theme == GREYS
        least = least_contrasts(stage)
        assert least["text"] >= TEXT
        assert least["drawing"] >= GRAPHICS
        for told in ("✖", "fraud"):
            assert told in stage.text or keys == ("2",)


@pytest.mark.parametrize("system", [TRUECOLOR, EIGHT_BIT, SIXTEEN], ids=lambda system: system.name)
@pytest.mark.parametrize("colour", ["red", "amber", "green", "blue", "violet", "grey"])
async def test_the_mark_of_a_context_is_readable_and_has_a_word(colour: ContextColour, system: ColorSystem) -> None:
    look = Look(has_few_colours=system is SIXTEEN, context_colours={scenes.CONTEXT: colour})
    async with on_stage(answers=ANSWERS, look=look) as stage:
        assert f" {colour}: {scenes.CONTEXT} " in stage.lines[0]
        assert least_contrasts(stage, system)["text"] >= TEXT
        await stage.press("2")
        assert f" {colour}: {scenes.CONTEXT} tier 1" in stage.text
        assert least_contrasts(stage, system)["text"] >= TEXT
