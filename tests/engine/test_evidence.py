import msgspec
import pytest

from console.domain.change import Change, ChangeKind
from console.domain.signal import LATENCY_P95, State
from console.domain.snapshot import ModelView, Snapshot
from console.engine.evidence import Observation, observe_evidence
from tests.engine.scaling import scale_out
from tests.engine.stage import MODEL_ID, SLOW, model_view


def observed(view: ModelView, *, was_resized: bool = False) -> Observation:
    playbook = scale_out()
    return observe_evidence(playbook, Snapshot(1000.0, (), (view,)), MODEL_ID, 50, 1000.0, was_resized=was_resized)


def wanted(view: ModelView, *, was_resized: bool = False) -> str:
    return next(seen.text for seen in observed(view, was_resized=was_resized).evidence if seen.name == "wanted")


def test_steady_replicas_are_multiplied_by_the_growth_of_the_traffic() -> None:
    assert wanted(SLOW) == "8: traffic 2.6× of normal, at most 2.0× at once"


@pytest.mark.parametrize(
    "view",
    [
        msgspec.structs.replace(SLOW, replicas=3),
        msgspec.structs.replace(SLOW, replicas=None),
        msgspec.structs.replace(SLOW, changes=(Change(ChangeKind.REPLICAS, 900.0, "2 → 4 replicas"),)),
    ],
)
def test_replicas_that_changed_or_that_nobody_counts_are_not(view: ModelView) -> None:
    assert wanted(view).startswith("6: others than these replicas may have carried")


def test_replicas_that_this_console_changed_are_not_even_before_the_metrics_show_it() -> None:
    assert wanted(SLOW, was_resized=True).startswith("6: others than these replicas")


def test_a_new_version_is_no_change_of_the_replicas() -> None:
    released = msgspec.structs.replace(SLOW, changes=(Change(ChangeKind.VERSION, 900.0, "v42"),))
    assert wanted(released) == wanted(SLOW)


@pytest.mark.parametrize(
    ("state", "value", "partial"),
    [(State.OK, 2.0, ()), (State.PARTIAL, 2.0, ("latency",)), (State.STALE, None, ()), (State.SOURCE_DOWN, None, ())],
)
def test_what_is_known_in_part_is_known_and_named(state: State, value: float | None, partial: tuple[str, ...]) -> None:
    seen = observed(model_view(p99_state=state))
    assert seen.values["latency"] == value
    assert seen.partial == partial


def test_the_latency_that_is_judged_speaks_for_the_model() -> None:
    p99 = msgspec.structs.replace(SLOW.readings["latency_p99"], limit=None)
    p95 = msgspec.structs.replace(p99, signal=LATENCY_P95, value=1.5, limit=0.6)
    seen = observed(msgspec.structs.replace(SLOW, readings=SLOW.readings | {"latency_p99": p99, "latency_p95": p95}))
    assert (seen.values["latency"], seen.values["latency.objective"]) == (1.5, 0.6)
