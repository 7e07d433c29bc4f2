"""Half a minute of the soak: nothing crashes, nothing piles up."""

from pathlib import Path

from tests.faults.soak import soak


def test_half_a_minute_at_speed(tmp_path: Path) -> None:
    result = soak(30.0, tmp_path)
    assert result.problems == [], result.table()
    assert 0 < result.troubled < result.held[-1].refreshes
