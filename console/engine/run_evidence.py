"""The evidence that runs look at: what the snapshot says, and what a replica of the model carries."""

import math

from console.domain.snapshot import ModelView
from console.engine.evidence import Observation, observe_evidence
from console.engine.load_curves import LoadCurves
from console.engine.run_present import Present
from console.playbooks.document import Playbook
from console.playbooks.events import EvidenceSeen
from console.playbooks.evidence import ComputedEvidence
from console.playbooks.state import RunState

SECONDS_RESIZED = 86_400.0
"""Traffic is normal as it was over a day: for so long after an action it tells of replicas that were others."""


class RunEvidence:
    """Looks at the evidence of playbooks; `max_replicas` is the configuration's limit for a workload."""

    def __init__(self, present: Present, curves: LoadCurves, max_replicas: int) -> None:
        self._present = present
        self._curves = curves
        self._max_replicas = max_replicas
        self._resized_at: dict[str, float] = {}

    def note_sent(self, model_id: str, at: float) -> None:
        """Take note that the replicas of a model may be others since an instant (UTC seconds)."""
        self._resized_at[model_id] = max(at, self._resized_at.get(model_id, -math.inf))

    def observe(self, playbook: Playbook, state: RunState) -> Observation:
        """Return the evidence of a run as the latest snapshot shows it."""
        snapshot, model_id, now = self._present.snapshot, state.started.model_id, self._present.now()
        if snapshot is None:
            raise RuntimeError("a run begins with a snapshot")
        return observe_evidence(
            playbook,
            snapshot,
            model_id,
            self._max_replicas,
            now,
            was_resized=now - self._resized_at.get(model_id, -math.inf) < SECONDS_RESIZED,
            found=self._curves.known(model_id),
        )

    def seen(self, playbook: Playbook, state: RunState) -> EvidenceSeen:
        """Return the evidence as an event of the run."""
        seen = self.observe(playbook, state)
        return EvidenceSeen(at=seen.at, values=seen.values, fresh_for=seen.fresh_for, partial=seen.partial)

    def wanted_curve(self, playbook: Playbook, state: RunState) -> tuple[ModelView, float] | None:
        """Return the model whose load must still be read, and up to when, where the run wants to size its replicas."""
        is_wanted = any(isinstance(source, ComputedEvidence) for source in playbook.evidence.values())
        snapshot, view = self._present.snapshot, self._present.find(state.started.model_id)
        if snapshot is None or view is None or not is_wanted or state.sent:
            return None
        return (view, snapshot.at) if self._curves.is_wanting(view, snapshot.at) else None

    async def read_curve(self, view: ModelView, at: float) -> None:
        """Read what a replica of a model carries."""
        await self._curves.of(view, at)
