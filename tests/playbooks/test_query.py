"""PromQL of playbooks: values of the model stand in quoted matchers only, and never become anything else."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from console.playbooks.load import load_text
from console.playbooks.query import BadQuery, filled, pieces_of, references_of
from tests.playbooks.examples import WHOLE
from tests.services import Servers
from tests.services.openmetrics import OpenMetricsHistory
from tests.services.prometheus import Prometheus

AT = 1_790_000_000.0
HOSTILE = ["a\"b'c\\d", "fr.aud-v1", '"} or up{a="', "a|b", "$model.name", "x\ny", "✖ 模型", ".*", "`"]
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
QUOTED = ('{model="$model.name"}', "{model='$model.name'}", '{model=~"$model.name"}', "{model=~'$model.name'}")


@pytest.fixture(scope="module")
def prometheus(session_servers: Servers) -> Prometheus:
    history = OpenMetricsHistory()
    for number, name in enumerate(HOSTILE, 1):
        history.add("inflight", {"model": name}, [(AT - 15, number), (AT, number)])
    return session_servers.prometheus(history=history)


@pytest.mark.parametrize("matcher", QUOTED)
@pytest.mark.parametrize(("number", "name"), list(enumerate(HOSTILE, 1)))
def test_a_real_prometheus_finds_exactly_the_model(
    prometheus: Prometheus, matcher: str, number: int, name: str
) -> None:
    query = filled(f"sum(inflight{matcher})", {"model.name": name})
    answer = prometheus.get_json("/api/v1/query", query=query, time=str(AT))
    assert answer["data"]["result"][0]["value"][1] == str(number)


@given(ANY_TEXT, st.sampled_from(QUOTED))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_name_is_one_matcher_to_a_real_prometheus(prometheus: Prometheus, name: str, matcher: str) -> None:
    query = filled(f"absent(nothing{matcher})", {"model.name": name})
    (found,) = prometheus.get_json("/api/v1/query", query=query, time=str(AT))["data"]["result"]
    assert found["metric"] == ({"model": name} if "=~" not in matcher and name else {})


@given(ANY_TEXT, st.sampled_from(QUOTED))
@example("$A", QUOTED[0])
def test_no_value_changes_how_a_query_is_built(name: str, matcher: str) -> None:
    template = f"sum by (pod) (rate(x{matcher}[5m])) / 2"
    query = filled(template, {"model.name": name})
    # In a filled query a dollar is a character of the value, and begins no reference.
    outside = [piece for piece in pieces_of(query.replace("$", "S")) if isinstance(piece, str)]
    before, after = template.split("$model.name")
    assert query.startswith(before)
    assert query.endswith(after)
    assert outside.count("{") == outside.count("}") == 1


@pytest.mark.parametrize(
    ("matcher", "expected"),
    [
        ("${model.name}", r"\$\{model\.name is no reference; .*nearest: model\.name"),
        ("$Model.Name", r"\$Model\.Name is no reference; .*nearest: model\.name"),
        (r"\$model.name", r"a backslash stands before \$model\.name"),
        (r"a\\\$model.name", r"a backslash stands before \$model\.name"),
    ],
)
def test_what_is_nearly_a_reference_is_refused(matcher: str, expected: str) -> None:
    with pytest.raises(BadQuery, match=expected):
        pieces_of(f'up{{a="{matcher}"}}')


def test_an_escaped_backslash_and_the_end_of_an_expression_may_stand_in_a_matcher() -> None:
    query = r'up{a=~"\\$model.name$",b=~"x$|(y$)",c="$1"}'
    assert filled(query, {"model.name": "m"}) == query.replace("$model.name", "m")


def test_text_around_a_reference_stays() -> None:
    query = 'x{pod=~"$workload.name-.*",job="a$1"}'
    assert references_of(query) == ("workload.name",)
    assert filled(query, {"workload.name": "a.b"}) == r'x{pod=~"a\\.b-.*",job="a$1"}'


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "expected PromQL, found nothing"),
        ("rate(x[5m)", "')' stands where '[' must be closed by ']'"),
        ("sum(x))", "')' closes nothing"),
        ("sum(x", "'(' is never closed"),
        ("rate(x{$model.name}[5m])", '$model.name stands outside of a quoted label matcher, such as {model="$model'),
        ('x{a="b}', 'the text that begins with "b} is never closed'),
        ('label_replace(x,"a","$model.name","b","")', "$model.name stands outside of a label matcher; write it as"),
        ("x{a=`$model.name`}", "$model.name stands in backquotes, where nothing can be escaped; write it as"),
        ("x; drop", "';' is no PromQL"),
        ("x{a={{ model.name }}}", "{{ }} stands in texts only; here a value stands in a matcher, such as"),
    ],
)
def test_what_cannot_be_promql_is_told(query: str, told: str) -> None:
    with pytest.raises(BadQuery) as mistake:
        pieces_of(query)
    assert str(mistake.value).startswith(told)
    assert "\n" not in str(mistake.value)


@given(st.text(alphabet="ab(){}[]\"'`\\$=~!,.#\n 5m", max_size=30))
def test_any_text_is_a_query_or_a_clean_mistake(text: str) -> None:
    try:
        told = "".join(piece for piece in pieces_of(text) if isinstance(piece, str))
    except BadQuery as mistake:
        told = str(mistake).replace("\n", "not one line")
    assert told == text or "not one line" not in told


@pytest.mark.parametrize(
    ("given_evidence", "expected"),
    [
        ("fs: {query: 'max(x{model=\"$model.name\"})', unit: s}", []),
        (
            "fs: {query: 'x{model=\"$model.nam\"}'}",
            ["12:15: unknown reference 'model.nam'; expected one of model.cluster, model.id, model.name, "],
        ),
        ("fs: {query: 'max(x'}", ["12:15: '(' is never closed"]),
        (
            "fs: {query: x, unit: seconds}",
            ["12:24: evidence.fs.unit: 'seconds' is none, expected one of 1, "],
        ),
        ("fs: {query: x, signal: queue}", ["12:7: evidence.fs: expected exactly one of the keys signal, workload, "]),
        ("fs: {change: version}", []),
        ("fs: {change: [version, rollout], within: 30m}", []),
        ("fs: {change: weather}", ["12:16: evidence.fs.change: 'weather' is none, expected one of autoscaler,"]),
        ("fs: {change: version, within: 2h}", ["12:33: expected a duration up to 1 h; found '2h'"]),
    ],
)
def test_evidence_that_cannot_be_read_is_told(given_evidence: str, expected: list[str]) -> None:
    text = WHOLE.replace("  p99: {signal", f"  {given_evidence}\n  p99: {{signal", 1)
    found = [str(problem) for problem in load_text(text, "p.yaml").problems]
    assert len(found) == len(expected), found
    for line, part in zip(found, expected, strict=True):
        assert part in line
