"""What many models that broke together have in common, and that coincidences are told as such."""

from array import array
from collections.abc import Collection, Mapping, Sequence
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.detect.shared import shared_incidents, what_they_share
from console.domain.anomaly import Anomaly, AnomalyKind, Incident, Progress, Severity, Status
from console.domain.circumstances import Circumstances, Dependency, Part
from console.domain.label import Label
from console.domain.model import Model
from console.domain.series import Grid, Series
from console.domain.shared_incident import BEGAN_TOGETHER, Common, SharedIncident
from console.domain.snapshot import ModelView

ONSET = 1_795_316_895.0
"""2026-11-22T03:08:15Z"""
SLOW = AnomalyKind.LATENCY


def a_view(
    name: str, onset: float | None = None, kind: AnomalyKind = SLOW, presets: Sequence[str] = (), **labels: str
) -> ModelView:
    """A model that broke at an onset, or is well."""
    model = Model(name, Label(name), labels)
    if onset is None:
        return ModelView(model, Status.OK, {}, presets=tuple(presets))
    anomaly = Anomaly(f"{name}/{kind}", kind, None, Severity.CRITICAL, onset, "it broke")
    return ModelView(model, Status.CRITICAL, {}, incident=Incident(name, onset, (anomaly,)), presets=tuple(presets))


def fleet(broken: int, well: int, namespace: str = "") -> list[ModelView]:
    first = [a_view(f"b{number}", ONSET + 20 * number, namespace=namespace) for number in range(broken)]
    return [*first, *(a_view(f"w{number}", namespace=namespace) for number in range(well))]


def found(
    views: Sequence[ModelView],
    on_nodes: Mapping[str, Collection[str]] | None = None,
    circumstances: Mapping[str, Circumstances] | None = None,
) -> tuple[SharedIncident, ...]:
    nodes = {node: frozenset(models) for node, models in (on_nodes or {}).items()}
    return shared_incidents(views, what_they_share(views, circumstances or {}, nodes), "prometheus")


def ids(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{number}" for number in range(count)]


def test_the_node_of_those_that_broke_is_named_with_those_it_spared_and_those_elsewhere() -> None:
    (shared,) = found(fleet(12, 6), {"gpu-3": [*ids("b", 12), "w0", "w1"], "gpu-4": ["w2", "w3", "w4", "w5"]})
    assert shared.common == Common("node", "gpu-3")
    assert shared.summary == "12 of 14 models on node gpu-3 since 03:08:15 UTC"
    assert shared.evidence == (
        "4 of 4 on other nodes are well",
        "what broke: latency",
        "not affected there: w0, w1",
    )
    assert shared.id == "node:gpu-3@2026-11-22T03:08:15Z"
    assert shared.model_ids == tuple(ids("b", 12))


GRID = Grid(ONSET - 3600.0, 15.0, 300)


def calling(
    name: str, latency_after: float | None, callers: Sequence[str] = (), node: str | None = None
) -> Circumstances:
    """What surrounds a broken model that calls a feature store, whose calls take 20 ms before the onset."""
    values = array("d", [0.02 + 0.001 * (n % 3) for n in range(241)] + [(latency_after or 0.0)] * 59)
    latency = Series(GRID, values) if latency_after is not None else None
    store = Dependency("features", latency, models=tuple(callers))
    return Circumstances(name, GRID, ONSET, replicas=(Part(f"{name}-1", node=node),), dependencies=(store,))


def test_a_dependency_that_got_slower_is_named_and_a_node_is_not_of_which_only_the_broken_are_known() -> None:
    around = {name: calling(name, 0.5, ids("b", 5), node="gpu-3") for name in ids("b", 5)}
    (shared,) = found(fleet(5, 15), circumstances=around)
    assert shared.summary == "5 models that call features since 03:08:15 UTC"
    assert shared.evidence[0] == "15 of 15 others are well"


def test_a_dependency_that_answers_as_before_is_not_to_blame_although_all_that_broke_call_it() -> None:
    around = {name: calling(name, 0.02, ids("b", 5)) for name in ids("b", 5)}
    assert found(fleet(5, 15), circumstances=around) == ()


def test_healthy_models_that_are_configured_to_call_a_dependency_speak_for_it() -> None:
    callers = [*ids("b", 5), *ids("w", 12)]
    unmeasured = {name: calling(name, None, callers) for name in ids("b", 5)}
    assert found(fleet(5, 15), circumstances=unmeasured) == ()
    few = {name: calling(name, None, [*ids("b", 5), "w0"]) for name in ids("b", 5)}
    assert found(fleet(5, 15), circumstances=few)[0].summary == "5 of 6 models that call features since 03:08:15 UTC"


def test_a_namespace_or_a_serving_system_is_named_from_the_metrics_alone() -> None:
    here = [a_view(f"b{number}", ONSET, namespace="ads") for number in range(4)]
    there = [a_view(f"w{number}", namespace="ml") for number in range(12)]
    assert [each.common for each in found([*here, *there])] == [Common("namespace", "ads")]
    here = [a_view(f"b{number}", ONSET, presets=["vllm"]) for number in range(4)]
    there = [a_view(f"w{number}", presets=["kserve"]) for number in range(12)]
    assert found([*here, *there])[0].summary == "4 of 4 models served by vllm since 03:08:15 UTC"


def test_the_narrowest_of_what_sets_them_apart_equally_is_named() -> None:
    here = [a_view(f"b{number}", ONSET, namespace="ads") for number in range(6)]
    views = [*here, *(a_view(f"w{number}", namespace="ml") for number in range(12))]
    assert found(views, {"gpu-3": ids("b", 6)})[0].common == Common("node", "gpu-3")


def test_most_of_a_fleet_that_has_nothing_else_in_common_is_the_fleet() -> None:
    (shared,) = found(fleet(12, 6, namespace="ml"))
    assert (shared.common, shared.summary) == (Common("fleet"), "12 of 18 models since 03:08:15 UTC")
    assert shared.id == "fleet@2026-11-22T03:08:15Z"


def test_models_that_all_lose_their_data_at_once_point_at_the_source() -> None:
    views = [a_view(f"b{number}", ONSET, AnomalyKind.MISSING_DATA) for number in range(12)]
    (shared,) = found([*views, a_view("w")])
    assert shared.common == Common("source", "prometheus")
    assert shared.summary == "12 of 13 models lost their data since 03:08:15 UTC: look at prometheus first"


@pytest.mark.parametrize(
    ("views", "on_nodes"),
    [
        pytest.param(fleet(2, 0), {"gpu-3": ["b0", "b1"]}, id="two are a coincidence"),
        pytest.param(fleet(3, 20), {"gpu-3": [*ids("b", 3), *ids("w", 4)]}, id="most on the node are well"),
        pytest.param(fleet(3, 9, namespace="ml"), {}, id="nothing sets the few apart"),
        pytest.param(
            fleet(4, 8), {"gpu-3": [*ids("b", 3), *ids("w", 3)]}, id="nearly as many of the others broke by chance"
        ),
        pytest.param([a_view(name, ONSET + 400.0 * n) for n, name in enumerate("abcdef")], {}, id="one after another"),
        pytest.param([a_view(name, ONSET, AnomalyKind.ALERT) for name in "abcdef"], {}, id="mere alerts"),
    ],
)
def test_coincidences_are_no_fleet_wide_incident(views: list[ModelView], on_nodes: dict[str, list[str]]) -> None:
    assert found(views, on_nodes) == ()


def test_two_nodes_that_failed_hours_apart_are_two_incidents() -> None:
    first = [a_view(f"a{number}", ONSET) for number in range(6)]
    second = [a_view(f"b{number}", ONSET + 7200) for number in range(8)]
    views = [*first, *second, *(a_view(f"w{number}") for number in range(12))]
    shared = found(views, {"gpu-1": ids("a", 6), "gpu-2": ids("b", 8)})
    assert [(each.common.name, each.onset) for each in shared] == [("gpu-2", ONSET + 7200), ("gpu-1", ONSET)]


def test_a_model_that_broke_a_little_earlier_for_itself_neither_leads_nor_cuts_off_the_others() -> None:
    views = [a_view("alone", ONSET - 200), *(a_view(f"b{number}", ONSET + 40.0 * number) for number in range(7))]
    views += [a_view(f"w{number}") for number in range(14)]
    (shared,) = found(views, {"gpu-3": ids("b", 7)})
    assert (shared.onset, shared.model_ids) == (ONSET, tuple(ids("b", 7)))


def test_what_recovered_belongs_to_none() -> None:
    views = fleet(6, 6)
    over = []
    for view in views:
        anomalies = tuple(msgspec.structs.replace(each, progress=Progress.RECOVERED) for each in view.anomalies)
        incident = Incident(view.model.id, ONSET, anomalies) if anomalies else None
        over.append(msgspec.structs.replace(view, incident=incident))
    assert found(over) == ()


ONSETS = st.lists(st.none() | st.integers(0, 30).map(lambda n: ONSET + 60 * n), max_size=24)
NODES = st.dictionaries(st.sampled_from(["n1", "n2", "n3"]), st.sets(st.integers(0, 23).map(lambda n: f"m{n}")))


@given(ONSETS, NODES)
def test_each_incident_holds_at_least_three_models_that_began_together_and_no_model_is_in_two(
    onsets: list[float | None], on_nodes: dict[str, set[str]]
) -> None:
    views = [a_view(f"m{number}", onset) for number, onset in enumerate(onsets)]
    shared = found(views, on_nodes)
    assert shared == found(views, on_nodes)
    told = [model_id for each in shared for model_id in each.model_ids]
    assert len(told) == len(set(told))
    for each in shared:
        began = [onset for view, onset in zip(views, onsets, strict=True) if view.model.id in each.model_ids]
        assert len(each.model_ids) >= 3
        assert each.onset == min(one for one in began if one is not None)
        assert max(one for one in began if one is not None) - each.onset <= BEGAN_TOGETHER
        assert 2 * len(each.model_ids) >= len(each.model_ids) + len(each.spared)


def test_of_many_machines_none_is_named_for_what_chance_put_there() -> None:
    draw = Random(1)
    views = [a_view(f"m{number}", ONSET if number < 300 else None) for number in range(1000)]
    nodes = {f"gpu-{number}": [f"m{draw.randrange(1000)}" for _ in range(20)] for number in range(200)}
    assert found(views, nodes) == ()
