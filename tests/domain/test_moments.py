import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.moments import (
    BadMoment,
    clock_time,
    floor_to_step,
    in_words,
    parse_duration,
    parse_instant,
    promql_duration,
    rfc3339,
)

NOW = 1_790_000_000.0


@pytest.mark.parametrize(
    ("text", "seconds"), [("15m", 900), ("1h30m", 5400), ("500ms", 0.5), ("2d", 172_800), ("1.5h", 5400), (" 30s ", 30)]
)
def test_durations_are_read_as_prometheus_writes_them(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "15", "m", "-15m", "15 m", "15M", "1h-30m", "1y"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadMoment, match="expected a number and a unit"):
        parse_duration(text)


def test_an_instant_is_a_time_with_a_zone_or_a_duration_ago() -> None:
    assert parse_instant("15m", NOW) == NOW - 900
    assert parse_instant("2026-11-22T03:20:00Z", NOW) == parse_instant("2026-11-22T04:20:00+01:00", NOW)
    with pytest.raises(BadMoment, match="no time zone; write 2026-11-22T03:20:00Z for UTC"):
        parse_instant("2026-11-22T03:20:00", NOW)
    with pytest.raises(BadMoment, match="RFC 3339"):
        parse_instant("yesterday", NOW)


@given(st.integers(0, 4_000_000_000))
def test_an_instant_survives_being_written(instant: int) -> None:
    assert parse_instant(rfc3339(instant), NOW) == instant
    assert clock_time(instant) in rfc3339(instant)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (754, "12 min"),
        (3600, "1 h"),
        (3900, "1 h 5 min"),
        (100_800, "1 d 4 h"),
        (14 * 86_400 + 3600, "14 d"),
    ],
)
def test_durations_are_told_as_a_tired_person_reads_them(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


@given(st.integers(1, 10**9))
def test_promql_durations_are_exact(milliseconds: int) -> None:
    assert round(parse_duration(promql_duration(milliseconds / 1000)) * 1000) == milliseconds


@given(st.floats(0, 4e9), st.sampled_from([1.0, 5.0, 15.0, 300.0]))
def test_the_grid_never_lies_in_the_future(instant: float, step: float) -> None:
    floored = floor_to_step(instant, step)
    assert floored <= instant < floored + step + 1e-6
    assert floored % step == 0
