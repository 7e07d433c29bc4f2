"""Half a minute of the soak: nothing crashes, nothing piles up."""

from pathlib import Path

from tests.faults.soak import soak

WARM_UP = 24 * 1024 * 1024
"""What half a minute may add: causes, baselines and an hour of points are loaded when something first breaks; `make
soak` is long enough to allow a third of it."""


def test_half_a_minute_at_speed(tmp_path: Path) -> None:
    result = soak(30.0, tmp_path)
    assert result.problems(memory=WARM_UP) == [], result.table()
    assert 0 < result.troubled < result.held[-1].refreshes
