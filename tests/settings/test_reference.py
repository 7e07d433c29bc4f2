"""What a person types behind --against."""

import pytest

from console.domain.moments import BadMoment
from console.settings.predictions import ReferenceSettings, StoreAddress
from console.settings.reference import parse_reference

END = 1795317614.0
"""2026-11-22T03:20:14Z"""


def test_a_url_is_a_data_set() -> None:
    found = parse_reference("duckdb:///data/training.parquet", end=END, window=3600.0)
    assert found == ReferenceSettings(data=StoreAddress("duckdb:///data/training.parquet"))


def test_a_table_of_a_store_is_a_data_set() -> None:
    found = parse_reference("postgresql://reader@db/ml#training", end=END, window=3600.0)
    assert found == ReferenceSettings(data=StoreAddress("postgresql://reader@db/ml", "training"))


def test_a_duration_is_so_much_of_the_past_right_before_the_window() -> None:
    assert parse_reference("7d", end=END, window=3600.0) == ReferenceSettings(window=604_800.0, ends_before=3600.0)


def test_two_instants_are_a_window_of_the_past() -> None:
    found = parse_reference("2026-11-21T03:20:14Z/2026-11-22T01:20:14Z", end=END, window=3600.0)
    assert found == ReferenceSettings(window=79_200.0, ends_before=7_200.0)
    assert parse_reference("2d/1d", end=END, window=3600.0) == ReferenceSettings(window=86_400.0, ends_before=86_400.0)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("yesterday", "'yesterday' is no reference; expected a URL, a duration such as 7d, or START/END"),
        ("0s", "'0s' is no reference, it has no length"),
        ("1d/2d", "'1d/2d' is no reference, it has no length"),
        ("1d/2026-11-23T00:00:00Z", "ends after the window that is measured against it"),
        ("/", "'/' is no reference"),
        ("2026-11-01/2026-11-08", "is no reference"),
        ("duckdbb:///training.parquet", "'duckdbb' is no engine, expected one of .*; nearest: duckdb"),
        ("postgresql://reader@db/ml#", "names no table; expected URL#TABLE"),
    ],
)
def test_what_is_no_reference_is_told_with_what_was_expected(text: str, told: str) -> None:
    with pytest.raises(BadMoment, match=told):
        parse_reference(text, end=END, window=3600.0)
