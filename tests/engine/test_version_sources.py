"""Where it is read how versions served."""

from types import SimpleNamespace
from typing import cast

from console.domain.circumstances import Part
from console.domain.label import Label
from console.domain.model import Model
from console.domain.series import Grid, Series
from console.domain.served import MeasuredVersion, ServedPast
from console.engine.refresh import Refresher
from console.engine.version_sources import VersionSources
from console.history.view import History, ModelHistory
from tests.detect.served import GRID, NOW, hours_ago, within

FRAUD = Model("fraud", Label("fraud"))
TRAFFIC, ERRORS, P99 = (within(hours_ago(9, 6), value=value) for value in (20.0, 0.001, 0.2))
UNMEASURED = Series.empty(GRID)


def sources(*parts: Part, from_log: bool = True) -> VersionSources:
    """Return what reads beside a refresh that judged one model, and no Prometheus."""
    past = ModelHistory(
        FRAUD, {}, {}, UNMEASURED, UNMEASURED, UNMEASURED, from_log=from_log, logged_versions=((), parts)
    )
    history = History(NOW, Grid.until(NOW, 3600.0, 15.0), GRID, (past,))
    refresher = SimpleNamespace(past=history, metrics=None)
    return VersionSources(cast(Refresher, refresher), lambda: NOW)


async def test_of_a_model_that_only_a_log_knows_the_log_tells_of_the_last_day() -> None:
    parts = (Part("v18", TRAFFIC, ERRORS, latency_high=P99), Part("v17", TRAFFIC), Part("v16"))
    assert await sources(*parts).read(FRAUD, ("latency_p99",)) == ServedPast(
        versions=(
            MeasuredVersion("v18", TRAFFIC, ERRORS, {"latency_p99": P99}),
            MeasuredVersion("v17", TRAFFIC, None, {}),
        ),
        reach=86_400.0,
    )


async def test_without_a_prometheus_nothing_is_known() -> None:
    assert (await sources(from_log=False).read(FRAUD, ())).unknown == "no Prometheus is configured"
