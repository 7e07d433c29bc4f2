"""The text of every composed expression, and what becomes of labels and series that are not exported."""

import subprocess
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from console.domain.label import Label
from console.domain.model import Model
from console.sources.prometheus.compose import compose
from console.sources.prometheus.exported import Exported
from console.sources.prometheus.grouping import ByPlace
from console.sources.prometheus.places import places_of
from console.sources.prometheus.preset import Gauge, Latency, Preset, load_presets
from console.sources.prometheus.selection import Labels, Selection
from console.sources.prometheus.signal_query import Composition, Structure
from tests.services.programs import program
from tests.sources.prometheus.pages import everything_of

GOLDEN = Path(__file__).parent / "golden"
TARGET = frozenset({"__name__", "job", "instance", "namespace", "pod"})
LONGEST_QUERY = 16_384
"""Bytes that VictoriaMetrics takes by default (`-search.maxQueryLen`)."""
SHIPPED = {preset.name: preset for preset in load_presets()}


def told(composition: Composition) -> str:
    """Return a composition as text: one line per query."""
    lines = [f"{query.signal}: {query.expression}" for query in composition.signals]
    lines += [f"{query.structure}: {query.expression}" for query in composition.structures.values()]
    lines += [f"burn {query.windows}: {query.expression}" for query in composition.burns]
    lines += [f"not exported: {signal}: {reason}" for signal, reason in sorted(composition.not_exported.items())]
    return "\n".join([*lines, ""])


def shipped(name: str) -> Composition:
    """Return what is asked about a shipped preset that is exported whole; what enriches does so to KServe's models."""
    found = everything_of(SHIPPED[name], TARGET)
    if not isinstance(found.grouping, ByPlace):
        return compose(found, 300, burn_windows=(300, 3600, 86400))
    places = places_of([everything_of(SHIPPED["kserve"], TARGET)], ())
    return compose(replace(found, grouping=replace(found.grouping, places=places)), 300, burn_windows=(300,))


@pytest.mark.parametrize("name", SHIPPED)
def test_the_expressions_of_shipped_presets(name: str) -> None:
    assert told(shipped(name)) == (GOLDEN / f"{name}.txt").read_text()


def test_promtool_takes_every_expression(tmp_path: Path) -> None:
    compositions = [shipped(name) for name in SHIPPED]
    expressions = [query.expression for composition in compositions for query in composition.signals]
    expressions += [query.expression for composition in compositions for query in composition.structures.values()]
    expressions += [query.expression for composition in compositions for query in composition.burns]
    assert max(map(len, expressions)) < LONGEST_QUERY
    rules = [{"record": "a", "expr": expression} for expression in expressions]
    document = tmp_path / "rules.yaml"
    document.write_bytes(msgspec.json.encode({"groups": [{"name": "all", "rules": rules}]}))
    finished = subprocess.run(
        [program("promtool"), "check", "rules", "--lint=none", document], capture_output=True, text=True, check=False
    )
    assert f"{len(rules)} rules found" in finished.stdout, finished.stderr
    assert finished.returncode == 0, finished.stderr


def labels_of(*names: str) -> frozenset[str]:
    return frozenset({"__name__", *names})


def composed(preset: Preset, labels: dict[str, frozenset[str]], *, only: tuple[Model, ...] = ()) -> Composition:
    found = Exported.of(preset, labels)
    assert found is not None
    return compose(replace(found, only=only), 60)


def expression(composition: Composition, signal: str) -> str:
    (found,) = (query.expression for query in composition.signals if query.signal == signal)
    return found


PLAIN = Preset(
    name="plain",
    title="Plain",
    labels=Labels(model=("model", "model_name"), version=("version",)),
    requests=(Selection("requests_total"),),
    failures=(Selection("requests_total", {"code": "5.."}), Selection("failures_total")),
    latency=Latency(unit="ms", sum=(Selection("busy_ms"),), count=(Selection("requests_total"),)),
    gauges={"saturation": Gauge((Selection(("busy_new", "busy_old")),), "max", "percent")},
)


def test_nothing_exported_is_no_composition() -> None:
    assert Exported.of(PLAIN, {}) is None
    assert Exported.of(PLAIN, {"requests_total": labels_of("job")}) is None


def test_only_labels_that_exist_are_grouped_by() -> None:
    composition = composed(PLAIN, {"requests_total": labels_of("model_name")})
    assert composition.identity.group_labels == ("model_name",)
    assert expression(composition, "traffic") == (
        'sum by (model_name) (rate(requests_total{model_name!=""}[1m]) and requests_total{model_name!=""})'
    )
    assert composition.identity.of({"model_name": "a"}) == ("a", {})


def test_cluster_and_namespace_tell_namesakes_apart() -> None:
    composition = composed(PLAIN, {"requests_total": labels_of("model", "namespace", "cluster")})
    assert composition.identity.group_labels == ("model", "cluster", "namespace")
    labels = {"model": "a", "namespace": "ml", "cluster": ""}
    assert composition.identity.of(labels) == ("a", {"namespace": "ml"})


def test_what_is_missing_is_named() -> None:
    composition = composed(PLAIN, {"requests_total": labels_of("model")})
    assert composition.not_exported == {
        "error_ratio": "requests_total has no label code",
        "latency_mean": "busy_ms is not exported",
        "saturation": "busy_new or busy_old is not exported",
    }


def test_a_series_without_the_label_that_tells_namesakes_apart_is_not_used() -> None:
    composition = composed(PLAIN, {"requests_total": labels_of("model", "namespace"), "busy_ms": labels_of("model")})
    assert composition.not_exported["latency_mean"] == "busy_ms has no label namespace"


def test_units_become_seconds_and_ratios() -> None:
    labels = {name: labels_of("model") for name in ("requests_total", "busy_ms", "busy_new", "busy_old")}
    composition = composed(PLAIN, labels)
    assert expression(composition, "latency_mean").endswith("> 0) / 1000")
    assert expression(composition, "saturation") == (
        'max by (model) (busy_new{model!=""} or busy_old{model!=""}) / 100'
    )


def test_failures_counted_beside_requests_are_a_ratio_of_all_requests() -> None:
    labels = {"requests_total": labels_of("model"), "failures_total": labels_of("model")}
    failed = 'sum by (model) (rate(failures_total{model!=""}[1m]) and failures_total{model!=""})'
    asked = 'sum by (model) (rate(requests_total{model!=""}[1m]) and requests_total{model!=""})'
    assert expression(composed(PLAIN, labels), "error_ratio") == f"({failed} or 0 * {asked}) / ({asked} > 0)"


def test_structures_follow_the_labels() -> None:
    alone = composed(PLAIN, {"requests_total": labels_of("model", "code")}).structures
    assert set(alone) == set()
    full = composed(PLAIN, {"requests_total": labels_of("model", "code", "job", "instance", "version")}).structures
    assert set(full) == set(Structure) - {Structure.SHARED, Structure.ADDED_TO}
    assert full[Structure.REPLICA_NAMES].split_label == "instance"
    assert full[Structure.TRAFFIC_BY_VERSION].split_label == "version"


def test_burn_windows_scan_each_counter_once_and_long_ones_fail_alone() -> None:
    burns = composed(PLAIN, {"requests_total": labels_of("model", "code")}).burns
    assert [query.windows for query in burns] == [(300, 1800, 3600, 7200), (21600,), (86400,), (259200,)]
    assert [query.expression.count("increase(") for query in burns] == [8, 2, 2, 2]
    asked = 'sum by (model) (increase(requests_total{model!="",code!=""}[6h]))'
    failed = 'sum by (model) (increase(requests_total{model!="",code=~"5.."}[6h]))'
    assert burns[1].expression == (
        f'label_replace(label_replace({asked}, "counted", "asked 0", "", ""), "window", "6h", "", "") or '
        f'label_replace(label_replace({failed}, "counted", "failed 0", "", ""), "window", "6h", "", "")'
    )


def test_without_failures_nothing_burns() -> None:
    assert composed(PLAIN, {"requests_total": labels_of("model")}).burns == ()


def test_one_model_can_be_asked_about_alone() -> None:
    hostile = Model('ml/o"brien', Label('o"brien\n'), {"namespace": "ml"})
    composition = composed(PLAIN, {"requests_total": labels_of("model", "namespace", "cluster")}, only=(hostile,))
    selector = r'requests_total{model="o\"brien\n",cluster="",namespace="ml"}'
    assert expression(composition, "traffic") == (
        f"sum by (model, cluster, namespace) (rate({selector}[1m]) and {selector})"
    )
