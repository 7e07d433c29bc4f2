"""Clocks that differ, change over for the summer, or are asked in another step."""

import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from console.domain.anomaly import Status
from tests.faults.lying_proxy import LyingProxy
from tests.faults.stage import HOUR, a_console, a_fleet, model, only_source, run_console
from tests.services import Prometheus, Servers
from tests.sources.lying_server import Lie


@pytest.mark.parametrize(("skew", "told"), [(HOUR, "1 h ahead of"), (-HOUR, "1 h behind")])
async def test_the_clock_of_the_server_is_believed_and_the_difference_told(
    skew: float, told: str, servers: Servers
) -> None:
    """A server whose clock is wrong dates its scrapes by it: by this machine's clock the newest would be missing."""
    prometheus = servers.prometheus(history=a_fleet(time.time() + skew))
    async with LyingProxy(prometheus.url) as proxy, a_console(proxy.url) as console:
        proxy.twist(lambda lie: dated(lie, time.time() + skew))
        snapshot = await console.refresh()
        cold = len(proxy.requests)
        await console.refresh()
        warm = len(proxy.requests) - cold
    source = only_source(snapshot)
    assert (source.status, source.partial) == (Status.OK, False)
    assert source.detail == f"its clock is {told} this machine's; times are by its clock"
    assert {view.model.id: view.status for view in snapshot.models} == {"ads": Status.OK, "fraud": Status.CRITICAL}
    assert snapshot.clock_skew == pytest.approx(skew, abs=2.0)
    assert snapshot.taken_at == pytest.approx(time.time(), abs=60.0)
    assert warm < cold, "a known difference costs no second reading"


def dated(lie: Lie, now: float) -> Lie:
    return replace(lie, headers={"Date": format_datetime(datetime.fromtimestamp(now, UTC), usegmt=True)})


async def test_a_clock_without_a_date_is_taken_for_right(proxy: LyingProxy) -> None:
    proxy.twist(lambda lie: Lie(lie.status, lie.body, lie.content_type))
    async with a_console(proxy.url) as console:
        snapshot = await console.refresh()
    assert (only_source(snapshot).detail, snapshot.clock_skew) == (None, 0.0)


SUMMER_TIME_ENDS = datetime(2026, 10, 25, 1, 0, tzinfo=UTC).timestamp()
"""In Berlin the hour from two to three came twice that night."""


async def test_the_change_of_summer_time_changes_nothing(servers: Servers, tmp_path: Path) -> None:
    prometheus = servers.prometheus(history=a_fleet(SUMMER_TIME_ENDS))
    for minutes in (-10, 10):
        at = datetime.fromtimestamp(SUMMER_TIME_ENDS + 60 * minutes, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        arguments = ("summary", "--prometheus", prometheus.url, "--at", at, "--all", "--model", "*")
        told = [
            (await run_console(*arguments, home=tmp_path, environment={"TZ": zone})).out.partition("(prometheus")
            for zone in ("UTC", "Europe/Berlin")
        ]
        assert told[0][0] == told[1][0]
        assert told[0][2].partition(")")[2] == told[1][2].partition(")")[2]
        assert f"at {at}" in told[0][0]
        assert "CRIT fraud" in told[0][2]


@pytest.mark.parametrize("step", [5.0, 30.0, 60.0])
async def test_another_step_after_a_restart_reads_as_if_it_had_always_been(
    step: float, fleet: Prometheus, tmp_path: Path
) -> None:
    """Whatever the last session kept of the past in another step is not spliced into this one's."""
    now = time.time()
    async with a_console(fleet.url, now=now, cache=tmp_path) as console:
        await console.refresh(times=2)
    assert os.listdir(tmp_path)
    async with a_console(fleet.url, now=now, cache=tmp_path, step=step) as console:
        warm = await console.refresh()
    async with a_console(fleet.url, now=now, step=step) as console:
        cold = await console.refresh()
    assert repr(warm.models) == repr(cold.models)
    assert model(warm, "ads").status is Status.OK
