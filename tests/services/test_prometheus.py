import urllib.error
import urllib.request

import pytest

from tests.services import OpenMetricsHistory, Prometheus, Servers, wait_until

MIDNIGHT = 1_795_305_600.0  # 2026-11-22T00:00:00Z


def test_a_fresh_server_answers_a_query(servers: Servers) -> None:
    prometheus = servers.prometheus()
    assert [sample["value"][1] for sample in prometheus.query("vector(42)")] == ["42"]


def test_a_refused_query_says_why(servers: Servers) -> None:
    with pytest.raises(ValueError, match=r"bad_data: .*parse error"):
        servers.prometheus().query("sum(")


def test_history_is_there_when_the_server_is_ready(servers: Servers) -> None:
    history = OpenMetricsHistory().add_counter(
        "http_requests_total", {"model": "fraud"}, 2.5, start=MIDNIGHT, end=MIDNIGHT + 3 * 3600
    )
    (sample,) = servers.prometheus(history=history).query(
        "sum by (model) (rate(http_requests_total[5m]))", at=MIDNIGHT + 3 * 3600
    )
    assert sample["metric"] == {"model": "fraud"}
    assert float(sample["value"][1]) == pytest.approx(2.5)


def test_history_keeps_hostile_labels_and_values_that_are_no_numbers(servers: Servers) -> None:
    hostile = 'a"b\\c\nd [red]é'
    history = OpenMetricsHistory()
    history.add("depth", {"model": hostile}, [(MIDNIGHT, float("nan")), (MIDNIGHT + 15, float("inf"))])
    prometheus = servers.prometheus(history=history)
    values = [prometheus.query("depth", at=MIDNIGHT + offset)[0] for offset in (0, 15)]
    assert [value["value"][1] for value in values] == ["NaN", "+Inf"]
    assert {value["metric"]["model"] for value in values} == {hostile}


def test_a_configuration_with_rules_and_targets_is_obeyed(servers: Servers) -> None:
    config = """
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [rules.yml]
scrape_configs: [{job_name: dead, static_configs: [{targets: ["127.0.0.1:1"]}]}]
"""
    rules = """groups: [{name: tests, rules: [{alert: TargetDown, expr: 'up{job="dead"} == 0'}]}]"""
    prometheus = servers.prometheus(config=config, rules=rules)
    (alert,) = wait_until(lambda: prometheus.query('ALERTS{alertstate="firing"}'), "the alert fires")
    assert alert["metric"]["alertname"] == "TargetDown"


def test_a_hung_server_takes_the_connection_and_does_not_answer(servers: Servers) -> None:
    prometheus = servers.prometheus()
    prometheus.suspend()
    with pytest.raises(TimeoutError):
        urllib.request.urlopen(f"{prometheus.url}/-/ready", timeout=0.2)
    prometheus.resume()
    assert prometheus.query("vector(1)")


def test_a_killed_server_refuses_connections(servers: Servers) -> None:
    prometheus = servers.prometheus()
    prometheus.kill()
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen(prometheus.url, timeout=5)


def test_a_stopped_server_starts_again_with_its_data(servers: Servers) -> None:
    history = OpenMetricsHistory().add("depth", {"model": "ads"}, [(MIDNIGHT, 7)])
    prometheus = servers.prometheus(history=history)
    prometheus.suspend()
    prometheus.stop()
    prometheus.start()
    assert prometheus.query("depth", at=MIDNIGHT)[0]["value"][1] == "7"


def test_a_bad_configuration_fails_with_the_servers_own_words(servers: Servers) -> None:
    with pytest.raises(ChildProcessError, match="field scrape_intervall not found"):
        servers.prometheus(config="global: {scrape_intervall: 1s}")


def test_bad_history_fails_with_the_words_of_promtool(servers: Servers) -> None:
    history = OpenMetricsHistory().add("no name", {}, [(MIDNIGHT, 1)])
    with pytest.raises(Exception, match="returned non-zero") as caught:
        servers.prometheus(history=history)
    assert any("expected" in note or "invalid" in note for note in caught.value.__notes__)


@pytest.fixture(scope="module")
def shared(session_servers: Servers) -> Prometheus:
    return session_servers.prometheus(flags=["--query.max-samples=3"])


def test_flags_reach_a_server_of_the_session(shared: Prometheus) -> None:
    with pytest.raises(ValueError, match="too many samples"):
        shared.query("vector(1) or label_replace(vector(1), 'a', 'b', '', '') or sum_over_time(vector(1)[10m:1s])")
