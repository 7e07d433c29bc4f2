"""What is asked of a Prometheus about the models of one preset: frozen expressions and how to read their labels."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from console.domain.model import Model

WINDOW_LABEL = "window"
"""The label of a burn query that holds its window, as PromQL writes a duration: `5m`."""
COUNTED_LABEL = "counted"
"""The label of a burn query that holds what is counted, and by which of the preset's ways: `asked 0`, `failed 0`."""

BOUND_LABEL = "le"
"""The label of a bucket that holds its upper bound."""

ASKED, FAILED = "asked", "failed"


class Structure(StrEnum):
    """What is asked beside the signals."""

    LIVE_TARGETS = "live_targets"
    """Scrape targets per model that have a sample now."""
    DEAD_TARGETS = "dead_targets"
    """Scrape targets per model that served it lately and are down."""
    REPLICAS = "replicas"
    """Replicas per model that have a sample now."""
    REPLICA_NAMES = "replica_names"
    """One sample per model and replica; its label is `StructureQuery.split_label`."""
    TRAFFIC_BY_VERSION = "traffic_by_version"
    """Requests per second per model and version; its label is `StructureQuery.split_label`."""
    ADDED_TO = "added_to"
    """One sample per model that series which name none are joined to."""
    SHARED = "shared"
    """One sample per model and place or target that serves others, too; its label is `StructureQuery.split_label`."""


class Identity(msgspec.Struct, frozen=True):
    """Which exported labels name a model: `model` its name, `others` pairs of (our name, exported name)."""

    model: str
    others: tuple[tuple[str, str], ...] = ()

    @property
    def group_labels(self) -> tuple[str, ...]:
        """Return the exported labels by which every query is grouped."""
        return (self.model, *(exported for _, exported in self.others))

    def of(self, labels: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """Return the name of the model of a series and the labels that tell namesakes apart (those with a value)."""
        others = {name: labels[exported] for name, exported in self.others if labels.get(exported)}
        return labels.get(self.model, ""), others


class HistogramEnds(msgspec.Struct, frozen=True):
    """One expression with a row per model and bucket (`BOUND_LABEL`); bounds over `divisor` are seconds."""

    expression: str
    divisor: int


class SignalQuery(msgspec.Struct, frozen=True):
    """One expression that yields one signal (a name of `console.domain.signal`) of every model of a preset.

    The unit is the signal's: seconds, ratios, per second. Every series has the labels `group_labels` and no others.
    """

    preset: str
    signal: str
    expression: str
    group_labels: tuple[str, ...]
    ends: tuple[HistogramEnds, ...] = ()
    """Where the histograms of a quantile end: one of slower requests can only be told to be at least that."""


class StructureQuery(msgspec.Struct, frozen=True):
    """One expression that yields a structure of every model of a preset; `split_label` is a label beside the group."""

    preset: str
    structure: Structure
    expression: str
    group_labels: tuple[str, ...]
    split_label: str | None = None


class BurnQuery(msgspec.Struct, frozen=True):
    """One expression that counts the requests of every model over some windows (seconds), dead replicas included.

    Each series has the labels `group_labels`, `WINDOW_LABEL` and `COUNTED_LABEL`. Failed requests are absent where none
    ever failed. Of several ways to count, per model the first by which anything was asked counts.
    """

    preset: str
    windows: tuple[float, ...]
    expression: str
    group_labels: tuple[str, ...]


class Composition(msgspec.Struct, frozen=True):
    """All that is asked about the models of one preset; `not_exported` maps signals that cannot be had to the reason.

    Of several compositions the first that yields a signal of a model owns it, and a signal is not exported only where
    none yields it.
    """

    preset: str
    identity: Identity
    signals: tuple[SignalQuery, ...]
    structures: dict[Structure, StructureQuery]
    not_exported: dict[str, str]
    burns: tuple[BurnQuery, ...] = ()
    creates: bool = True
    """Whether a row makes a model; otherwise it only adds to one that is known."""
    joined: frozenset[str] = frozenset()
    """The signals that a model has only where a place or target serves no other: see `Structure.SHARED`."""

    @property
    def joins(self) -> bool:
        """Return whether rows are told to be a model's by where the requests were served."""
        return Structure.ADDED_TO in self.structures

    def tells_apart(self, model: Model) -> bool:
        """Return whether the series of the preset bear every label that tells a model from its namesakes."""
        return {name for name, _ in self.identity.others}.issuperset(model.labels)
