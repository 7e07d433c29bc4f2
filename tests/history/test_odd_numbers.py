"""Counters that start anew, and numbers that are none: known answers of a real Prometheus, to the last text."""

import math
import time
from collections.abc import AsyncIterator, Callable

import msgspec
import pytest

from console.domain.moments import floor_to_step
from console.domain.snapshot import Snapshot
from console.engine.refresh import Refresher
from console.headless.summary.json_document import summary_json
from console.headless.summary.words import reading_in_words
from console.settings.settings import ServerSettings, Settings
from tests.services import OpenMetricsHistory, Servers

END = floor_to_step(time.time() - 600.0, 300.0)
START = END - 7200.0
RATE = 5.0
RESTART = END - 1207.0
"""Between two scrapes: what was counted since the last one is lost with the process."""


def restarted(*moments: float) -> Callable[[float], float]:
    """Return a counter of a process that starts anew at some moments."""

    def count(at: float) -> float:
        started = max((moment for moment in (START, *moments) if moment <= at), default=START)
        return (at - started) * RATE

    return count


ONE_OF_THREE = {"a": restarted(RESTART), "b": restarted(), "c": restarted()}
ALL_AT_ONCE = {"a": restarted(RESTART), "b": restarted(RESTART), "c": restarted(RESTART)}
AGAIN_AND_AGAIN = {"a": restarted(*(RESTART + 60.0 * number for number in range(15))), "b": restarted()}
RESTARTS = {"one": ONE_OF_THREE, "all": ALL_AT_ONCE, "looping": AGAIN_AND_AGAIN}
ODD = {"rising": math.inf, "falling": -math.inf, "unknown": math.nan}


def the_past() -> OpenMetricsHistory:
    history = OpenMetricsHistory()
    span = {"start": START, "end": END}
    for model, pods in RESTARTS.items():
        for pod, count in pods.items():
            labels = {"model": model, "job": "models", "instance": f"{model}-{pod}:80"}
            history.add_function("http_requests_total", labels | {"code": "200"}, count, **span)
    for model, value in ODD.items():
        labels = {"model": model, "job": "models", "instance": f"{model}:80"}
        history.add_counter("http_requests_total", labels | {"code": "200"}, RATE, **span)
        depths = [(START + 15.0 * number, 3.0 if number < 440 else value) for number in range(481)]
        history.add("model_queue_depth", labels, depths)
    return history


@pytest.fixture(scope="module")
def url(session_servers: Servers) -> str:
    return session_servers.prometheus(history=the_past()).url


@pytest.fixture
async def refresher(url: str) -> AsyncIterator[Refresher]:
    settings = Settings(prometheus=ServerSettings(name="prometheus", urls=(url,)), cache=False)
    async with Refresher(settings, environment={}, clock=lambda: END) as refresher:
        yield refresher


@pytest.mark.parametrize("model", RESTARTS)
async def test_a_restart_is_no_spike(refresher: Refresher, model: str) -> None:
    assert refresher.metrics is not None
    loaded = await refresher.metrics.store.load(END)
    (past,) = (past for past in loaded.history.models if past.model.id == model)
    expected = RATE * len(RESTARTS[model])
    values = past.fine["traffic"].values.tolist()
    assert max(values) <= expected * 1.0001
    lost = RATE * 15.0 * len(RESTARTS[model]) / 300.0 * 6.0
    assert min(values) >= expected - lost, "no more is missing than what no scrape has seen"


async def test_what_is_no_number_stays_what_it_is(refresher: Refresher) -> None:
    snapshot = await refresher.take(END)
    told = queues(snapshot)
    assert (told["rising"], told["falling"]) == ("∞", "-∞")
    assert told["unknown"].startswith("stale, 3 at ")
    signals = {model["id"]: model["signals"] for model in msgspec.json.decode(summary_json(snapshot))["models"]}
    assert {name: signals[name]["queue"]["value"] for name in ODD} == dict.fromkeys(ODD)
    assert {name: signals[name]["queue"]["state"] for name in ODD} == {
        "rising": "ok",
        "falling": "ok",
        "unknown": "stale",
    }


def queues(snapshot: Snapshot) -> dict[str, str]:
    return {view.model.id: reading_in_words(view.readings["queue"]) for view in snapshot.models if view.model.id in ODD}
