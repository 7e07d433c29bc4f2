import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.sources.prometheus.promql import first_of, quote, selector
from tests.services import Servers
from tests.services.prometheus import Prometheus

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.fixture(scope="module")
def prometheus(session_servers: Servers) -> Prometheus:
    return session_servers.prometheus()


def evaluated(prometheus: Prometheus, literal: str) -> str:
    answer = prometheus.get_json("/api/v1/query", query=literal)
    assert answer["status"] == "success", answer
    assert answer["data"]["resultType"] == "string"
    text: str = answer["data"]["result"][1]
    return text


@given(ANY_TEXT)
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_comes_back_from_a_real_prometheus(prometheus: Prometheus, text: str) -> None:
    assert evaluated(prometheus, quote(text)) == text


@pytest.mark.parametrize(
    "text", ["", '"', "'", "\\", "\\n", "\n", "\r\t\0\x7f", '"} or up{a="', "{{x}}", "`", "$1", "✖ 模型", "a" * 5000]
)
def test_hostile_text_comes_back(prometheus: Prometheus, text: str) -> None:
    assert evaluated(prometheus, quote(text)) == text


@given(ANY_TEXT)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_can_be_a_matcher(prometheus: Prometheus, text: str) -> None:
    for operator in ("=", "!="):
        assert prometheus.query(selector("nothing", [("model", operator, text)])) == []


def test_half_a_character_is_refused() -> None:
    with pytest.raises(ValueError, match="not valid Unicode"):
        quote("a\ud800")


def test_a_selector() -> None:
    assert selector("up", []) == "up"
    assert selector("up", [("job", "=~", "a|b"), ("env", "!=", "")]) == 'up{job=~"a|b",env!=""}'
    assert selector("", [("__name__", "=", "up")]) == '{__name__="up"}'


@pytest.mark.parametrize(
    ("series", "matchers"),
    [("up or x", []), ("1up", []), ("up", [("a b", "=", "")]), ("up", [("a", "or", "")]), ("up", [("a:b", "=", "")])],
)
def test_names_that_are_none_are_refused(series: str, matchers: list[tuple[str, str, str]]) -> None:
    with pytest.raises(ValueError, match="is not"):
        selector(series, matchers)


def test_alternatives_are_bracketed_only_when_there_are_several() -> None:
    assert first_of(["a"]) == "a"
    assert first_of(["a", "b"]) == "(a or b)"
