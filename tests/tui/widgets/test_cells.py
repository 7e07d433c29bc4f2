import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from console.domain.label import harmless
from console.headless.cells import cell_width
from console.tui.widgets.cells import fit, shorten, shorten_before

ODD_TEXT = st.text(st.sampled_from("ab 模é\u0301\u200d\ufe0f👩🚀❤\x1b\x00\n[]/"), max_size=30) | st.text(max_size=30)


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("fraud", 5, "fraud"),
        ("fraud", 4, "fra…"),
        ("fraud", 1, "…"),
        ("fraud", 0, ""),
        ("模型名", 6, "模型名"),
        ("模型名", 5, "模型…"),
        ("模型名", 4, "模…"),
        ("[red]x[/]", 9, "[red]x[/]"),
        ("", 3, ""),
    ],
)
def test_text_is_cut_by_cells_not_by_characters(text: str, width: int, shown: str) -> None:
    assert shorten(text, width) == shown


def test_padding_follows_the_alignment() -> None:
    assert fit("模", 5) == "模   "
    assert fit("0.2 %", 7, "right") == "  0.2 %"


@given(ODD_TEXT, st.integers(-1, 20), st.sampled_from(["left", "right"]))
def test_any_text_takes_exactly_its_cells(text: str, width: int, align: str) -> None:
    fitted = fit(text, width, align)
    assert cell_len(fitted) == max(0, width)


def test_a_text_without_end_is_cut_at_once() -> None:
    assert cell_len(fit("e" + "\u0301" * 1_000_000, 10)) == 10


WIDER_SINCE_UNICODE_16 = "\u2630-\u2637\u268a-\u268f\u4dc0-\u4dff\U0001d300-\U0001d376"


@given(st.text(st.characters(exclude_categories=["Mc", "Cn"]), max_size=20))
def test_screen_and_text_give_a_shown_name_the_same_cells(name: str) -> None:
    shown = re.sub(f"[{WIDER_SINCE_UNICODE_16}]", "", harmless(name))
    assert cell_len(shown) == cell_width(shown)


@pytest.mark.parametrize(
    "name", ["模型", "🚀", "👩\u200d🚀", "❤\ufe0f", "👍🏽", "e\u0301", "\u1112\u1161\u11ab", "דגם", "نموذج"]
)
def test_a_name_is_measured_character_by_character(name: str) -> None:
    """No terminal has to know which characters belong together, for terminals differ in it."""
    shown = harmless(name)
    assert cell_len(shown) == sum(map(cell_len, shown))


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (40, "p99 10×, traffic 3.3× → scale-out"),
        (32, "p99 10× → scale-out"),
        (20, "p99 10× → scale-out"),
        (19, "p99 10×, traffic 3…"),
        (3, "p9…"),
        (0, ""),
    ],
)
def test_a_text_gives_way_to_its_ending(width: int, shown: str) -> None:
    assert shorten_before("p99 10×, traffic 3.3×", " → scale-out", width) == shown


@given(st.text(max_size=30), st.text(max_size=12), st.integers(0, 40))
def test_no_ending_makes_a_text_too_wide(text: str, ending: str, width: int) -> None:
    assert cell_len(shorten_before(text, ending, width)) <= width
