"""Which pod the judgement blames, so that nobody copies its name from one screen to the other."""

import re

from console.domain.anomaly import CauseKind
from console.domain.snapshot import ModelView

_POD_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")


def blamed_pod(view: ModelView) -> str | None:
    """Return the pod that the likeliest cause blames, None where it is none, several, or no pod of the workload.

    Replicas bear the names that their metrics give them. An address of a scrape is no pod, and that a pod is the
    workload's own shows in its name, whatever controller made it; whoever acts on it is told by the cluster otherwise.
    """
    workload = view.workload.workload if view.workload is not None else None
    causes = [anomaly.causes[0] for anomaly in view.anomalies if anomaly.causes and not anomaly.is_over]
    names = {name for cause in causes if cause.kind is CauseKind.BAD_REPLICA for name in cause.replicas}
    if workload is None or len(names) != 1:
        return None
    name = next(iter(names))
    is_pod = _POD_NAME.fullmatch(name) is not None and name.startswith(f"{workload.name}-")
    return name if is_pod else None
