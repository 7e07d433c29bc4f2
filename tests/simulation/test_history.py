from pathlib import Path

import numpy as np
import pytest

from console.simulation.fleet.fleet import Fleet, PodRecord
from console.simulation.fleet.models import EIGHT_MODELS
from console.simulation.history import BackfillFailed, Past, backfill, open_metrics
from tests.services.programs import program
from tests.simulation.pods import FixedPods

STARTED = 1_790_000_000.0
ETA = next(profile for profile in EIGHT_MODELS if profile.name == "eta")
SHORT = Past(near_span=60.0, far_span=3600.0)


def past_of_eta() -> tuple[list[PodRecord], np.ndarray]:
    times = SHORT.times(STARTED)
    return Fleet((ETA,), [], 1, STARTED, FixedPods((ETA,))).record(times), times


def test_times_ascend_end_at_the_start_and_are_as_close_as_live_scrapes_near_it() -> None:
    times = Past().times(STARTED)
    assert times[-1] == STARTED
    assert times[0] == STARTED - 26 * 3600
    steps = np.diff(times)
    assert set(steps[-900:]) == {5.0}
    assert steps.min() > 0
    assert steps.max() == 120.0
    assert times[Past().far_count(times, STARTED)] == STARTED - 75 * 60


def test_the_text_holds_every_sample_of_every_series_and_ends_as_it_must() -> None:
    records, times = past_of_eta()
    lines = "".join(open_metrics(records, times, slice(None), "models")).splitlines()
    series = 1 + sum(len(family.series) for family in records[0].families)
    assert lines.pop() == "# EOF"
    assert len(lines) == ETA.replicas * series * len(times)
    assert lines[0].startswith("up{")
    assert lines[0].endswith(f"}} 1 {times[0]:.3f}")


def test_what_promtool_refuses_is_said_in_one_line(tmp_path: Path) -> None:
    records, times = past_of_eta()
    refusing = tmp_path / "promtool"
    refusing.write_text("#!/bin/sh\necho reading >&2\necho 'no space left' >&2\nexit 1\n")
    refusing.chmod(0o755)
    with pytest.raises(BackfillFailed, match=r"^promtool: no space left$"):
        backfill(records, times, 10, "models", refusing, tmp_path, lambda _: None)


def test_blocks_are_written_and_nothing_else_stays(tmp_path: Path) -> None:
    records, times = past_of_eta()
    guarded: list[int] = []
    split = SHORT.far_count(times, STARTED)
    backfill(records, times, split, "models", program("promtool"), tmp_path, guarded.append)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    assert len(list((tmp_path / "data").glob("*/meta.json"))) >= 2
    assert len(guarded) == 2
