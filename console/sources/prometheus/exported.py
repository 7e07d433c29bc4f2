"""What of a preset a server really exports, and which of its alternatives can be used."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import msgspec

from console.domain.model import Model
from console.sources.prometheus.grouping import TARGET_LABELS, ByLabels, ByPlace, Grouping
from console.sources.prometheus.preset import Preset
from console.sources.prometheus.promql import aggregate, joined, matching, selector
from console.sources.prometheus.selection import Labelled, Selection, Selections
from console.sources.prometheus.signal_query import Identity

LabelNames = Mapping[str, frozenset[str]]
"""Label names by series."""


Matcher = tuple[str, str, str]
"""Label, operator, value."""


class NotExported(Exception):
    """A quantity cannot be had from this server; the text says why."""


class Term(msgspec.Struct, frozen=True):
    """One selector; `lent` are labels that it lacks and gets from a `lender` of the same scrape target (PromQL)."""

    selector: str
    lent: tuple[str, ...] = ()
    lender: str = ""
    part: str = ""
    """The function that takes the quantity out of a native histogram, empty where the series is the quantity."""

    def within(self, wrap: Callable[[str], str]) -> str:
        """Return the expression that a wrap makes of the selector, with all labels."""
        text = f"{self.part}({wrap(self.selector)})" if self.part else wrap(self.selector)
        return joined(f"({text})", TARGET_LABELS, self.lent, self.lender) if self.lent else text


class Way(msgspec.Struct, frozen=True):
    """One way to a quantity: the selectors of one series under its names, all of them exported.

    `whole` are the same selectors with any value of the labels that `where` names: what the quantity is a part of.
    """

    selection: Selection
    terms: tuple[Term, ...]
    whole: tuple[Term, ...]


class Exported(msgspec.Struct, frozen=True):
    """The exported part of a preset: label names by series, only of series that bear one of its key labels.

    `beside` are those of any series that gets its model from another series of its scrape target.
    """

    preset: Preset
    labels: LabelNames
    beside: LabelNames
    grouping: Grouping
    presence: Selections
    """The selections whose current samples show that a model is served."""
    only: tuple[Model, ...] = ()
    """The models that are asked about, none for all."""

    @staticmethod
    def of(preset: Preset, labels: LabelNames, beside: LabelNames | None = None) -> "Exported | None":
        """Return what is exported, None when nothing is by which a model, or where it runs, could be recognised."""
        known = beside or {}
        for selections in _by_importance(preset):
            if groupings := list(_groupings(preset, selections, labels, known)):
                grouping = min(groupings, key=partial(_rank_of_name, preset)) if preset.creates_models else groupings[0]
                return Exported(preset, labels, known, grouping, selections)
        return None

    @property
    def identity(self) -> Identity:
        """Return which labels name a model in what is answered."""
        return self.grouping.identity

    def grouped(self, operator: str, expression: str, *also: str) -> str:
        """Return an expression over series aggregated to one row per model, and per value of further labels."""
        return self.owned(operator, self.placed(operator, expression, *also), *also)

    def placed(self, operator: str, expression: str, *also: str) -> str:
        """Return the same by what the series themselves tell: a row per model, or per place whoever is served there."""
        return self.grouping.placed(operator, expression, also)

    def owned(self, operator: str, placed: str, *also: str) -> str:
        """Return the rows of models from what `placed` gave; one call for many of these makes a short query."""
        union = f"({placed})" if not isinstance(self.grouping, ByLabels) else placed
        return self.grouping.owned(operator, union, also)

    def use(self, selections: Selections) -> tuple[Way, ...]:
        """Return the ways to a quantity that this server offers, best first.

        Raises:
            NotExported: it offers none.
        """
        found = []
        reasons: dict[str, None] = {}
        for selection in selections:
            exported = []
            for name, part in _offered(selection, self.labels):
                missing = self._missing_label(selection, name)
                if missing is None:
                    exported.append((name, part))
                elif missing:
                    reasons[f"{name} has no label {missing}"] = None
            if exported:
                found.append(self._way(selection, exported))
        if not found:
            names = dict.fromkeys(name for selection in selections for name in selection.names)
            raise NotExported("; ".join(reasons) or f"{' or '.join(names)} is not exported")
        return tuple(found)

    def first_label(self, candidates: Labelled) -> str | None:
        """Return the first of some labels that the series which show a model's presence bear."""
        return _first(candidates, self._presence_labels())

    def has_target_labels(self) -> bool:
        """Return whether the scrape targets of a model can be told apart."""
        return self._presence_labels().issuperset(TARGET_LABELS)

    def bearers(self, series: str, *, of_all: bool = False) -> str:
        """Return the scrape targets of a series that bears the labels which others lack, and these labels.

        With `of_all` those of every model, whichever are asked about.
        """
        served = self._served(() if of_all else self.only)
        return aggregate("group", dict.fromkeys((*TARGET_LABELS, *self._lent(series))), selector(series, served))

    def shared_targets(self, series: str) -> str:
        """Return the bearers whose scrape target serves several models: what lacks the labels is nobody's there."""
        return f"({self.bearers(series)} {self._on_targets(series, '> 1')})"

    def on_targets_of_one_model(self, expression: str, series: str) -> str:
        """Return what an expression tells of the scrape targets where a series tells of one model."""
        return f"{expression} {self._on_targets(series, '== 1')}"

    def _on_targets(self, series: str, how_many: str) -> str:
        """Return what keeps the scrape targets where a series tells of so many models."""
        everybody = aggregate("count", TARGET_LABELS, self.bearers(series, of_all=True))
        return f"and on ({', '.join(TARGET_LABELS)}) {everybody} {how_many}"

    def is_exported(self, selection: Selection) -> bool:
        """Return whether a selection can be used."""
        return any(self._missing_label(selection, name) is None for name, _ in _offered(selection, self.labels))

    def native(self, histogram: Selection) -> Selection:
        """Return what is exported of a histogram as a native one.

        Raises:
            NotExported: nothing is.
        """
        names = tuple(name for name in histogram.names if _is_native(name, self.labels))
        if not names or histogram.labels_from is not None:
            raise NotExported(f"{' or '.join(histogram.names)} is not exported as a native histogram")
        return msgspec.structs.replace(histogram, series=names)

    def _presence_labels(self) -> frozenset[str]:
        for selection in self.presence:
            for name, _ in _offered(selection, self.labels):
                borne = _borne(selection, name, self.labels, self.beside)
                if borne and self._missing_label(selection, name) is None:
                    lender = selection.labels_from
                    return borne if lender is None else self.beside[name].union(self._lent(lender))
        return frozenset()

    @property
    def _required(self) -> tuple[str, ...]:
        """Return the labels that a series must bear, or be lent, to be read."""
        return tuple(dict.fromkeys((*self.grouping.needed, *self.grouping.naming)))

    def _missing_label(self, selection: Selection, name: str) -> str | None:
        """Return the label that a series lacks, an empty text when it is not exported, None when nothing is missing."""
        labels = _borne(selection, name, self.labels, self.beside)
        if not labels and selection.optional and selection.labels_from is None:
            return None
        lacks_none = self.beside.get(name, frozenset()).issuperset(self._required)
        if not labels or (selection.labels_from is not None and lacks_none):
            return ""
        return next((label for label in (*self._required, *selection.told_by) if label not in labels), None)

    def _lent(self, lender: str) -> tuple[str, ...]:
        """Return the labels that a lender lends: what names the model, not what tells its versions apart."""
        return tuple(label for label in self._required if label in self.labels.get(lender, ()))

    def _way(self, selection: Selection, exported: list[tuple[str, str]]) -> Way:
        served = self._served(self.only) if selection.labels_from is None else []
        frame = [(label, "=~", pattern) for label, pattern in selection.among.items()]
        frame += [(label, "!~", pattern) for label, pattern in selection.unless.items()]
        told = [(label, "!=", "") for label in selection.outcome_labels]
        return Way(
            selection,
            terms=tuple(
                self._term(selection, name, [*served, *matchers, *frame], part)
                for name, part in exported
                for matchers in self._parts(selection, name)
            ),
            whole=tuple(self._term(selection, name, [*served, *told, *frame], part) for name, part in exported),
        )

    def _parts(self, selection: Selection, name: str) -> Iterator[list[Matcher]]:
        """Yield the matchers of each part that counts; of the parts after the first those whose labels are there."""
        negative = [(label, "!~", pattern) for label, pattern in selection.where_not.items()]
        labels = _borne(selection, name, self.labels, self.beside)
        for number, part in enumerate(selection.parts):
            if number == 0 or labels.issuperset(part):
                unnamed = [(label, "!=", "") for label in selection.where_not if label not in part]
                yield [*((label, "=~", pattern) for label, pattern in part.items()), *negative, *unnamed]

    def _term(self, selection: Selection, name: str, matchers: list[Matcher], part: str) -> Term:
        if selection.labels_from is None:
            return Term(selector(name, matchers), part=part)
        own = self.beside.get(name, frozenset())
        lent = tuple(label for label in self._lent(selection.labels_from) if label not in own)
        lender = selection.labels_from
        alone = self.on_targets_of_one_model(self.bearers(lender), lender)
        return Term(selector(name, matchers), lent, f"({alone})")

    def _served(self, only: tuple[Model, ...]) -> list[Matcher]:
        if isinstance(self.grouping, ByPlace):
            return [(label, "!=", "") for label in (self.grouping.needed[-1], *self.grouping.naming)]
        if not only:
            return [(self.identity.model, "!=", "")]
        name = matching(self.identity.model, (model.name.raw for model in only))
        others = self.identity.others
        return [name, *(matching(label, (model.labels.get(ours, "") for model in only)) for ours, label in others)]


_PARTS_OF_NATIVE = {"_count": "histogram_count", "_sum": "histogram_sum"}


def _is_native(name: str, labels: LabelNames) -> bool:
    """Return whether a series is a histogram in one; a summary has the same name, and a label for its quantile."""
    return name in labels and "quantile" not in labels[name]


def _offered(selection: Selection, labels: LabelNames) -> Iterator[tuple[str, str]]:
    """Yield the names of a selection, and the native histograms that hold the same with the function that tells it."""
    yield from ((name, "") for name in selection.names)
    if selection.labels_from is None:
        for suffix, part in _PARTS_OF_NATIVE.items():
            for name in selection.names:
                bare = name.removesuffix(suffix)
                if bare != name and _is_native(bare, labels):
                    yield bare, part


def _borne(selection: Selection, name: str, labels: LabelNames, beside: LabelNames) -> frozenset[str]:
    """Return the labels of a series, those included that it gets from another one; none when it cannot be used."""
    if selection.labels_from is None:
        return labels.get(name, frozenset())
    own, lent = beside.get(name, frozenset()), labels.get(selection.labels_from, frozenset())
    return own | lent if own.issuperset(TARGET_LABELS) and lent.issuperset(TARGET_LABELS) else frozenset()


def _first(candidates: Labelled, labels: frozenset[str]) -> str | None:
    return next((label for label in candidates if label in labels), None)


def _grouping(preset: Preset, labels: frozenset[str]) -> Grouping | None:
    parts = [(name, label) for name, known in preset.labels.identity.items() if (label := _first(known, labels))]
    model = _first(preset.labels.model, labels)
    if preset.enriches is not None:
        place = ByPlace.of(preset.enriches, dict(parts), model, labels)
        if place is not None or not preset.creates_models:
            return place
    return ByLabels(Identity(model, tuple(parts))) if model is not None else None


def _groupings(preset: Preset, selections: Selections, labels: LabelNames, beside: LabelNames) -> Iterator[Grouping]:
    """Yield how each series that some selections read can be grouped, in their order."""
    for selection in selections:
        for name, _ in _offered(selection, labels):
            present = _borne(selection, name, labels, beside)
            grouping = _grouping(preset, present)
            if grouping is not None and present.issuperset(selection.told_by):
                yield grouping


def _rank_of_name(preset: Preset, grouping: Grouping) -> int:
    """Return how good a name the models get that are made of a grouping, 0 for the best."""
    known = preset.labels.model
    model = grouping.model if isinstance(grouping, ByPlace) else grouping.identity.model
    return known.index(model) if model in known else len(known)


def _by_importance(preset: Preset) -> list[Selections]:
    latencies = [latency.counts for latency in preset.latencies]
    gauges = [gauge.series for gauge in preset.gauges.values()]
    return [preset.requests, preset.successes, *latencies, *preset.rates.values(), *gauges]
