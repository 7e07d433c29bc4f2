"""AnalysisRuns: what a step or a promotion waits for, and what their end does to a Rollout.

It follows rollout/analysis.go of argo-rollouts. Nobody measures anything here: whoever plays the metric provider writes
`status.phase` (and `status.message`) of a run.
"""

import msgspec

from console.simulation.cluster.argo_rollouts.canary import Sets
from console.simulation.cluster.argo_rollouts.resources import revision_of
from console.simulation.cluster.managed_fields import WrittenBy
from console.simulation.cluster.objects import owner_reference
from console.simulation.cluster.resources import Column, Object, ResourceType
from console.simulation.cluster.store import Store

ANALYSIS_TEMPLATES = ResourceType(
    group="argoproj.io",
    version="v1alpha1",
    plural="analysistemplates",
    singular="analysistemplate",
    kind="AnalysisTemplate",
    short_names=("at",),
    custom=True,
)
ANALYSIS_RUNS = ResourceType(
    group="argoproj.io",
    version="v1alpha1",
    plural="analysisruns",
    singular="analysisrun",
    kind="AnalysisRun",
    short_names=("ar",),
    custom=True,
    columns=(
        Column("Status", ".status.phase"),
        Column("Age", ".metadata.creationTimestamp", "date"),
    ),
)
INCONCLUSIVE_PAUSE = "InconclusiveAnalysisRun"
"""The reason of the pause condition that a run without a conclusion leaves."""
_FAILED = frozenset({"Failed", "Error"})


class Finding(msgspec.Struct, frozen=True):
    """A run as the status of its Rollout names it."""

    name: str
    phase: str
    message: str

    @property
    def has_failed(self) -> bool:
        """Return whether the update is to be aborted for it."""
        return self.phase in _FAILED

    @property
    def shown(self) -> Object:
        """Return its entry in the Rollout's status."""
        entry: Object = {"name": self.name, "status": self.phase}
        return entry | ({"message": self.message} if self.message else {})


def run_of(store: Store, draft: Object, sets: Sets, analysis: Object, which: str, now: float, by: WrittenBy) -> Finding:
    """Return the run of an update, begun if there is none; `which` is the number of its step, or `pre`."""
    held = entry_of(draft, which)
    namespace = draft["metadata"]["namespace"]
    run = None if held is None else store.get(ANALYSIS_RUNS, namespace, held["name"])
    if run is None:
        name = base = f"{sets.new['metadata']['name']}-{revision_of(sets.new)}-{which}"
        collisions = 0
        while store.get(ANALYSIS_RUNS, namespace, name) is not None:
            collisions += 1
            name = f"{base}.{collisions}"
        run = store.create(ANALYSIS_RUNS, _run_object(store, draft, analysis, name), now, by)
    status = run.get("status") or {}
    return Finding(run["metadata"]["name"], status.get("phase", "Running"), status.get("message", ""))


def entry_of(draft: Object, which: str) -> Object | None:
    """Return what the status of a Rollout says of its present run: that of a step, or `pre` of a promotion."""
    holder, field = _place(which)
    found: Object | None = draft["status"].get(holder, {}).get(field)
    return found


def put_entry(draft: Object, which: str, found: Finding | None) -> None:
    """Set in the status of a Rollout what its present run has come to; None takes it away."""
    holder, field = _place(which)
    place = draft["status"].setdefault(holder, {})
    place.pop(field, None)
    if found is not None:
        place[field] = found.shown
    if not place:
        del draft["status"][holder]


def _place(which: str) -> tuple[str, str]:
    if which == "pre":
        return "blueGreen", "prePromotionAnalysisRunStatus"
    return "canary", "currentStepAnalysisRunStatus"


def _run_object(store: Store, draft: Object, analysis: Object, name: str) -> Object:
    namespace = draft["metadata"]["namespace"]
    metrics: list[Object] = []
    for each in analysis.get("templates") or ():
        template = store.get(ANALYSIS_TEMPLATES, namespace, each["templateName"])
        metrics += [] if template is None else template["spec"].get("metrics", [])
    return {
        "apiVersion": ANALYSIS_RUNS.api_version,
        "kind": ANALYSIS_RUNS.kind,
        "metadata": {"name": name, "namespace": namespace, "ownerReferences": [owner_reference(draft)]},
        "spec": {"args": list(analysis.get("args") or ()), "metrics": metrics},
        "status": {"phase": "Running"},
    }
