"""Bins and shares in words."""

import pytest

from console.detect.drift.words import bin_labels, column_list, psi_in_words, share_in_words, short_numbers
from tests.detect.drift.logs import category_bins, number_bins


def test_ranges_are_named_by_their_ends() -> None:
    bins = number_bins("age", (0, 0, 5, 5, 5, 0), [25.0, 60.0], low=18.0, high=97.0)
    assert bin_labels(bins) == ("null", "below 18", "18–25", "25–60", "60–97", "above 97")


def test_ranges_with_a_sign_are_not_mistaken_for_subtractions() -> None:
    bins = number_bins("balance", (0, 0, 5, 5, 0), [-20.0], low=-1500.0, high=1_250_000.0)
    assert bin_labels(bins) == ("null", "below -1,500", "-1,500 to -20", "-20 to 1,250,000", "above 1,250,000")


def test_a_range_of_one_value_is_that_value() -> None:
    bins = number_bins("flag", (0, 0, 5, 5, 0), [0.0], low=0.0, high=1.0)
    assert bin_labels(bins) == ("null", "below 0", "0", "0–1", "above 1")


def test_categories_are_made_harmless_and_blank_ones_visible() -> None:
    bins = category_bins("c", {"de": 5, "": 4, "\x1b[31m": 3, "x" * 60: 2})
    assert bin_labels(bins) == ("null", "de", '""', "␛[31m", "x" * 39 + "…", "other", "new")


@pytest.mark.parametrize(
    ("numbers", "texts"),
    [
        ((18.0, 25.0), ("18", "25")),
        ((0.1234, 0.12345), ("0.1234", "0.1235")),
        ((1234.1, 1234.2), ("1,234.1", "1,234.2")),
        ((1e-9, 2e-9), ("1e-09", "2e-09")),
        ((1e18, 2e18), ("1e+18", "2e+18")),
        ((1_000_000.0, 12_500_000.0), ("1,000,000", "12,500,000")),
        ((123_456.0, 123_457.0), ("123,456", "123,457")),
        ((5.0, 5.0), ("5", "5")),
        ((7.43e-06, 0.00374, 0.0089, 1.0), ("0", "0.00374", "0.0089", "1")),
    ],
)
def test_numbers_have_the_digits_that_tell_them_apart(numbers: tuple[float, ...], texts: tuple[str, ...]) -> None:
    assert short_numbers(numbers) == texts


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (0.0, "0 %"),
        (0.0001, "< 0.1 %"),
        (0.003, "0.3 %"),
        (0.04, "4 %"),
        (0.043, "4.3 %"),
        (0.19, "19 %"),
        (0.995, "99.5 %"),
        (0.9999, "> 99.9 %"),
        (1.0, "100 %"),
    ],
)
def test_only_none_and_all_read_so(ratio: float, text: str) -> None:
    assert share_in_words(ratio) == text


@pytest.mark.parametrize(("psi", "text"), [(0.0, "0.000"), (0.0143, "0.014"), (0.31, "0.31"), (2.41, "2.4")])
def test_a_psi_has_the_digits_that_are_compared(psi: float, text: str) -> None:
    assert psi_in_words(psi) == text


def test_many_columns_are_counted() -> None:
    assert column_list(["a", "b"]) == "`a`, `b`"
    assert column_list(["a", "b", "c", "d", "e"]) == "`a`, `b`, `c` and 2 more"
