"""From rows of versions and replicas to the parts of each model."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from console.domain.circumstances import Part
from console.domain.model import Model
from console.domain.series import Series
from console.history.buffer import Rows
from console.history.circumstances.adding import added
from console.history.owners import ModelKey
from console.sources.prometheus.answers import decode_labels
from console.sources.prometheus.part_queries import Breakdown, PartQuery, Quantity
from console.sources.prometheus.signal_query import Identity

FindsModel = Callable[[ModelKey], Model | None]
"""Returns whose rows of a key are, None where nobody can tell."""

_Measured = dict[Quantity, Series]


class PartsOfModel(msgspec.Struct):
    """The parts of one model by name, as far as they were read.

    `version_label` and `replica_label` are the labels that named them first: parts that other labels name are others.
    """

    versions: dict[str, _Measured] = {}
    replicas: dict[str, _Measured] = {}
    version_of: dict[str, str] = {}
    version_label: str | None = None
    replica_label: str | None = None

    def take_versions(self, label: str, quantity: Quantity, found: Mapping[str, Series]) -> None:
        """Take a quantity of each version, unless another preset has told it already."""
        if found and self.version_label in (None, label):
            self.version_label = label
            _take(self.versions, quantity, found)

    def take_replicas(self, label: str, quantity: Quantity, found: Mapping[str, Series]) -> None:
        """Take a quantity of each replica likewise."""
        if found and self.replica_label in (None, label):
            self.replica_label = label
            _take(self.replicas, quantity, found)


def _take(parts: dict[str, _Measured], quantity: Quantity, found: Mapping[str, Series]) -> None:
    if any(quantity in measured for measured in parts.values()):
        return
    for name, series in found.items():
        parts.setdefault(name, {})[quantity] = series


def parts_by_model(
    readings: Iterable[tuple[Breakdown, Iterable[tuple[PartQuery, Rows]]]], find: FindsModel
) -> dict[str, PartsOfModel]:
    """Return the parts of every model (by id) that any row tells of; the first preset that tells a quantity counts."""
    models: defaultdict[str, PartsOfModel] = defaultdict(PartsOfModel)
    for told, of_preset in readings:
        for query, rows in of_preset:
            for model_id, of_model in _by_model(told.identity, rows, find).items():
                _place(models[model_id], told, query, of_model)
    return dict(models)


_Labelled = tuple[dict[str, str], Series]


def _by_model(identity: Identity, rows: Rows, find: FindsModel) -> dict[str, list[_Labelled]]:
    found: defaultdict[str, list[_Labelled]] = defaultdict(list)
    for labels, model, series in rows_of_models(identity, rows, find):
        found[model.id].append((labels, series))
    return found


def rows_of_models(identity: Identity, rows: Rows, find: FindsModel) -> Iterator[tuple[dict[str, str], Model, Series]]:
    """Yield the labels, the model and the series of each row that is a model's."""
    for raw, series in zip(rows.keys, rows.series, strict=True):
        labels = decode_labels(raw)
        name, others = identity.of(labels)
        model = find((name, tuple(sorted(others.items()))))
        if model is not None:
            yield labels, model, series


def _place(parts: PartsOfModel, told: Breakdown, query: PartQuery, rows: list[_Labelled]) -> None:
    if told.version is not None and told.version in query.by:
        parts.take_versions(told.version, query.quantity, _named(rows, told.version))
    if told.replica is not None and told.replica in query.by:
        parts.take_replicas(told.replica, query.quantity, _named(rows, told.replica))
        if told.version is not None and told.version in query.by:
            parts.version_of |= _newest_versions(rows, told.replica, told.version)


def _named(rows: list[_Labelled], label: str) -> dict[str, Series]:
    """Return the sum of the rows of each name; rows that bear none are no part."""
    by_name: defaultdict[str, list[Series]] = defaultdict(list)
    for labels, series in rows:
        if name := labels.get(label):
            by_name[name].append(series)
    return {name: added(series) for name, series in by_name.items()}


def _newest_versions(rows: list[_Labelled], replica: str, version: str) -> dict[str, str]:
    """Return the version that each replica served last."""
    newest: dict[str, tuple[float, str]] = {}
    for labels, series in rows:
        name, seen = labels.get(replica), series.last_seen()
        if name and labels.get(version) and seen is not None:
            newest[name] = max(newest.get(name, (seen, "")), (seen, labels[version]))
    return {name: told for name, (_, told) in newest.items()}


def as_parts(
    measured: Mapping[str, _Measured],
    version_of: Mapping[str, str] | None = None,
    node_of: Mapping[str, str] | None = None,
) -> tuple[Part, ...]:
    """Return parts in the order of their names, with the versions and machines that are known."""
    versions, nodes = version_of or {}, node_of or {}
    return tuple(
        Part(
            name,
            of_part.get(Quantity.TRAFFIC),
            of_part.get(Quantity.ERROR_RATIO),
            of_part.get(Quantity.LATENCY),
            of_part.get(Quantity.LATENCY_HIGH),
            versions.get(name),
            nodes.get(name),
        )
        for name, of_part in sorted(measured.items())
    )
