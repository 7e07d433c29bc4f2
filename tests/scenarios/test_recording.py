"""What the recorder writes down of pods: counters that only grow but for restarts, and traffic that arrives in full."""

import msgspec
import numpy as np
import pytest

from console.domain.objective import Objective
from console.simulation.fleet.ledger import COUNTERS, Counter
from console.simulation.fleet.profile import Dialect, Profile
from tests.scenarios.courses import season
from tests.scenarios.recording import record, sample_times
from tests.scenarios.world import Effect, Gap, Life, Quantity, Season, ServedModel, Theatre, Wobble, World

BEGINS = 1_770_000_000.0
STILL = Wobble(0.001, 0.001, 0.001, 0.0, 0.0, 0.0)
FLAT = Season(daily=0.0, second=0.0, weekend=1 / 0.95)


def pod(name: str, **changes: object) -> Life:
    return msgspec.structs.replace(Life(name, "v1", "m-1", "node-1", "10.0.0.1:80"), **changes)


def world(*pods: Life, effects: tuple[Effect, ...] = (), gaps: tuple[Gap, ...] = ()) -> World:
    profile = Profile("m", Dialect.GENERIC, "v1", len(pods), 20.0, 0.02, 8, Objective())
    model = ServedModel(profile, FLAT, STILL, pods, effects=effects, gaps=gaps)
    theatre = Theatre(BEGINS + 7200.0, BEGINS + 10_800.0)
    return World(7, BEGINS, (theatre,), (model,), ())


def totals(past: World) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    return [each.counters[:, COUNTERS.index(Counter.SUCCEEDED)] for each in record(past, 0, sample_times(past))]


def test_all_that_arrives_is_counted_by_the_pods_that_serve() -> None:
    past = world(pod("a"), pod("b", ends=BEGINS + 9000.0))
    times = sample_times(past)
    first, second = totals(past)
    late = times > BEGINS + 9100.0
    assert (first[-1] - first[0] + second[-1] - second[0]) / (times[-1] - times[0]) == pytest.approx(20.0, rel=0.1)
    assert (first[late][-1] - first[late][0]) / (times[late][-1] - times[late][0]) == pytest.approx(20.0, rel=0.1)


def test_a_counter_falls_at_a_restart_only() -> None:
    restart = BEGINS + 8000.0
    (only,) = totals(world(pod("a", restarts=(restart,))))
    falls = sample_times(world(pod("a")))[1:][np.diff(only) < 0]
    assert len(falls) == 1
    assert restart <= falls[0] <= restart + 15.0


def test_a_gap_and_an_end_leave_no_samples() -> None:
    past = world(pod("a", ends=BEGINS + 10_000.0), gaps=(Gap(BEGINS + 8000.0, BEGINS + 8100.0, down=True),))
    times = sample_times(past)
    (only,) = record(past, 0, times)
    assert not only.answers[(times >= BEGINS + 8000.0) & (times < BEGINS + 8100.0)].any()
    assert only.known[(times >= BEGINS + 8000.0) & (times < BEGINS + 8100.0)].all()
    assert not only.known[times >= BEGINS + 10_000.0].any()


def test_an_effect_concerns_its_version_from_its_begin_on() -> None:
    onset = BEGINS + 9000.0
    failing = Effect(Quantity.FAILURES, 0.3, onset, version="v2")
    past = world(pod("a"), pod("b", version="v2", begins=onset), effects=(failing,))
    times = sample_times(past)
    shares = []
    for each in record(past, 0, times):
        grown = each.counters[-1] - each.counters[np.searchsorted(times, onset + 60.0)]
        shares.append(grown[COUNTERS.index(Counter.FAILED)] / (grown[: len(COUNTERS)][:4].sum()))
    assert shares[0] < 0.01
    assert shares[1] == pytest.approx(0.3, abs=0.03)


def test_equal_worlds_are_equal() -> None:
    (one,), (other,) = totals(world(pod("a"))), totals(world(pod("a")))
    assert np.array_equal(one, other)


def test_a_season_follows_the_clocks_of_its_zone() -> None:
    thursday, monday = 1_774_522_800.0, 1_774_864_800.0  # 2026-03-26 and 30, noon in Berlin: 11:00 and 10:00 UTC
    wave = Season(zone="Europe/Berlin", daily=0.5, second=0.0, peak=12.0)
    levels = season(wave, np.asarray([thursday, monday - 3600.0, monday, monday + 3600.0]))
    assert levels[2] == pytest.approx(levels[0])
    assert levels[2] > max(levels[1], levels[3])
