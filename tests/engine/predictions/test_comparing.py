from pathlib import Path

import msgspec
import pytest

from console.domain.bins import Role
from console.domain.drift import ColumnDrift, DriftView, NotComparable, Verdict
from console.engine.predictions.comparing import WindowComparison
from console.settings.predictions import ReferenceSettings, StoreAddress
from console.settings.settings import Settings
from console.simulation.predictions import FRAUD, NewVersion, write_log
from tests.engine.predictions.test_store import DAY, END, HOUR, START, settings_for

TRAINING = "training"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose new version answers otherwise from two hours before the end on, and what it was trained on."""
    directory = tmp_path_factory.mktemp("compared")
    release = FRAUD.with_faults(NewVersion("v43", begins=END - 2 * HOUR))
    write_log(directory, release, seed=1, start=START, end=END, rows_per_hour=600)
    write_log(directory / TRAINING, FRAUD, seed=2, start=START - DAY, end=START, rows_per_hour=600)
    return directory


async def compared(
    log: Path,
    *,
    model: str = "fraud",
    against: ReferenceSettings | None = None,
    at: float | None = None,
    window: float = HOUR,
    exact: bool = False,
) -> DriftView:
    settings: Settings = settings_for(log)
    comparison = WindowComparison({}, lambda: END, None, exact=exact)
    return await comparison(settings, model, against, at, window)


def column(view: DriftView, name: str) -> ColumnDrift:
    return next(each for each in view.columns if each.name == name)


async def test_the_window_is_the_one_that_was_asked_for(log: Path) -> None:
    view = await compared(log, at=END - DAY, window=2 * HOUR)
    assert (view.start, view.end) == (END - DAY - 2 * HOUR, END - DAY)
    assert 0 < view.current_rows < 3000
    assert not any(each.verdict is Verdict.BROKEN for each in view.columns)
    assert sum(each.share for each in view.columns) in (pytest.approx(0.0), pytest.approx(1.0))
    assert {each.role for each in view.columns} == set(Role)


async def test_a_data_set_is_what_everything_is_measured_against(log: Path) -> None:
    data = ReferenceSettings(data=StoreAddress(f"duckdb://{log}/{TRAINING}/predictions/*.parquet"))
    view = await compared(log, against=data, at=END - 3 * HOUR)
    assert view.reference.startswith("the data set ")
    assert 10_000 < view.reference_rows < 20_000
    assert all(each.verdict is Verdict.OK for each in view.columns)


async def test_versions_that_serve_at_once_stand_side_by_side(log: Path) -> None:
    view = await compared(log, window=4 * HOUR)
    assert {each.version for each in view.versions} == {"v42", "v43"}
    assert sum(each.current_rows for each in view.versions) == view.current_rows
    of_new = next(each for each in view.versions if each.version == "v43")
    assert column(of_new, "score").verdict is Verdict.DRIFT


async def test_values_tell_distances_more_exactly_than_bins(log: Path) -> None:
    by_bins, by_values = await compared(log), await compared(log, exact=True)
    for name in ("age", "amount", "score"):
        rough, exact = column(by_bins, name), column(by_values, name)
        assert rough.kolmogorov_smirnov is not None
        assert exact.kolmogorov_smirnov is not None
        assert rough.kolmogorov_smirnov <= exact.kolmogorov_smirnov <= rough.kolmogorov_smirnov + 0.12
        assert msgspec.structs.replace(exact, kolmogorov_smirnov=None, wasserstein=None) == msgspec.structs.replace(
            rough, kolmogorov_smirnov=None, wasserstein=None
        )


async def test_a_model_that_nobody_logs_is_told_with_the_nearest(log: Path) -> None:
    with pytest.raises(NotComparable, match=r"^no predictions of frad are logged; expected one of fraud; nearest: fra"):
        await compared(log, model="frad")


async def test_a_log_that_is_too_young_has_nothing_to_be_compared_with(log: Path) -> None:
    with pytest.raises(NotComparable, match="were logged before the window; name a data set"):
        await compared(log, at=START + HOUR)
