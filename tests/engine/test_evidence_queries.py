"""Queries of playbooks against a real Prometheus, and against one that does not answer."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from console.domain.label import Label
from console.domain.model import Model
from console.engine.connections import prometheus_client
from console.engine.evidence import Answer
from console.engine.evidence_queries import EvidenceQueries
from console.playbooks.evidence import EvidenceSource, QueryEvidence
from console.settings.settings import ServerSettings
from console.sources.prometheus.client import PrometheusClient
from tests.engine.stage import SLOW
from tests.playbooks.examples import whole
from tests.services import Servers
from tests.services.openmetrics import OpenMetricsHistory
from tests.services.prometheus import Prometheus

AT = 1_790_000_000.0
VIEW = msgspec.structs.replace(SLOW, model=Model("ml/eta", Label('e"ta'), {"namespace": "ml"}))


@pytest.fixture(scope="module")
def prometheus(session_servers: Servers) -> Prometheus:
    history = OpenMetricsHistory()
    for pod, value in (("a", 0.25), ("b", 0.75)):
        history.add("wait", {"model": 'e"ta', "namespace": "ml", "pod": pod}, [(AT - 15, value), (AT, value)])
    history.add("wait", {"model": "other", "namespace": "ml", "pod": "c"}, [(AT - 15, 9), (AT, 9)])
    return session_servers.prometheus(history=history)


@pytest.fixture
async def queries(prometheus: Prometheus) -> AsyncIterator[EvidenceQueries]:
    made = EvidenceQueries(lambda: prometheus_client(ServerSettings(urls=(prometheus.url,)), {}))
    yield made
    await made.aclose()


async def answer_of(queries: EvidenceQueries, query: str, unit: str = "s") -> Answer:
    source = msgspec.convert({"form": "query", "query": query, "unit": unit}, QueryEvidence)
    sources: dict[str, EvidenceSource] = {"found": source}
    answers = await queries.ask(msgspec.structs.replace(whole(), evidence=sources), VIEW, AT)
    assert answers.at == AT
    return answers.by_name["found"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('max(wait{model="$model.name",namespace="$model.namespace"})', Answer(0.75, "0.75 s")),
        ("max(wait{model=~'$model.name'})", Answer(0.75, "0.75 s")),
        ('count(wait{namespace="$workload.namespace"})', Answer(3.0, "3.00 s")),
        ('wait{model="$model.name"}', Answer(None, "unknown: 2 series where one number is expected")),
        ('wait{model="nobody"}', Answer(None, "unknown: no data")),
        ("vector(NaN)", Answer(None, "unknown: no number")),
        ("scalar(vector(2))", Answer(2.0, "2.00 s")),
        ('wait{cluster="$model.cluster"}', Answer(None, "unknown: model cluster is not known")),
    ],
)
async def test_what_a_real_prometheus_answers(queries: EvidenceQueries, query: str, expected: Answer) -> None:
    assert await answer_of(queries, query) == expected


async def test_a_query_that_the_server_refuses_is_unknown_with_its_words(queries: EvidenceQueries) -> None:
    found = await answer_of(queries, "sum by by (wait)")
    assert found.value is None
    assert found.text.startswith("unknown: ")
    assert "parse error" in found.text


async def test_without_a_prometheus_nothing_is_known() -> None:
    assert await answer_of(EvidenceQueries(None), "vector(1)") == Answer(None, "unknown: no Prometheus is configured")


async def test_a_dead_server_is_unknown_with_its_reason() -> None:
    def connect() -> PrometheusClient:
        return prometheus_client(ServerSettings(urls=("http://127.0.0.1:1",)), {})

    queries = EvidenceQueries(connect)
    found = await answer_of(queries, "vector(1)")
    await queries.aclose()
    assert found.value is None
    assert found.text.startswith("unknown: ")
    assert "refused" in found.text


async def test_a_server_that_hangs_is_given_up(prometheus: Prometheus) -> None:
    made = EvidenceQueries(lambda: prometheus_client(ServerSettings(urls=(prometheus.url,)), {}), patience=0.2)
    prometheus.suspend()
    try:
        assert await answer_of(made, "vector(1)") == Answer(None, "unknown: no answer within 0.2 s")
    finally:
        prometheus.resume()
        await made.aclose()
