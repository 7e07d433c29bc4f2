import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from console.tui.widgets.cells import fit, shorten

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
