"""The controller of InferenceServices: it makes what they ask for, and undoes what others change in that."""

import copy

from console.simulation.cluster.custom_resources import ControlPlane
from console.simulation.cluster.kserve.inference_services import KNATIVE, STANDARD, deployment_mode
from console.simulation.cluster.kserve.knative_mode import reconcile_knative
from console.simulation.cluster.kserve.resources import INFERENCE_SERVICES
from console.simulation.cluster.kserve.standard_mode import reconcile_standard


class KServeController:
    """Brings what every InferenceService owns to what it asks for, at once; then tells its status.

    `default_mode` is the mode of the installation; KServe before 0.15 does not tell the mode in the status.
    """

    def __init__(self, plane: ControlPlane, default_mode: str = STANDARD, *, tells_mode: bool = True) -> None:
        self._store = plane.store
        self._default_mode = default_mode
        self._tells_mode = tells_mode

    def next_due(self) -> float | None:
        """Return None: it acts at once, and on nothing by itself."""
        return None

    def reconcile(self, now: float) -> None:
        """Act on every InferenceService at an instant (UTC seconds)."""
        for found in self._store.list(INFERENCE_SERVICES):
            draft = copy.deepcopy(found)
            status = draft.setdefault("status", {})
            mode = deployment_mode(found, self._default_mode)
            if self._tells_mode:
                status["deploymentMode"] = mode
            if mode == STANDARD:
                reconcile_standard(self._store, draft, now)
            elif mode == KNATIVE:
                reconcile_knative(self._store, draft, now)
            self._store.update(INFERENCE_SERVICES, draft)
