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


def change_in_words(change: Change, between: str = ": ") -> str:
    """Return what changed: `version: v42`; what names its kind itself is told alone."""
    kind = change.kind.value
    return change.detail if kind in change.detail else f"{kind}{between}{change.detail}"
