"""Something that changed, with the time at which it did."""

from enum import StrEnum

import msgspec

from console.domain.moments import Instant


class ChangeKind(StrEnum):
    """What changed."""

    VERSION = "version"
    ROLLOUT = "rollout"
    REPLICAS = "replicas"
    RESTART = "restart"
    AUTOSCALER = "autoscaler"
    CONFIGURATION = "configuration"
    ALERT = "alert"
    TRAFFIC = "traffic"


class Change(msgspec.Struct, frozen=True):
    """A change of one model at an instant (UTC seconds), told in a few words: `v42`, `6 → 5 replicas`."""

    kind: ChangeKind
    at: Instant
    detail: str
