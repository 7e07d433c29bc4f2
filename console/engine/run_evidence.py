"""The evidence that runs look at: what the snapshot says, what queries say, and what a replica of the model carries."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from console.domain.snapshot import ModelView
from console.engine.evidence import Answer, Observation, fresh_for, observe_evidence
from console.engine.evidence_queries import EvidenceQueries, has_queries
from console.engine.load_curves import LoadCurves
from console.engine.run_present import Present
from console.playbooks.document import Playbook
from console.playbooks.events import EvidenceSeen
from console.playbooks.evidence import ComputedEvidence
from console.playbooks.state import RunState

SECONDS_RESIZED = 86_400.0
"""Traffic is normal as it was over a day: for so long after an action it tells of replicas that were others."""


class _Basis(NamedTuple):
    """What evidence is made of: values that are the same only if they are the very same, and those that are compared.

    A run looks at its evidence some times for one key.
    """

    made_of: tuple[object, ...]
    compared: tuple[object, ...]

    def is_same(self, other: "_Basis") -> bool:
        return self.compared == other.compared and all(
            mine is theirs for mine, theirs in zip(self.made_of, other.made_of, strict=True)
        )


class RunEvidence:
    """Looks at the evidence of playbooks; `max_replicas` is the configuration's limit for a workload."""

    def __init__(self, present: Present, curves: LoadCurves, queries: EvidenceQueries, max_replicas: int) -> None:
        self._present = present
        self._curves = curves
        self._queries = queries
        self._max_replicas = max_replicas
        self._resized_at: dict[str, float] = {}
        self._last: tuple[_Basis, Observation] | None = None

    def note_sent(self, model_id: str, at: float) -> None:
        """Take note that the replicas of a model may be others since an instant (UTC seconds)."""
        self._resized_at[model_id] = max(at, self._resized_at.get(model_id, -math.inf))

    def observe(self, playbook: Playbook, state: RunState) -> Observation:
        """Return the evidence of a run as the latest snapshot shows it."""
        snapshot, model_id, now = self._present.snapshot, state.started.model_id, self._present.now()
        if snapshot is None:
            raise RuntimeError("a run begins with a snapshot")
        was_resized = now - self._resized_at.get(model_id, -math.inf) < SECONDS_RESIZED
        found, answers = self._curves.known(model_id), self._answers(state)
        basis = _Basis((playbook, snapshot, found, answers), (model_id, was_resized))
        is_fresh = not snapshot.live or now - snapshot.taken_at <= fresh_for(snapshot)
        if is_fresh and self._last is not None and self._last[0].is_same(basis):
            return self._last[1]
        observation = observe_evidence(
            playbook,
            snapshot,
            model_id,
            self._max_replicas,
            now,
            was_resized=was_resized,
            found=found,
            answers=answers or {},
        )
        self._last = (basis, observation) if is_fresh else None  # of what is old it is said how old it is
        return observation

    def is_awaited(self, playbook: Playbook, state: RunState) -> bool:
        """Return whether the queries of a run have not been answered lately: nothing is decided before they are."""
        is_there = self._present.find(state.started.model_id) is not None
        return has_queries(playbook) and is_there and self._answers(state) is None

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

    def wanted_answers(self, playbook: Playbook, state: RunState) -> tuple[ModelView, float] | None:
        """Return the model that the queries of a run must still be asked about, and as of when."""
        snapshot, view = self._present.snapshot, self._present.find(state.started.model_id)
        if snapshot is None or view is None or not has_queries(playbook):
            return None
        return (view, snapshot.at) if self._queries.is_wanting(state.started.run_id, snapshot.at) else None

    async def read_answers(self, playbook: Playbook, state: RunState, view: ModelView, at: float) -> None:
        """Ask the queries of a run."""
        await self._queries.read(state.started.run_id, playbook, view, at)

    def _answers(self, state: RunState) -> Mapping[str, Answer] | None:
        """Return the answers to the queries of a run, None where there are none that speak for the present."""
        snapshot, known = self._present.snapshot, self._queries.known(state.started.run_id)
        if snapshot is None or known is None or snapshot.at - known.at > fresh_for(snapshot):
            return None
        return known.by_name
