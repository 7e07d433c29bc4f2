"""How data is broken, by its counts and its deciles; and what looks broken and is not."""

import msgspec
import numpy
import pytest

from console.detect.drift.breakage import find_breakage
from console.detect.drift.compare import compare
from console.detect.drift.rule import DriftRule
from console.detect.drift.units import CONVERSIONS, Conversion, find_conversion, needs_quantiles
from console.domain.bins import Bins, Role
from console.domain.drift import Breakage, ColumnDrift, DriftView, Verdict
from tests.detect.drift.logs import Array, category_bins, deciles, number_bins, reference_of, spread

RULE = DriftRule()
AGE = deciles("age")
COUNTRY = category_bins("country", {"de": 5000, "fr": 3000, "pl": 1500, "cz": 450}, rare={"mt": 30, "lu": 20})
EVEN = [0.1] * 10


def breakage(bins: Bins, counts: Array) -> tuple[Breakage, float, str] | None:
    found = find_breakage(bins, counts, RULE)
    return None if found is None else (found.breakage, round(found.share, 3), found.detail)


@pytest.mark.parametrize(
    ("bins", "counts", "expected"),
    [
        (AGE, spread(1000, [0.62, 0, *[0.038] * 10, 0]), (Breakage.NULLS, 0.62, "null in 62 % of rows, expected 0 %")),
        (
            AGE,
            spread(1000, [0, 0, *[0] * 4, 0.995, *[0.001] * 5, 0]),
            (Breakage.CONSTANT, 0.995, "40–50 in 99.5 % of rows, expected 10 %"),
        ),
        (
            AGE,
            spread(1000, [0, 0.08, *[0.092] * 10, 0]),
            (Breakage.OUT_OF_RANGE, 0.08, "below 0 in 8 % of rows, never in the reference"),
        ),
        (
            AGE,
            spread(1000, [0, 0, *[0.0] * 9, 0.1, 0.9]),
            (Breakage.OUT_OF_RANGE, 0.9, "above 100 in 90 % of rows, never in the reference"),
        ),
        (
            COUNTRY,
            spread(1000, [0, 0.45, 0.3, 0.15, 0.04, 0.01, 0.05]),
            (Breakage.NEW_CATEGORIES, 0.05, "new to the reference in 5 % of rows"),
        ),
        (
            COUNTRY,
            spread(1000, [0, 0, 0, 0, 0, 0, 1]),
            (
                Breakage.NEW_CATEGORIES,
                1.0,
                "new to the reference in 100 % of rows, its own values are gone: another encoding",
            ),
        ),
        (
            COUNTRY,
            spread(1000, [0, 0.64, 0, 0.3, 0.05, 0.01, 0]),
            (Breakage.VANISHED_CATEGORIES, 0.3, "without fr, expected in 30 % of rows"),
        ),
        (
            COUNTRY,
            spread(1000, [0, 1, 0, 0, 0, 0, 0]),
            (Breakage.CONSTANT, 1.0, "de in 100 % of rows, expected 50 %"),
        ),
    ],
    ids=["nulls", "constant", "sentinel", "beyond", "new", "encoding", "vanished", "one category"],
)
def test_what_a_pipeline_does_is_named(bins: Bins, counts: Array, expected: tuple[Breakage, float, str]) -> None:
    assert breakage(bins, counts) == expected


@pytest.mark.parametrize(
    ("bins", "counts"),
    [
        (AGE, spread(1000, [0.01, 0, *[0.099] * 10, 0])),
        (deciles("age", 200), spread(60, [0, 0.05, *[0.095] * 10, 0])),
        (AGE, spread(1000, [0, 0, *[0.001] * 7, 0.05, 0.2, 0.65, 0.093])),
        (COUNTRY, spread(1000, [0, 0.45, 0.3, 0.15, 0.05, 0.035, 0.015])),
        (COUNTRY, spread(60, [0, 0.5, 0.3, 0.2, 0, 0, 0])),
        (category_bins("rarely", {"no": 9900, "yes": 100}), spread(400, [0, 1, 0, 0, 0])),
        (AGE, spread(49, [1, 0, *[0] * 10, 0])),
        (category_bins("text", {"a": 600}, rare={f"t{i}": 1 for i in range(400)}), spread(100, [0, 60, 0, 40])),
        (deciles("score", role=Role.SCORE), spread(1000, [0, 0, *[0.0] * 9, 0.1, 0.9])),
    ],
    ids=[
        "nulls below the floor",
        "few beyond a small reference",
        "a population that moved along",
        "new below the floor",
        "a rare category absent from few rows",
        "nearly constant in the reference",
        "too few rows",
        "a long tail of texts",
        "a score beyond its range is the model's doing",
    ],
)
def test_what_a_population_or_chance_does_is_not_broken(bins: Bins, counts: Array) -> None:
    assert breakage(bins, counts) is None


HEIGHT = number_bins(
    "height",
    (0, 0, *[1000] * 10, 0),
    [155, 160, 164, 167, 170, 173, 176, 180, 185],
    low=120,
    high=215,
    quantiles=[155, 160, 164, 167, 170, 173, 176, 180, 185],
)


@pytest.mark.parametrize("conversion", CONVERSIONS, ids=lambda conversion: conversion.words)
def test_each_conversion_is_told_by_the_deciles(conversion: Conversion) -> None:
    random = numpy.random.default_rng(1)
    heights = random.normal(170, 12, 800) * conversion.factor + conversion.offset
    now = tuple(numpy.quantile(heights, numpy.arange(1, 10) / 10).tolist())
    assert find_conversion(HEIGHT, {"height": now}, 800) == conversion


AMOUNT = number_bins(
    "amount",
    (0, 0, *[1000] * 10, 0),
    [9.54, 15.5, 22.0, 29.8, 39.3, 52.0, 70.3, 100.0, 162.0],
    low=0.3,
    high=3260,
    quantiles=[9.54, 15.5, 22.0, 29.8, 39.3, 52.0, 70.3, 100.0, 162.0],
)


@pytest.mark.parametrize("seed", range(20))
def test_cents_are_told_from_amounts_though_the_highest_decile_is_uncertain(seed: int) -> None:
    amounts = numpy.random.default_rng(seed).lognormal(numpy.log(39.3), 1.104, 1000) * 100
    now = tuple(numpy.quantile(amounts, numpy.arange(1, 10) / 10).tolist())
    found = find_conversion(AMOUNT, {"amount": now}, 1000)
    assert found is not None
    assert found.factor == 100


@pytest.mark.parametrize(
    "now",
    [
        (155, 160, 164, 167, 170, 173, 176, 180, 185),
        (180, 185, 189, 192, 195, 198, 201, 205, 210),
        (170, 170, 170, 170, 170, 170, 170, 170, 170),
        (1, 2, 3, 4, 5, 6, 7, 8, float("inf")),
        (75, 79, 82, 160, 170, 173, 176, 180, 185),
        (),
    ],
    ids=["unchanged", "taller", "constant", "infinite", "half of it", "unknown"],
)
def test_other_deciles_are_no_change_of_units(now: tuple[float, ...]) -> None:
    assert find_conversion(HEIGHT, {"height": now}, 800) is None


def test_a_factor_that_only_few_rows_take_for_a_unit_is_none() -> None:
    threefold = tuple(3 * decile for decile in AMOUNT.quantiles)  # a metre has 3.28 feet
    assert find_conversion(AMOUNT, {"amount": threefold}, 300) is not None
    assert find_conversion(AMOUNT, {"amount": threefold}, 100_000) is None


def test_inputs_that_move_together_by_odd_factors_are_people_and_one_alone_is_a_unit() -> None:
    length = msgspec.structs.replace(AMOUNT, column="length")
    converted = {"length": tuple(decile * 0.3048 for decile in length.quantiles)}
    counts = {"length": numpy.array([0, 0, *[260] * 3, *[35] * 7, 0]), "amount": numpy.asarray(AMOUNT.reference)}
    reference = reference_of(length, AMOUNT)

    def breakages() -> list[Breakage | None]:
        view = compare(reference, 1000, counts, model="m", start=0.0, end=3600.0, quantiles=converted)
        return [column.breakage for column in view.columns]

    assert Breakage.UNITS in breakages()
    counts["amount"] = numpy.array([0, 0, *[35] * 7, *[260] * 3, 0])
    assert breakages() == [None, None]


def view_of(
    bins: Bins,
    counts: Array,
    *,
    types: dict[str, str] | None = None,
    quantiles: dict[str, tuple[float, ...]] | None = None,
) -> DriftView:
    rows = int(counts.sum())
    counted = {bins.column: counts}
    return compare(
        reference_of(bins), rows, counted, model="fraud", start=0.0, end=1.0, types=types, quantiles=quantiles
    )


def only(view: DriftView) -> ColumnDrift:
    (column,) = view.columns
    return column


def test_deciles_are_asked_for_where_they_would_tell_and_then_name_the_unit() -> None:
    metres = spread(1000, [0, 1, *[0] * 10, 0])
    view = view_of(HEIGHT, metres)
    assert only(view).breakage is Breakage.OUT_OF_RANGE
    assert needs_quantiles(view, reference_of(HEIGHT)) == ("height",)
    now = tuple(q * 0.3048 for q in HEIGHT.quantiles)
    named = only(view_of(HEIGHT, metres, quantiles={"height": now}))
    assert (named.breakage, named.broken_share) == (Breakage.UNITS, 1.0)
    assert named.detail == "× 0.3048 in all deciles: feet to metres"


def test_deciles_are_not_asked_for_where_nothing_changed() -> None:
    view = view_of(HEIGHT, spread(1000, [0, 0, *EVEN, 0]))
    assert needs_quantiles(view, reference_of(HEIGHT)) == ()


def test_one_range_that_holds_all_rows_is_not_constant_when_its_deciles_differ() -> None:
    narrow = spread(1000, [0, 0, *[0] * 4, 1, *[0] * 5, 0])
    assert only(view_of(HEIGHT, narrow)).breakage is Breakage.CONSTANT
    now = (167.1, 167.4, 167.9, 168.0, 168.5, 168.9, 169.1, 169.6, 169.9)
    assert only(view_of(HEIGHT, narrow, quantiles={"height": now})).verdict is Verdict.DRIFT


def test_a_column_that_is_gone_is_broken_whole() -> None:
    view = compare(reference_of(AGE, HEIGHT), 500, {"age": spread(500, [0, 0, *EVEN, 0])}, model="m", start=0, end=1)
    gone = view.columns[0]
    assert (gone.name, gone.breakage, gone.broken_share) == ("height", Breakage.MISSING_COLUMN, 1.0)
    assert gone.null_share_current == 1.0
    assert gone.share > 0.99


def test_another_type_is_broken() -> None:
    column = only(view_of(AGE, spread(500, [0, 0, *EVEN, 0]), types={"age": "string"}))
    assert (column.breakage, column.detail) == (Breakage.TYPE, "is of type string, float64 in the reference")
    assert only(view_of(AGE, spread(500, [0, 0, *EVEN, 0]), types={"age": "float64"})).verdict is Verdict.OK


def test_chance_never_breaks_data() -> None:
    """A hundred thousand windows of 50 to 5,000 rows against a reference of 1,000, none of them broken."""
    random = numpy.random.default_rng(17)
    bins = number_bins("x", (20, 0, *[98] * 10, 0), [10.0 * i for i in range(1, 10)])
    for rows in (50, 500, 5000):
        for _ in range(40):
            ends = random.dirichlet([1.0, *[98.0] * 9, 97.0, 1.0]) * 0.98
            windows = random.multinomial(rows, [0.02, *ends], size=30)
            assert [window for window in windows if find_breakage(bins, window, RULE)] == []
