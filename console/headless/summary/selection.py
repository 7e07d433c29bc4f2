"""The part of a fleet that somebody asked for."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

import msgspec

from console.domain.snapshot import Snapshot


def select(snapshot: Snapshot, globs: Sequence[str]) -> Snapshot:
    """Return the snapshot with only the models whose id matches one of some globs, and what speaks of them.

    Without globs it is the whole fleet. The status of the result is that of the selected models and of all sources.
    """
    if not globs:
        return snapshot
    models = tuple(view for view in snapshot.models if any(fnmatchcase(view.model.id, glob) for glob in globs))
    ids = {view.model.id for view in models}
    alerts = tuple(alert for alert in snapshot.alerts if alert.model_id in ids)
    shared = tuple(each for each in snapshot.shared_incidents if ids.intersection(each.model_ids))
    return msgspec.structs.replace(snapshot, models=models, alerts=alerts, shared_incidents=shared)
