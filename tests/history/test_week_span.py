from hypothesis import given
from hypothesis import strategies as st

from console.history.loads import DAY, POINTS_OF_A_DAY
from console.history.week_span import POINTS_OF_A_QUANTILE, days_of, in_words

CHEAP = ("traffic", "error_ratio", "latency_mean")
SIGNALS = (*CHEAP, "latency_p99")
MOST = 10_000_000


@given(st.integers(0, 20_000), st.integers(0, 3 * MOST), st.floats(DAY, 30 * DAY))
def test_never_more_points_than_allowed_and_what_is_cheap_first(models: int, most: int, longest: float) -> None:
    days = days_of(SIGNALS, models, most, longest)
    last_day = models * POINTS_OF_A_DAY * len(SIGNALS)
    assert set(days.values()) <= set(range(8))
    assert (0 in days.values()) == (last_day > most)
    if last_day <= most:
        before = sum(days[name] - 1 for name in CHEAP) + POINTS_OF_A_QUANTILE * (days["latency_p99"] - 1)
        assert last_day + before * models * POINTS_OF_A_DAY <= most
        assert days["latency_p99"] <= days["traffic"] <= max(1, longest // DAY)


@given(st.integers(0, 20_000), st.permutations(SIGNALS))
def test_neither_one_model_more_nor_another_order_gives_more_days(models: int, signals: list[str]) -> None:
    days, of_more = days_of(signals, models, MOST), days_of(SIGNALS, models + 1, MOST)
    assert days == days_of(SIGNALS, models, MOST)
    assert all(days[name] >= of_more[name] for name in CHEAP)


def test_a_small_fleet_has_all_days_and_a_big_one_those_of_what_is_cheap() -> None:
    assert set(days_of(SIGNALS, 50, MOST).values()) == {7}
    assert days_of(SIGNALS, 1000, MOST) == {"traffic": 7, "error_ratio": 7, "latency_mean": 7, "latency_p99": 2}
    assert set(days_of(SIGNALS, 50_000, MOST).values()) == {0}
    assert set(days_of(SIGNALS, 50, 0).values()) == {0}


def test_days_in_words() -> None:
    assert in_words(days_of(SIGNALS, 50, MOST), 7) is None
    assert in_words(days_of(SIGNALS, 1000, MOST), 7) == "7 of 7 days, of latency_p99 2"
    assert in_words({"traffic": 0}, 7) == "less than one of 7 days"
    assert in_words({}, 7) is None
