"""How versions served, asked in one question of real servers that hold what serving systems export."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.domain.label import Label
from console.domain.model import Model
from console.domain.series import Grid
from console.history.tally import Tally
from console.history.version_reader import asked_of, read_versions
from console.sources.prometheus.answers import RangeAnswer
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.discovery import discover
from console.sources.prometheus.preset import load_presets
from console.sources.prometheus.version_query import LONGEST_QUERY_BYTES, VersionQuery, VersionRow
from console.transport.http import Endpoint, SourceError
from tests.services import WITH_THE_API_OF_PROMETHEUS, OpenMetricsHistory, Servers
from tests.sources.scraped_text import add_page

AT = 1_700_000_000.0 // 300 * 300
PAGES = Path(__file__).parents[1] / "sources" / "presets"
GRID = Grid.until(AT, 3600.0, 300.0)
PROMISED = ("latency_p99", "latency_mean", "time_to_first_token")


@pytest.fixture(scope="module", params=WITH_THE_API_OF_PROMETHEUS)
def url(session_servers: Servers, request: pytest.FixtureRequest) -> str:
    history = OpenMetricsHistory()
    for name in ("vllm", "triton", "model-label"):
        for replica in (1, 2):
            target = {"job": name, "instance": f"10.0.0.{replica}:8000", "namespace": "ml", "pod": f"{name}-{replica}"}
            add_page(history, (PAGES / f"{name}.metrics").read_text(), target, start=AT - 7200, end=AT)
    return session_servers.with_the_api_of_prometheus(request.param, history).url


@pytest.fixture
async def client(url: str) -> AsyncIterator[PrometheusClient]:
    async with PrometheusClient([Endpoint.parse(url)]) as client:
        yield client


async def question(client: PrometheusClient, name: str, *told_by: str, namesakes: bool = False) -> VersionQuery | None:
    model, presets = Model(name, Label(name), {"namespace": "ml"}), load_presets()
    discovery = await discover(client, presets, AT)
    return asked_of(discovery, presets, model, told_by, PROMISED, 300.0, has_namesakes=namesakes)


async def test_versions_and_what_was_promised_are_told_in_one_answer(client: PrometheusClient) -> None:
    query = await question(client, "fraud", "model-label")
    assert query is not None
    older, newer = await read_versions(client, query, GRID, Tally())
    assert (older.name, newer.name) == ("v41", "v42")
    assert older.latencies == {}
    assert newer.error_ratio is not None
    assert newer.error_ratio.last == pytest.approx(6 / 66)
    assert set(newer.latencies) == {"latency_p99", "latency_mean"}
    assert newer.latencies["latency_mean"].last == pytest.approx(0.15)
    assert newer.traffic.grid == GRID


async def test_a_system_that_names_no_versions_tells_of_the_model(client: PrometheusClient) -> None:
    query = await question(client, "meta-llama/Llama-3.1-8B-Instruct", "vllm")
    assert query is not None
    (whole,) = await read_versions(client, query, GRID, Tally())
    assert whole.name == ""
    assert set(whole.latencies) == set(PROMISED)
    assert whole.latencies["time_to_first_token"].last == pytest.approx(0.247)


async def test_of_several_presets_the_one_that_tells_most_counts(client: PrometheusClient) -> None:
    query = await question(client, "resnet50", "vllm", "model-label", "triton")
    assert query is not None
    found = await read_versions(client, query, GRID, Tally())
    assert [(each.name, set(each.latencies)) for each in found] == [("1", {"latency_mean"}), ("2", {"latency_mean"})]


async def test_a_question_is_no_longer_than_servers_take(client: PrometheusClient) -> None:
    query = await question(client, "nobody", *(preset.name for preset in load_presets()))
    assert query is not None
    assert len(query.expression) <= LONGEST_QUERY_BYTES
    assert await read_versions(client, query, GRID, Tally()) == ()


async def test_presets_that_do_not_know_the_model_are_not_asked(client: PrometheusClient) -> None:
    assert await question(client, "fraud") is None


async def test_where_a_name_does_not_tell_which_model_it_is_the_labels_must(client: PrometheusClient) -> None:
    apart = await question(client, "fraud", "model-label", namesakes=True)
    assert apart is not None
    assert len(await read_versions(client, apart, GRID, Tally())) == 2
    model, presets = Model("eu/fraud", Label("fraud"), {"region": "eu"}), load_presets()
    discovery = await discover(client, presets, AT)
    assert asked_of(discovery, presets, model, ("model-label",), PROMISED, 300.0, has_namesakes=True) is None


class HalfAnswering(PrometheusClient):
    """A client of a Thanos one of whose stores is down."""

    async def query_range(self, *_: object, **__: object) -> RangeAnswer:
        return RangeAnswer([], warnings=("store 10.0.0.7 is unreachable",), partial=True)


async def test_half_an_answer_is_none() -> None:
    async with HalfAnswering([Endpoint.parse("http://127.0.0.1:9")]) as client:
        with pytest.raises(SourceError, match=r"^the answer is known in part only: store 10\.0\.0\.7 is unreachable$"):
            await read_versions(client, VersionQuery("x", (None,)), GRID, Tally())


def test_a_row_that_was_not_asked_for_is_nothing() -> None:
    query = VersionQuery("", ("version",))
    assert query.row({"measured": "0 traffic", "version": "v1"}) == VersionRow(0, "traffic", "v1")
    for labels in ({}, {"measured": "9 traffic"}, {"measured": "traffic"}, {"measured": "-1 traffic"}):
        assert query.row(labels) is None
