"""Every text can be read in every theme, also where colours are forbidden."""

import pytest
from rich.color import Color
from textual.theme import Theme

from console.domain.command import StartRun, WatchModel
from console.tui.themes import DARK, LIGHT, PLAIN
from tests.tui import scenes
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
ANSWERS: Answers = {WatchModel: (scenes.detail(),), StartRun: (scenes.planned(),)}


def least_contrasts(stage: Stage) -> dict[str, float]:
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
            least[kind] = min(least[kind], _contrast(segment.style.color, segment.style.bgcolor))
    return least


def _is_drawn(sign: str) -> bool:
    return sign in DRAWN or "\u2800" <= sign <= "\u28ff"


def _contrast(one: Color, other: Color) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Color) -> float:
    shares = (channel / 255 for channel in colour.get_truecolor())
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("keys", [(), ("enter",), ("2",), ("question_mark",)], ids="-".join)
async def test_themes_are_readable(theme: Theme, keys: tuple[str, ...]) -> None:
    async with on_stage(answers=ANSWERS) as stage:
        stage.app.theme = theme.name
        await stage.press(*keys)
        least = least_contrasts(stage)
        assert least["text"] >= TEXT
        assert least["drawing"] >= GRAPHICS
        assert least["rule"] >= QUIET


@pytest.mark.parametrize("keys", [(), ("enter",), ("2",)], ids="-".join)
async def test_without_colours_it_is_readable(keys: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with on_stage(answers=ANSWERS) as stage:
        assert stage.app.theme == PLAIN.name
        await stage.press("t", *keys)
        assert stage.app.theme == PLAIN.name
        least = least_contrasts(stage)
        assert least["text"] >= TEXT
        assert least["drawing"] >= GRAPHICS
        for told in ("✖", "fraud"):
            assert told in stage.text or keys == ("2",)
