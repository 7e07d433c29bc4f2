"""The whole of a source fails: one banner, the last good numbers with their age, and no storm of requests."""

import asyncio
import time

import msgspec
import pytest

from console.domain.anomaly import Status
from console.domain.signal import State
from tests.faults.lying_proxy import LyingProxy
from tests.faults.stage import AT_ONCE, REFRESH, a_console, a_fleet, model, only_source
from tests.services import Alertmanager, Servers
from tests.sources.lying_server import CLOSE, HANG, Lie, answer, failure

HTML = b"<html><body><h1>Bad gateway</h1></body></html>"
LIES = {
    "hung": (HANG, "did not answer within"),
    "closed": (CLOSE, "the connection was closed before an answer"),
    "429": (Lie(429, b"slow down", "text/plain"), "answered 429 text/plain: 'slow down'"),
    "503 with HTML": (Lie(503, HTML, "text/html"), "answered 503 text/html: 'Bad gateway'"),
    "timeout": (failure(503, "timeout", "query timed out"), "query timed out"),
    "cut": (Lie(200, b'{"status":"succ', promised=10_000), "broke off"),
    "an error with status 200": (answer({"status": "error", "errorType": "internal", "error": "no disk"}), "no disk"),
    "HTML with status 200": (Lie(200, HTML, "text/html"), "answered text/html that is not JSON: 'Bad gateway'"),
    "sign-in": (Lie(302, headers={"Location": "https://sso.example/login"}), "wants a sign-in"),
    "not there": (Lie(404, b"404 page not found\n", "text/plain"), "is the path of the URL right?"),
}


@pytest.mark.parametrize("name", LIES)
async def test_the_fleet_is_kept_under_one_banner(name: str, proxy: LyingProxy) -> None:
    lie, told = LIES[name]
    async with a_console(proxy.url, patience=0.2 if name == "hung" else 5.0) as console:
        before = await console.refresh()
        a_refresh = len(proxy.requests)
        proxy.lie(lie)
        snapshot = await console.refresh(times=4)
        source = only_source(snapshot)
        assert source.status is Status.UNKNOWN
        assert told in str(source.detail)
        assert source.answered == before.at
        assert (model(snapshot, "ads").status, model(snapshot, "fraud").status) == (Status.UNKNOWN, Status.CRITICAL)
        for view in before.models:
            for name, reading in view.readings.items():
                frozen = model(snapshot, view.model.id).readings[name]
                assert (frozen.value, frozen.seen) == (reading.value, reading.seen)
                assert frozen.state in (State.SOURCE_DOWN, State.NOT_EXPORTED)
        unseen = model(snapshot, "fraud").anomalies
        assert all(each.last_seen is not None for each in unseen)
        known = tuple(msgspec.structs.replace(each, last_seen=None) for each in unseen)
        assert known == model(before, "fraud").anomalies
        assert len(proxy.requests) - a_refresh <= 4 * a_refresh, "more requests than of a server that is well"
        proxy.be_honest()
        snapshot = await console.refresh_until_answered()
        assert (model(snapshot, "ads").status, model(snapshot, "fraud").status) == (Status.OK, Status.CRITICAL)


@pytest.mark.parametrize("name", ["closed", "503 with HTML", "429", "sign-in"])
async def test_a_server_in_trouble_is_left_alone(name: str, proxy: LyingProxy) -> None:
    async with a_console(proxy.url) as console:
        await console.refresh()
        a_refresh = len(proxy.requests)
        proxy.lie(LIES[name][0])
        await console.refresh(times=20)
        assert len(proxy.requests) - a_refresh <= 2 * a_refresh


async def test_a_slow_server_is_waited_for_and_its_slowness_told(proxy: LyingProxy) -> None:
    async with a_console(proxy.url) as console:
        await console.refresh()
        proxy.twist(lambda lie: Lie(lie.status, lie.body, lie.content_type, lie.headers, pause_seconds=0.2))
        snapshot = await console.refresh()
    source = only_source(snapshot)
    assert (source.status, source.detail) == (Status.OK, None)
    assert source.seconds is not None
    assert source.seconds >= 0.2
    assert model(snapshot, "ads").status is Status.OK
    assert proxy.most_at_once <= AT_ONCE


async def test_hung_woken_killed_and_started_again(servers: Servers) -> None:
    """A real Prometheus goes through all that happens to servers; the fleet is never empty and never judged anew."""
    prometheus = servers.prometheus(history=a_fleet(time.time()))
    async with LyingProxy(prometheus.url) as proxy, a_console(proxy.url, patience=0.3) as console:
        before = await console.refresh()
        prometheus.suspend()
        hung = await console.refresh(times=3)
        assert "did not answer within" in str(only_source(hung).detail)
        prometheus.resume()
        assert model(await console.refresh_until_answered(), "ads").status is Status.OK
        address = prometheus.url
        prometheus.kill()
        dead = await console.refresh()
        assert only_source(dead).status is Status.UNKNOWN
        assert [view.model.id for view in dead.models] == [view.model.id for view in before.models]
        prometheus.start()
        assert prometheus.url != address
        proxy.move_to(prometheus.url)
        back = await console.refresh_until_answered()
        assert {view.model.id: view.status for view in back.models} == {"ads": Status.OK, "fraud": Status.CRITICAL}


async def test_a_flapping_server_neither_empties_the_fleet_nor_is_hammered(proxy: LyingProxy) -> None:
    async with a_console(proxy.url) as console:
        await console.refresh()
        a_refresh = len(proxy.requests)
        for turn in range(12):
            if turn % 2:
                proxy.be_honest()
            else:
                proxy.lie(CLOSE)
            snapshot = await console.refresh(every=REFRESH)
            assert {view.model.id for view in snapshot.models} == {"ads", "fraud"}
            assert model(snapshot, "fraud").status is Status.CRITICAL
        assert len(proxy.requests) <= 13 * a_refresh


ALERTMANAGER_LIES = {
    "hung": (HANG, "did not answer within"),
    "503 with HTML": (Lie(503, HTML, "text/html"), "answered 503 text/html: 'Bad gateway'"),
    "HTML with status 200": (Lie(200, HTML, "text/html"), "answered text/html that is not JSON"),
    "JSON of something else": (answer({"status": "success"}), "not an answer of Alertmanager"),
    "deep": (Lie(200, b'[{"labels":{"a":' + b"[" * 100_000), "not an answer of Alertmanager"),
    "cut": (Lie(200, b"[{", promised=100), "broke off"),
}


@pytest.fixture(scope="module")
def alertmanager(session_servers: Servers) -> Alertmanager:
    return session_servers.alertmanager()


@pytest.mark.parametrize("name", ALERTMANAGER_LIES)
async def test_a_lying_alertmanager_hides_nothing_and_its_alerts_stay(
    name: str, proxy: LyingProxy, alertmanager: Alertmanager
) -> None:
    lie, told = ALERTMANAGER_LIES[name]
    alertmanager.fire("DriftHigh", {"model": "ads", "severity": "critical"})
    async with (
        LyingProxy(alertmanager.url) as between,
        a_console(proxy.url, alertmanager=between.url, patience=0.5) as console,
    ):
        before = await console.refresh()
        assert [alert.model_id for alert in before.alerts] == ["ads"]
        between.lie(lie)
        snapshot = await console.refresh()
    metrics, alerts = snapshot.sources
    assert (metrics.status, metrics.detail) == (Status.OK, None)
    assert alerts.status is Status.UNKNOWN
    assert told in str(alerts.detail)
    assert str(alerts.detail).isprintable()
    assert alerts.answered == before.at
    assert snapshot.alerts == before.alerts
    assert model(snapshot, "ads").readings["traffic"].state is State.OK


async def test_a_hung_alertmanager_holds_no_screen_up_and_is_asked_once(
    proxy: LyingProxy, alertmanager: Alertmanager
) -> None:
    alertmanager.fire("DriftHigh", {"model": "ads", "severity": "critical"})
    async with (
        LyingProxy(alertmanager.url) as between,
        a_console(proxy.url, alertmanager=between.url, patience=60.0, alert_patience=0.1) as console,
    ):
        async with asyncio.timeout(30):  # half of what the server may take for one answer
            before = await console.refresh_until_answered()
            between.lie(HANG)
            asked = len(between.requests)
            snapshot = await console.refresh(times=5)
        metrics, alerts = snapshot.sources
        assert metrics.status is Status.OK
        assert (alerts.status, alerts.answered) == (Status.UNKNOWN, before.at)
        assert str(alerts.detail).startswith("no answer for ")
        assert snapshot.alerts == before.alerts
        assert len(between.requests) == asked + 1


async def test_a_refresh_that_is_given_up_reads_no_further(proxy: LyingProxy, alertmanager: Alertmanager) -> None:
    async with a_console(proxy.url, alertmanager=alertmanager.url, patience=60.0, alert_patience=0.1) as console:
        await console.refresh_until_answered()
        proxy.lie(HANG)
        asked = len(proxy.requests)
        others = asyncio.all_tasks()
        refresh = asyncio.create_task(console.refresh())
        async with asyncio.timeout(30):
            await proxy.arrived(asked + 1)
            refresh.cancel()
            await asyncio.wait([refresh])
            await asyncio.wait(
                [task for task in asyncio.all_tasks() - others if "_load" in str(task.get_coro())] or [refresh]
            )
