"""What broke at many models at once, and what these have in common."""

import msgspec

from console.domain.anomaly import Anomaly, AnomalyKind, Severity
from console.domain.moments import rfc3339

FEWEST_MODELS = 3
"""Two that break together are a coincidence, or each other's cause."""
BEGAN_TOGETHER = 300.0
"""Seconds between the first and the last onset: rates over five minutes cross limits at different times."""

FLEET = "fleet"
SOURCE = "source"
NODE = "node"
DEPENDENCY = "dependency"
SERVING = "serving"


class Common(msgspec.Struct, frozen=True, order=True):
    """Something that several models have in common.

    `kind` is `node`, `dependency`, `serving` (the preset that tells of them), `source` or `fleet`, else the label of
    the models whose value is `name`: `namespace`, `cluster`. Names are raw; that of the fleet is empty.
    """

    kind: str
    name: str = ""


class SharedIncident(msgspec.Struct, frozen=True):
    """Anomalies of many models that began together, because of something that they have in common.

    `onset` is the first of them (UTC seconds). `model_ids` are those that broke, worst first, `spared` those that have
    the same in common and did not; `others` is how many have it not, `others_well` how many of these are well.
    """

    common: Common
    onset: float
    severity: Severity
    model_ids: tuple[str, ...]
    spared: tuple[str, ...] = ()
    others: int = 0
    others_well: int = 0
    summary: str = ""
    evidence: tuple[str, ...] = ()

    def holds(self, anomaly: Anomaly) -> bool:
        """Return whether an anomaly of one of its models belongs to it."""
        return began_with(anomaly, self.onset)

    @property
    def id(self) -> str:
        """Return what names it: `node:gpu-3@2026-11-22T03:08:15Z`."""
        return f"{self.common.kind}:{self.common.name}@{rfc3339(self.onset)}".replace(":@", "@")


def has_known_onset(anomaly: Anomaly) -> bool:
    """Return whether it is known when something that still holds began; alerts come late, each by its own rule."""
    return not anomaly.is_over and not anomaly.onset_is_earlier and anomaly.kind is not AnomalyKind.ALERT


def began_with(anomaly: Anomaly, onset: float) -> bool:
    """Return whether an anomaly began with something else (UTC seconds)."""
    return has_known_onset(anomaly) and onset <= anomaly.onset <= onset + BEGAN_TOGETHER
