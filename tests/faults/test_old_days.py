"""Questions for days that have passed are answered with a lie: the refresh goes on, by fewer days, and says so."""

import time

import pytest

from console.domain.anomaly import Status
from console.history.loads import AT_ONCE
from tests.faults.lying_proxy import LyingProxy
from tests.faults.stage import a_console, model, only_source
from tests.faults.test_one_query import LIES
from tests.sources.lying_server import CLOSE, Lie, Request

SIGNALS = 4
OLD = 2.5 * 86_400.0
"""Seconds: the day before the last one, which is asked for whole, begins at most so long ago."""
WORTH_A_LIE = {
    **{name: LIES[name] for name in ("429", "503 with HTML", "the query timed out", "too heavy", "cut", "not gzip")},
    "gone": (CLOSE, "the connection was closed before an answer"),
}


def is_old(request: Request) -> bool:
    """Choose the questions for days before that."""
    return float(request.form.get("start", ["inf"])[0]) < time.time() - OLD


@pytest.mark.parametrize("name", WORTH_A_LIE)
async def test_a_server_that_lies_about_older_days_is_believed_in_the_rest(name: str, proxy: LyingProxy) -> None:
    lie, told = WORTH_A_LIE[name]
    proxy.lie(lie, is_old)
    async with a_console(proxy.url) as console:
        source = only_source(snapshot := await console.refresh())
        assert (source.status, source.partial) == (Status.OK, False)
        assert "baselines" in str(source.detail)
        assert told in str(source.detail)
        ads, fraud = model(snapshot, "ads"), model(snapshot, "fraud")
        assert (ads.status, fraud.status) == (Status.OK, Status.CRITICAL)
        asked = proxy.asked(is_old)
        await console.refresh(3)
        assert proxy.asked(is_old) == asked, "not asked again at once"


async def test_a_server_that_hangs_over_older_days_is_asked_for_one_of_each_signal(
    proxy: LyingProxy,
) -> None:
    proxy.lie(Lie(hang=True), is_old)
    async with a_console(proxy.url, patience=0.5) as console:
        source = only_source(snapshot := await console.refresh())
        assert (source.status, source.partial) == (Status.OK, False)
        assert "did not answer within" in str(source.detail)
        assert model(snapshot, "fraud").status is Status.CRITICAL
        assert proxy.asked(is_old) <= SIGNALS + AT_ONCE, "behind a day that hangs no older one is asked for"


async def test_a_screen_has_its_first_frame_while_older_days_hang(proxy: LyingProxy) -> None:
    proxy.lie(Lie(hang=True), is_old)
    async with a_console(proxy.url, patience=20.0, alert_patience=0.1) as console:
        source = only_source(snapshot := await console.refresh())
        assert str(source.detail) == "baselines: earlier days are still being read"
        assert model(snapshot, "fraud").status is Status.CRITICAL
