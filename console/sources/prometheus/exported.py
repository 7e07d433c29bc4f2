"""What of a preset a server really exports, and which of its alternatives can be used."""

from collections.abc import Mapping

import msgspec

from console.domain.model import Model
from console.sources.prometheus.preset import Preset, Selection, Selections
from console.sources.prometheus.promql import selector
from console.sources.prometheus.signal_query import Identity

TARGET_LABELS = ("job", "instance")
"""The labels that Prometheus gives to every scrape target."""


class NotExported(Exception):
    """A quantity cannot be had from this server; the text says why."""


class Way(msgspec.Struct, frozen=True):
    """One way to a quantity: the selectors of one series under its names, all of them exported.

    `whole` are the same selectors with any value of the labels that `where` names: what the quantity is a part of.
    """

    selection: Selection
    selectors: tuple[str, ...]
    whole: tuple[str, ...]


class Exported(msgspec.Struct, frozen=True):
    """The exported part of a preset: label names by series, only of series that bear the model label."""

    preset: Preset
    labels: Mapping[str, frozenset[str]]
    identity: Identity
    presence: Selections
    """The selections whose current samples show that a model is served."""
    only: Model | None = None
    """The one model that is asked about, None for all."""

    @staticmethod
    def of(preset: Preset, labels: Mapping[str, frozenset[str]]) -> "Exported | None":
        """Return what is exported, None when nothing is by which a model could be recognised."""
        for selections in _by_importance(preset):
            for selection in selections:
                for name in selection.names:
                    present = labels.get(name, frozenset())
                    identity = _identity(preset, present)
                    if identity is not None and present.issuperset(selection.where):
                        return Exported(preset, labels, identity, selections)
        return None

    def use(self, selections: Selections) -> tuple[Way, ...]:
        """Return the ways to a quantity that this server offers, best first.

        Raises:
            NotExported: it offers none.
        """
        found = []
        reasons: dict[str, None] = {}
        for selection in selections:
            exported = []
            for name in selection.names:
                missing = self._missing_label(selection, name)
                if missing is None:
                    exported.append(name)
                elif missing:
                    reasons[f"{name} has no label {missing}"] = None
            if exported:
                found.append(self._way(selection, exported))
        if not found:
            names = dict.fromkeys(name for selection in selections for name in selection.names)
            raise NotExported("; ".join(reasons) or f"{' or '.join(names)} is not exported")
        return tuple(found)

    def first_label(self, candidates: tuple[str, ...]) -> str | None:
        """Return the first of some labels that the series which show a model's presence bear."""
        return next((label for label in candidates if label in self._presence_labels()), None)

    def has_target_labels(self) -> bool:
        """Return whether the scrape targets of a model can be told apart."""
        return self._presence_labels().issuperset(TARGET_LABELS)

    def _presence_labels(self) -> frozenset[str]:
        for selection in self.presence:
            for name in selection.names:
                if self.labels.get(name):
                    return self.labels[name]
        return frozenset()

    def _missing_label(self, selection: Selection, name: str) -> str | None:
        """Return the label that a series lacks, an empty text when it is not exported, None when nothing is missing."""
        labels = self.labels.get(name)
        if not labels:
            return ""
        return next((label for label in (*self.identity.group_labels, *selection.where) if label not in labels), None)

    def _way(self, selection: Selection, exported: list[str]) -> Way:
        served = self._served()
        part = [(label, "=~", pattern) for label, pattern in selection.where.items()]
        whole = [(label, "!=", "") for label in selection.where]
        unless = [(label, "!~", pattern) for label, pattern in selection.unless.items()]
        return Way(
            selection,
            selectors=tuple(selector(name, [*served, *part, *unless]) for name in exported),
            whole=tuple(selector(name, [*served, *whole, *unless]) for name in exported),
        )

    def _served(self) -> list[tuple[str, str, str]]:
        if self.only is None:
            return [(self.identity.model, "!=", "")]
        others = ((exported, "=", self.only.labels.get(name, "")) for name, exported in self.identity.others)
        return [(self.identity.model, "=", self.only.name.raw), *others]


def _identity(preset: Preset, labels: frozenset[str]) -> Identity | None:
    def first(candidates: tuple[str, ...]) -> str | None:
        return next((label for label in candidates if label in labels), None)

    model = first(preset.labels.model)
    if model is None:
        return None
    parts = (("cluster", first(preset.labels.cluster)), ("namespace", first(preset.labels.namespace)))
    return Identity(model, tuple((name, label) for name, label in parts if label is not None))


def _by_importance(preset: Preset) -> list[Selections]:
    latency = (preset.latency.counts,) if preset.latency is not None else ()
    gauges = tuple(gauge.series for gauge in preset.gauges.values())
    return [preset.requests, preset.successes, *latency, *preset.rates.values(), *gauges]
