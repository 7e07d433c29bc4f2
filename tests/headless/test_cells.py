import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.headless.cells import cell_width, cut, pad


@pytest.mark.parametrize(("text", "width"), [("", 0), ("fraud", 5), ("搜索", 4), ("é", 1), ("e\u0301", 1), ("…×—", 3)])
def test_width(text: str, width: int) -> None:
    assert cell_width(text) == width


def test_pad_fills_and_never_cuts() -> None:
    assert pad("搜", 4) == "搜  "
    assert pad("fraud", 3) == "fraud"


def test_cut_says_that_something_is_missing() -> None:
    assert cut("fraud", 5) == "fraud"
    assert cut("fraud", 4) == "fra…"
    assert cut("搜索", 3) == "搜…"
    assert cut("搜索", 2) == "…"
    assert cut("fraud", 0) == ""


@given(st.text(max_size=40), st.integers(0, 30))
def test_cut_never_exceeds_the_width(text: str, width: int) -> None:
    assert cell_width(cut(text, width)) <= width
