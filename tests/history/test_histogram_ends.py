"""A quantile that stands at the end of its histogram is told to be at least that, model by model, by a real server."""

import time
from collections.abc import AsyncIterator

import pytest

from console.domain.moments import floor_to_step
from console.domain.objective import Objective
from console.domain.snapshot import ModelView
from console.engine.refresh import Refresher
from console.headless.summary.json_document import summary_json
from console.headless.summary.words import reading_in_words
from console.settings.settings import ModelRule, ServerSettings, Settings
from tests.services import OpenMetricsHistory, Servers

END = floor_to_step(time.time() - 600.0, 300.0)
LAYOUTS = {
    "slow": (("0.1", 0.2), ("10", 0.75), ("+Inf", 1.0)),
    "fine": (("0.1", 0.5), ("10", 1.0), ("+Inf", 1.0)),
    "wider": (("0.1", 0.0), ("10", 0.5), ("60", 1.0), ("+Inf", 1.0)),
    "narrow": (("0.1", 0.2), ("1", 0.75), ("+Inf", 1.0)),
}
"""Bounds with the share of requests that took so long at most; the p50 of `wider` is exactly 10 s, not the end."""


def the_past() -> OpenMetricsHistory:
    history = OpenMetricsHistory()
    span = {"start": END - 7200.0, "end": END}
    for model, buckets in LAYOUTS.items():
        labels = {"model": model, "job": "models", "instance": f"{model}:80"}
        history.add_counter("http_requests_total", labels | {"code": "200"}, 16.0, **span)
        history.add_counter("http_request_duration_seconds_count", labels, 16.0, **span)
        history.add_counter("http_request_duration_seconds_sum", labels, 160.0, **span)
        for bound, share in buckets:
            history.add_counter("http_request_duration_seconds_bucket", labels | {"le": bound}, 16.0 * share, **span)
    return history


@pytest.fixture
async def refresher(servers: Servers) -> AsyncIterator[Refresher]:
    server = ServerSettings(name="prometheus", urls=(servers.prometheus(history=the_past()).url,))
    rule = ModelRule("slow", Objective(latency={"latency_p99": 2.0}))
    settings = Settings(prometheus=server, models=(rule,), cache=False)
    async with Refresher(settings, environment={}, clock=lambda: END) as refresher:
        yield refresher


async def test_only_what_may_be_any_more_is_told_so(refresher: Refresher) -> None:
    snapshot = await refresher.take(END)
    views = {view.model.id: view for view in snapshot.models}
    told = {name: reading_in_words(view.readings["latency_p99"]) for name, view in views.items()}
    assert (told["slow"], told["narrow"]) == ("≥ 10 s", "≥ 1.00 s")
    assert views["wider"].readings["latency_p50"].value == 10.0
    assert {name: _at_least(view) for name, view in views.items()} == {
        "slow": {"latency_p95", "latency_p99"},
        "fine": set(),
        "wider": set(),
        "narrow": {"latency_p95", "latency_p99"},
    }
    (anomaly,) = views["slow"].anomalies
    assert anomaly.summary == "p99 ≥ 10 s, expected 10 s"
    assert anomaly.at_least
    assert summary_json(snapshot).count('"at_least":true') == 5


def _at_least(view: ModelView) -> set[str]:
    return {name for name, reading in view.readings.items() if reading.at_least}
