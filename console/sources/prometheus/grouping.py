"""How rows are told to be a model's: by the labels that name it, or by where the requests were served."""

from collections.abc import Mapping

import msgspec

from console.domain.model import Model
from console.sources.prometheus.promql import aggregate, first_of, joined, marked, relabelled
from console.sources.prometheus.selection import Where
from console.sources.prometheus.signal_query import Identity

MODEL, CLUSTER, NAMESPACE, WORKLOAD = "model", "cluster", "namespace", "workload"
"""The names that labels of a place have once it no longer matters who exported them."""

TARGET_LABELS = ("job", "instance")
"""The labels that Prometheus gives to every scrape target."""

_RANDOM = "[bcdfghjklmnpqrstvwxz2456789]"
WORKLOAD_OF_POD = f"(.+?)(-{_RANDOM}{{1,10}}-{_RANDOM}{{5}}|-[0-9]+)?"
"""Pods of a Deployment are `name-<hash>-<5 letters>`, of those that Kubernetes draws; of a StatefulSet `name-<n>`.

Anything else is its own workload.
"""


class Places(msgspec.Struct, frozen=True):
    """Who is served where, as expressions: a row for each model and workload that it has pods of.

    `everybody` are all models that are known so far, `these` those that are asked about.
    """

    everybody: str
    these: str
    has_cluster: bool

    def alone(self, on: tuple[str, ...]) -> str:
        """Return the places that serve one model: of the others nobody can say whose a request was."""
        return f"({self.these} and on ({', '.join(on)}) {aggregate('count', on, self.everybody)} == 1)"

    def shared(self, on: tuple[str, ...]) -> str:
        """Return the places that serve several models."""
        return f"({self.these} and on ({', '.join(on)}) {aggregate('count', on, self.everybody)} > 1)"


class Renamed(msgspec.Struct, frozen=True):
    """One label under the name of a place's part, its value made by a regular expression."""

    ours: str
    exported: str
    pattern: str = "(.+)"
    replacement: str = "$1"

    def within(self, expression: str) -> str:
        """Return the expression with the label beside those that it has."""
        if (self.ours, self.pattern, self.replacement) == (self.exported, "(.+)", "$1"):
            return expression
        return relabelled(expression, self.ours, self.replacement, self.exported, self.pattern)


def pod_as_workload(label: str) -> Renamed:
    """Return how the name of a pod tells its workload."""
    return Renamed(WORKLOAD, label, WORKLOAD_OF_POD)


class ByLabels(msgspec.Struct, frozen=True):
    """The series name their model; those of the scrape targets `taken` (PromQL) are told of by others."""

    identity: Identity
    taken: str = ""

    @property
    def needed(self) -> tuple[str, ...]:
        """Return the labels that every series must bear."""
        return self.identity.group_labels

    @property
    def naming(self) -> tuple[str, ...]:
        """Return none: the label that names the model is among those needed."""
        return ()

    def placed(self, operator: str, expression: str, also: tuple[str, ...] = ()) -> str:
        """Return a row per model and value of further labels."""
        left = f"({expression}) unless on ({', '.join(TARGET_LABELS)}) {self.taken}" if self.taken else expression
        return aggregate(operator, (*self.identity.group_labels, *also), left)

    def summed(self, placed: str, also: tuple[str, ...]) -> str:
        """Return the sum of rows that differ in further labels only."""
        return aggregate("sum", (*self.identity.group_labels, *also), placed)

    def owned(self, operator: str, placed: str, also: tuple[str, ...] = ()) -> str:
        """Return the rows, which are models' already."""
        return placed


class ByPlace(msgspec.Struct, frozen=True):
    """The series name where they were served; `place` is made of the labels `needed`, the key label last.

    They are those of the one model that is served there. With `creates` they make models of their own, named by the
    label `model`, wherever no model is known. `only` are the models that are asked about, none for all.
    """

    needed: tuple[str, ...]
    place: tuple[Renamed, ...]
    model: str | None
    places: Places | None = None
    creates: bool = False
    only: tuple[Model, ...] = ()

    @staticmethod
    def of(where: Where, parts: Mapping[str, str], model: str | None, labels: frozenset[str]) -> "ByPlace | None":
        """Return how series with some labels are grouped, None when they do not say where they were served."""
        kinds = [Renamed(WORKLOAD, label) for label in where.workload]
        kinds += [Renamed(WORKLOAD, label, replacement="$1-deployment") for label in where.revision]
        kinds += [pod_as_workload(label) for label in where.pod]
        kind = next((kind for kind in kinds if kind.exported in labels), None)
        if kind is None:
            return None
        renamed = [Renamed(name, parts[name]) for name in (CLUSTER, NAMESPACE) if name in parts]
        return ByPlace((*(part.exported for part in renamed), kind.exported), (*renamed, kind), model)

    @property
    def naming(self) -> tuple[str, ...]:
        """Return the label that models of its own are named by, none where it makes none."""
        return (self.model,) if self.creates and self.model is not None else ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the parts of a place that the series tell."""
        return tuple(part.ours for part in self.place)

    @property
    def on(self) -> tuple[str, ...]:
        """Return the parts of a place by which the series are joined to models."""
        has_cluster = self.places is not None and self.places.has_cluster
        return tuple(name for name in self.names if name != CLUSTER or has_cluster)

    @property
    def identity(self) -> Identity:
        """Return which labels name the model in what is answered."""
        has_cluster = CLUSTER in self.names or (self.places is not None and self.places.has_cluster)
        parts = [*([CLUSTER] if has_cluster else []), *([NAMESPACE] if NAMESPACE in self.names else [])]
        return Identity(MODEL, tuple((part, part) for part in parts))

    @property
    def is_joined(self) -> bool:
        """Return whether any series can be told to be a known model's."""
        return self.places is not None and NAMESPACE in self.names

    def placed(self, operator: str, expression: str, also: tuple[str, ...] = ()) -> str:
        """Return a row per place, whoever is served there, and value of further labels."""
        placed = aggregate(operator, dict.fromkeys((*self.needed, *self.naming, *also)), expression)
        for part in self.place:
            placed = part.within(placed)
        return placed

    def summed(self, placed: str, also: tuple[str, ...]) -> str:
        """Return the sum of rows that differ in further labels only."""
        return aggregate("sum", dict.fromkeys((*self.names, *self.naming, *also)), placed)

    def owned(self, operator: str, placed: str, also: tuple[str, ...] = ()) -> str:
        """Return a row per model and value of further labels from rows of places."""
        by = (*self.identity.group_labels, *also)
        rows = []
        if self.places is not None and self.is_joined:
            lent = [name for name in self.identity.group_labels if name not in self.on]
            rows.append(aggregate(operator, by, joined(placed, self.on, lent, self.places.alone(self.on))))
        if self.creates and self.model is not None:
            named = Renamed(MODEL, self.model).within(placed)
            if self.places is not None:
                named = f"{named} unless on ({', '.join(self.on)}) {self.places.everybody}"
            rows.append(f"{aggregate(operator, by, named)}{self._asked}")
        return first_of(rows)

    @property
    def _asked(self) -> str:
        """Return what leaves only the rows of the models that are asked about."""
        if not self.only:
            return ""
        return f" and on ({', '.join(self.identity.group_labels)}) {first_of(map(self._literal, self.only))}"

    def _literal(self, model: Model) -> str:
        """Return a vector that holds one row: the labels of a model."""
        literal = marked("vector(1)", MODEL, model.name.raw)
        for part, _ in self.identity.others:
            literal = marked(literal, part, model.labels.get(part, ""))
        return literal


Grouping = ByLabels | ByPlace
