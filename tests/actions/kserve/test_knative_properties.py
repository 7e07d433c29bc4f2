from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from console.actions.kserve.inference_service import CANARY_PERCENT, InferenceService
from console.actions.kserve.knative_traffic import traffic_progress, traffic_return
from console.actions.kubernetes.guarded_patch import Edit, edit
from console.actions.provider import ActionRefused
from console.simulation.cluster import ControlPlane, SimulatedCluster
from console.simulation.cluster.kserve import INFERENCE_SERVICES
from console.simulation.cluster.kserve.controller import KServeController
from console.sources.cluster.writers import LiveObject
from tests.actions.kubernetes.world import Clock
from tests.simulation.cluster.inference import add_scoring, model
from tests.simulation.cluster.planes import Plane

CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("model"), st.integers(1, 4)),
        st.tuples(st.just("wait"), st.just(30)),
        st.tuples(st.just("canary"), st.integers(6, 9)),
        st.tuples(st.just("percent"), st.one_of(st.none(), st.sampled_from([0, 10, 50, 100]))),
        st.tuples(st.just("least"), st.integers(0, 3)),
        st.tuples(st.just("wait"), st.sampled_from([0, 5])),
    ),
    max_size=6,
)


class Knative:
    """`ml/scoring` in Knative mode, changed in the store as whoever holds the object would."""

    def __init__(self) -> None:
        self._clock = Clock()
        self.cluster = SimulatedCluster(self._clock)
        add_scoring(self.cluster, model("v0"), mode="Knative")
        self._plane = Plane(self.cluster, _again)
        self.wait(30)

    def wait(self, seconds: float) -> None:
        self._clock.now += seconds
        self.cluster.advance()

    def do(self, what: str, value: Any) -> None:
        if what == "wait":
            self.wait(value)
        elif what == "canary":
            self.do("percent", 10)
            self.do("model", value)
            self.wait(30)
        elif what == "model":
            self._set(f"{CANARY_PERCENT.rpartition('/')[0]}/model/storageUri", f"s3://models/scoring/v{value}")
        else:
            self._set({"percent": CANARY_PERCENT, "least": "/spec/predictor/minReplicas"}[what], value)

    def send(self, change: Edit) -> None:
        self._set(change.pointer, change.after)
        self.wait(30)

    @property
    def service(self) -> InferenceService:
        return InferenceService.of(LiveObject.of(self._plane.get(INFERENCE_SERVICES, "ml", "scoring")))

    def shares(self) -> dict[str, int]:
        rollout = self.service.rollout
        told = {target.revision_name: rollout.share(target.revision_name) for target in rollout.traffic or ()}
        return {name: share for name, share in told.items() if share}

    def _set(self, pointer: str, value: Any) -> None:
        *parents, key = pointer.split("/")[1:]

        def change(document: dict[str, Any]) -> None:
            for parent in parents:
                document = document[parent]
            document.pop(key, None)
            if value is not None:
                document[key] = value

        self._plane.change(INFERENCE_SERVICES, "ml", "scoring", change)


def _again(plane: ControlPlane) -> KServeController:
    return KServeController(plane)


@settings(max_examples=12, deadline=None)
@given(CHANGES)
def test_whatever_was_done_before_a_roll_back_that_is_not_refused_moves_all_traffic_and_its_undo_moves_it_back(
    changes: list[tuple[str, Any]],
) -> None:
    knative = Knative()
    for what, value in [("model", 5), ("wait", 30), *changes]:
        knative.do(what, value)
    service, before = knative.service, knative.shares()
    try:
        returning = traffic_return(service)
    except ActionRefused:
        return
    change = edit(service.live, CANARY_PERCENT, 0)
    knative.send(change)
    if knative.service.rollout.latest_ready_revision != returning.leaving:
        return  # a revision that was on its way became ready meanwhile: the guard refuses the request
    assert knative.shares() == {returning.returning: 100}
    assert traffic_progress(knative.service, 0).done
    knative.send(change.inverse)
    assert knative.shares() == before
    assert traffic_progress(knative.service, change.before).done
