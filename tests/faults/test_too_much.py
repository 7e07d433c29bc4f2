"""Answers that would fill the memory are refused in one line; a lot of series is not too much."""

import gzip
import json
import time
from pathlib import Path

import pytest

from tests.faults.lying_proxy import LyingProxy, asks
from tests.faults.stage import AT_ONCE, Ended, run_console
from tests.services import OpenMetricsHistory, Servers
from tests.sources.lying_server import Lie, answer

MEBIBYTE = 1024 * 1024
LIMIT = 64 * MEBIBYTE
"""Of one answer, unpacked."""
SPARE = 64 * MEBIBYTE
LATENCY = asks("histogram_quantile(")
"""Four queries, which are answered at once, and one about the parts of what broke."""
QUERIES = 5


LIES = {
    "100 MB": Lie(body=b" " * MEBIBYTE, repeated=100),
    "100 MB without a length": Lie(
        body=b"%x\r\n%b\r\n" % (MEBIBYTE, b" " * MEBIBYTE), repeated=100, headers={"Transfer-Encoding": "chunked"}
    ),
    "a bomb": Lie(body=gzip.compress(b" " * (300 * MEBIBYTE), 1), headers={"Content-Encoding": "gzip"}),
}


async def summary(url: str, home: Path) -> Ended:
    return await run_console("summary", "--prometheus", url, "--format", "json", home=home)


@pytest.mark.parametrize("name", LIES)
async def test_memory_is_bounded_and_the_rest_is_live(name: str, proxy: LyingProxy, tmp_path: Path) -> None:
    honest = await summary(proxy.url, tmp_path)
    asked = proxy.asked(LATENCY)
    proxy.lie(LIES[name], LATENCY)
    ended = await summary(proxy.url, tmp_path)
    document = json.loads(ended.out)
    (source,) = document["sources"]
    assert source["detail"].endswith("sent more than 64 MiB; ask for less")
    signals = {model["id"]: model["signals"] for model in document["models"]}["ads"]
    assert (signals["latency_p99"]["state"], signals["latency_p99"]["value"]) == ("error", None)
    assert signals["traffic"]["value"] == pytest.approx(10.0)
    assert ended.code == 2
    assert ended.most_memory < honest.most_memory + AT_ONCE * LIMIT + SPARE
    assert proxy.asked(LATENCY) - asked <= QUERIES, "a refused answer is not asked for again at once"


async def test_fifty_thousand_series_of_a_real_server(servers: Servers, tmp_path: Path) -> None:
    """A server adds them up by model; only the sums travel."""
    now = time.time()
    history = OpenMetricsHistory()  # two samples each: five minutes on, the first is still within the rate's window
    for model in range(50):
        for pod in range(1000):
            labels = {"model": f"m{model}", "pod": f"{model}-{pod}", "job": "models", "instance": f"{model}-{pod}"}
            history.add("http_requests_total", labels, [(now - 150, 0.0), (now - 30, 240.0)])
    prometheus = servers.prometheus(history=history)
    config = tmp_path / "config.yaml"
    config.write_text(f"prometheus: {{urls: ['{prometheus.url}'], timeout: 60s, concurrency: 2}}\n")
    ended = await run_console("summary", "--config", str(config), "--format", "json", home=tmp_path)
    document = json.loads(ended.out)
    assert [source["detail"] for source in document["sources"]] == [None]
    traffic = [model["signals"]["traffic"]["value"] for model in document["models"]]
    assert len(traffic) == 50
    assert ended.most_memory < 4 * LIMIT


async def test_fifty_thousand_rows_in_one_answer(proxy: LyingProxy, tmp_path: Path) -> None:
    """A label that names no model but every request: a row each, all of them told."""
    at = time.time() // 15 * 15
    rows = [{"metric": {"model": f"request-{row}"}, "values": [[at - 15, "0.2"], [at, "0.2"]]} for row in range(50_000)]
    proxy.lie(answer({"status": "success", "data": {"resultType": "matrix", "result": rows}}), asks("quantile(0.99"))
    ended = await summary(proxy.url, tmp_path)
    document = json.loads(ended.out)
    assert len(document["models"]) == 50_002
    assert next(model for model in document["models"] if model["id"] == "fraud")["status"] == "critical"
    assert ended.most_memory < 12 * LIMIT
