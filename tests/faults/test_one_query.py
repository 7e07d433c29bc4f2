"""One query is answered with a lie: its number says so in one line, and everything else stays live."""

import gzip

import pytest

from console.domain.anomaly import Status
from console.domain.signal import State
from tests.faults.lying_proxy import LyingProxy, asks
from tests.faults.stage import a_console, model, only_source
from tests.sources.lying_server import HANG, Lie, answer, failure

LATENCY = asks("histogram_quantile(0.99")
"""Every query for the p99, of the last hour and of the last day."""

HTML = b"<html><head><style>p{}</style></head><body><h1>Bad gateway</h1></body></html>"
LIES = {
    "hung": (HANG, "did not answer within"),
    "429": (Lie(429, b"slow down", "text/plain"), "answered 429 text/plain: 'slow down'"),
    "503 with HTML": (Lie(503, HTML, "text/html"), "answered 503 text/html: 'Bad gateway'"),
    "the query timed out": (failure(503, "timeout", "query timed out in expression evaluation"), "query timed out"),
    "too heavy": (failure(422, "execution", "query processing would load too many samples"), "too many samples"),
    "an error with status 200": (answer({"status": "error", "errorType": "execution", "error": "no"}), ": no"),
    "cut": (Lie(200, b'{"status":"success","data":{"resultType":"matrix","res', promised=10_000), "broke off"),
    "HTML with status 200": (Lie(200, HTML, "text/html"), "answered text/html that is not JSON: 'Bad gateway'"),
    "no content type": (Lie(200, b"", None), "answered no content type that is not JSON"),
    "JSON of something else": (answer({"kind": "Status"}), "is not an answer of Prometheus"),
    "not gzip": (Lie(200, b"no", headers={"Content-Encoding": "gzip"}), "cannot be unpacked"),
    "another packing": (Lie(200, b"no", headers={"Content-Encoding": "br"}), "packed as br"),
    "packed twice": (
        Lie(200, gzip.compress(gzip.compress(b"{}")), headers={"Content-Encoding": "gzip, gzip"}),
        "packed as gzip, gzip",
    ),
    "deep": (Lie(200, b'{"data":{"resultType":"matrix","result":[{"metric":' + b"[" * 100_000), "nested too deeply"),
    "no labels": (answer({"data": {"resultType": "matrix", "result": [{"metric": [1]}]}}), "not an answer"),
    "no time": (
        answer({"data": {"resultType": "matrix", "result": [{"metric": {}, "values": [["NaN", "1"]]}]}}),
        "not an answer",
    ),
}


@pytest.mark.parametrize("name", LIES)
async def test_a_lie_about_one_signal_leaves_the_others_live(name: str, proxy: LyingProxy) -> None:
    lie, told = LIES[name]
    async with a_console(proxy.url, patience=0.5 if name == "hung" else 5.0) as console:
        before = model(await console.refresh(), "ads").readings
        proxy.lie(lie, LATENCY)
        snapshot = await console.refresh()
        source = only_source(snapshot)
        ads, fraud = model(snapshot, "ads"), model(snapshot, "fraud")
        assert (source.status, source.partial) == (Status.OK, True)
        assert told in str(source.detail)
        assert "latency_p99" in str(source.detail)
        assert ads.readings["latency_p99"].state is State.ERROR
        assert told in str(ads.readings["latency_p99"].detail)
        assert ads.readings["latency_p99"].value == before["latency_p99"].value
        assert ads.readings["latency_p99"].seen == before["latency_p99"].seen
        live = ("traffic", "error_ratio", "latency_p50", "latency_p95")
        assert {ads.readings[name].state for name in live} == {State.OK}
        assert (ads.status, fraud.status) == (Status.UNKNOWN, Status.CRITICAL)
        proxy.be_honest()
        assert model(await console.refresh_until_answered(), "ads").status is Status.OK
