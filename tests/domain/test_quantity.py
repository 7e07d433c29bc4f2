import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.quantity import format_quantity, how_many, times


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (2.4, "s", "2.40 s"),
        (0.31, "s", "0.31 s"),
        (0.085, "s", "85 ms"),
        (0.0012, "s", "1.2 ms"),
        (0.0, "s", "0 ms"),
        (12.3, "s", "12 s"),
        (600.0, "s", "10 min"),
        (0.002, "ratio", "0.2 %"),
        (0.62, "ratio", "62 %"),
        (0.001, "ratio", "0.1 %"),
        (0.0006, "ratio", "0.06 %"),
        (0.0002, "ratio", "0.02 %"),
        (-0.0002, "ratio", "-0.02 %"),
        (0.00004, "ratio", "~0 %"),
        (0.0, "ratio", "0.0 %"),
        (412.4, "1/s", "412/s"),
        (1204.0, "1/s", "1,204/s"),
        (0.5, "1/s", "0.50/s"),
        (3.0, "1", "3"),
        (math.nan, "s", "no data"),
        (None, "s", "no data"),
        (math.inf, "s", "∞ s"),
        (math.inf, "1/s", "∞/s"),
        (math.inf, "ratio", "∞ %"),
    ],
)
def test_numbers_carry_their_units(value: float | None, unit: str, text: str) -> None:
    assert format_quantity(value, unit) == text


@given(st.one_of(st.none(), st.floats()), st.sampled_from(["s", "ratio", "1/s", "1", "psi", None]))
def test_any_number_can_be_told(value: float | None, unit: str | None) -> None:
    text = format_quantity(value, unit)
    assert text
    assert "e+" not in text


@pytest.mark.parametrize(("value", "text"), [(1.94, "1.9×"), (7.7, "8×"), (1234.0, "1,234×")])
def test_factors(value: float, text: str) -> None:
    assert times(value) == text


def test_one_is_not_counted_as_several() -> None:
    assert [how_many(count, "old pod is", "old pods are") for count in (1, 2)] == ["1 old pod is", "2 old pods are"]
    assert [how_many(count, "row") for count in (0, 1, 1204)] == ["0 rows", "1 row", "1,204 rows"]


@given(st.floats(0.0, 1.0))
def test_only_nothing_is_told_as_nothing_and_a_share_never_outgrows_its_column(ratio: float) -> None:
    text = format_quantity(ratio, "ratio")
    assert (text == "0.0 %") is (ratio == 0)
    assert len(text) <= len("0.02 %")
