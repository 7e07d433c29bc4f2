"""Looks at a labelled fleet at one instant after the other, by the very path that `summary --at` takes."""

from collections.abc import Sequence

import msgspec

from console.domain.anomaly import AnomalyKind, CauseKind
from console.domain.snapshot import ModelView
from console.engine.refresh import Refresher
from console.settings.settings import ModelRule, ServerSettings, Settings
from tests.scenarios.world import Label, World

AFTER_ONSET = (120.0, 300.0, 600.0, 1500.0)
"""Seconds after the onset of an incident at which the fleet is looked at."""
AFTER_NOTHING = (300.0, 1500.0)
"""The same for what only looks like one."""
_WARM_UP = 3900.0
"""Seconds of close samples before the first look: what is judged closely is an hour."""


class Said(msgspec.Struct, frozen=True):
    """One anomaly that was told of a model at an instant."""

    at: float
    model: str
    kind: AnomalyKind
    onset: float
    cause: CauseKind | None
    confidence: float | None
    playbooks: tuple[str, ...]
    summary: str
    severity: str
    rank: int
    """Of its model's anomalies, 0 is the worst."""


def settings_of(world: World, prometheus: str) -> Settings:
    """Return how the console is told to look at a fleet: what was promised, and nothing else."""
    return Settings(
        prometheus=ServerSettings(name="prometheus", urls=(prometheus,), timeout=60.0),
        models=tuple(ModelRule(match=model.profile.name, objective=model.profile.objective) for model in world.models),
        cache=False,
    )


def instants(world: World) -> list[float]:
    """Return when the fleet is looked at, ascending: around onsets, or again and again."""
    if world.looked_at_every is not None:
        theatre = world.theatres[-1]
        count = int((theatre.ends - theatre.begins - _WARM_UP) // world.looked_at_every)
        return [theatre.begins + _WARM_UP + turn * world.looked_at_every for turn in range(count + 1)]
    found = {
        float(round(label.onset + after))
        for label in world.labels
        for after in looks_after(label)
        if label.onset + after <= world.ends
    }
    return sorted(found)


def looks_after(label: Label) -> tuple[float, ...]:
    """Return the seconds after the onset at which a model is looked at."""
    return label.looked or (AFTER_ONSET if label.is_incident else AFTER_NOTHING)


async def look(settings: Settings, models: int, at: Sequence[float]) -> list[Said]:
    """Return all that is said at some instants, in ascending order, of a fleet of so many models.

    Raises:
        RuntimeError: a source did not answer in full, or a model is not seen: then nothing can be told from silence.
    """
    said: list[Said] = []
    async with Refresher(settings, environment={}, clock=lambda: at[-1]) as refresher:
        for instant in at:
            snapshot = await refresher.take(instant)
            lacking = [report for report in snapshot.sources if not report.is_complete]
            if lacking or len(snapshot.models) < models:
                raise RuntimeError(f"only {len(snapshot.models)} of {models} models are seen: {lacking}")
            for view in snapshot.models:
                said += of_view(view, instant)
    return said


def of_view(view: ModelView, at: float) -> list[Said]:
    """Return what is said of one model now; what is over is not counted."""
    return [
        Said(
            at=at,
            model=view.model.name.raw,
            kind=anomaly.kind,
            onset=anomaly.onset,
            cause=anomaly.causes[0].kind if anomaly.causes else None,
            confidence=anomaly.causes[0].confidence if anomaly.causes else None,
            playbooks=tuple(offer.id for offer in anomaly.playbooks),
            summary=anomaly.summary,
            severity=anomaly.severity,
            rank=rank,
        )
        for rank, anomaly in enumerate(view.standing)
    ]
