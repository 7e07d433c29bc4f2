"""What a model is measured against, made once: bins from a reference's own quantiles and values, and its counts."""

import hashlib
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import msgspec

from console.domain.bins import Bins, ColumnKind, Reference, Role
from console.sources.predictions.clock import utc_literal
from console.sources.predictions.counting import count
from console.sources.predictions.deciles import ask_deciles, told_deciles
from console.sources.predictions.drawing import drawn_by, finite, one_of
from console.sources.predictions.group_counts import EARLIEST, LATEST, GroupCounts
from console.sources.predictions.log import MODEL, TIMESTAMP, VERSION, LoggedColumn, PredictionLog
from console.sources.predictions.thresholds import MOST_DISCRETE, edges_between
from console.transport.errors import SourceError, TooLarge

if TYPE_CHECKING:
    import ibis

    from console.transport.sql import SqlStore

MOST_CATEGORIES = 20
"""So many of the commonest values have a bin of their own."""
MOST_VALUES = 1000
"""A column of more values has no bin for new ones: too many would have to be kept."""
SAMPLE_ROWS = 100_000
"""From about so many rows quantiles are taken; counts are always of all rows."""
ID_LIKE = 0.9
"""A column with more distinct values than this share of its rows names rows and does not describe them."""

_COLUMNS_AT_ONCE = 50
_FEWEST_FOR_ID = 30
_LARGEST_EXACT = 2.0**53
_ONLY = ""


class EmptyReference(SourceError):
    """A reference holds no rows; nothing can be measured against it."""

    kind = "empty_reference"


class ChosenRows(msgspec.Struct, frozen=True):
    """The rows of a reference: of one model, one version, from `start` to before `end`; `said` names it in words."""

    said: str
    model: str | None = None
    version: str | None = None
    start: float = EARLIEST
    end: float = LATEST


async def make_reference(
    store: "SqlStore",
    log: PredictionLog,
    *,
    said: str,
    fingerprint: str,
    model: str | None = None,
    version: str | None = None,
    start: float = EARLIEST,
    end: float = LATEST,
) -> Reference:
    """Return the reference that the rows of a log are, of one model, one version, or from `start` to before `end`.

    The log may be a data set of its own, without timestamps, models and versions: then `model` is None. `said` names
    the reference in words.

    Raises:
        EmptyReference: There are no such rows.
        SourceError: The store gave no answer.
    """
    chosen = ChosenRows(said, model, version, start, end)
    made = (await make_references(store, log, {model or _ONLY: chosen}))[model or _ONLY]
    if isinstance(made, EmptyReference):
        raise made
    return msgspec.structs.replace(made, fingerprint=fingerprint)


async def make_references(
    store: "SqlStore", log: PredictionLog, wanted: Mapping[str, ChosenRows]
) -> dict[str, Reference | EmptyReference]:
    """Return the references, without a fingerprint, that rows of a log are; where there are none, what to tell of it.

    They are by what is wanted: the raw name of their model; a reference of no model is made alone. What their columns
    hold is asked of all models together.

    Raises:
        SourceError: The store gave no answer.
    """
    log_of_all = _rows_of(log, wanted)
    try:
        profiles = await _profiles(store, log_of_all)
        numbers = await _bins_of_numbers(store, log_of_all, profiles)
        categories = await _bins_of_categories(store, log_of_all, profiles)
    except TooLarge:
        if len(wanted) == 1:
            raise
        names = list(wanted)
        halves = (names[: len(names) // 2], names[len(names) // 2 :])
        parts = [await make_references(store, log, {name: wanted[name] for name in half}) for half in halves]
        return parts[0] | parts[1]
    made: dict[str, Reference | EmptyReference] = {}
    for name, chosen in wanted.items():
        if name not in profiles:
            of = f" of {chosen.model}" if chosen.model else ""
            made[name] = EmptyReference(f"{store.shown}: {chosen.said} holds no rows{of}")
            continue
        found = numbers[name] | categories[name]
        bins = {column.name: found[column.name] for column in log.columns if column.name in found}
        made[name] = Reference(
            chosen.said,
            profiles[name].rows,
            {column: told for column, told in bins.items() if isinstance(told, Bins)},
            "",
            {column: told for column, told in found.items() if not isinstance(told, Bins)},
        )
    return made | await _counted(store, log_of_all, made)


def role_of(log: PredictionLog, column: LoggedColumn) -> Role:
    """Return what a column is to the model."""
    if column == log.prediction:
        return Role.PREDICTION
    return Role.SCORE if column in log.scores else Role.FEATURE


class _Profile(msgspec.Struct, frozen=True):
    rows: int
    ends: dict[str, tuple[float, float]]
    """The smallest and the largest finite number of each column that holds any."""


def _rows_of(log: PredictionLog, wanted: Mapping[str, ChosenRows]) -> PredictionLog:
    """Return the log of the rows of references, as those of one version; of a single one, as those of one model."""

    def chosen(_start: float, _end: float, columns: Collection[str] | None) -> "ibis.Table":
        return _chosen(log, wanted, columns)

    return msgspec.structs.replace(log, table=_chosen(log, wanted, None), rows_between=chosen)


def _chosen(log: PredictionLog, wanted: Mapping[str, ChosenRows], columns: Collection[str] | None) -> "ibis.Table":
    import ibis

    start, end = min(each.start for each in wanted.values()), max(each.end for each in wanted.values())
    rows = log.between(start, end, columns)
    changed = {VERSION: ibis.literal(_ONLY)}
    if len(wanted) == 1:
        ((name, only),) = wanted.items()
        told = ((MODEL, only.model), (VERSION, only.version))
        conditions = [rows[column] == value for column, value in told if value is not None]
        chosen = rows.filter(*conditions) if conditions else rows
        changed[MODEL] = ibis.literal(name)
    else:
        models: dict[ChosenRows, list[str]] = {}
        for name, each in wanted.items():
            models.setdefault(msgspec.structs.replace(each, said="", model=None), []).append(name)
        chosen = rows.filter(reduce(or_, (_is_of(rows, window, names) for window, names in models.items())))
    return chosen.mutate(**changed)


def _is_of(rows: "ibis.Table", window: ChosenRows, models: Sequence[str]) -> "ibis.Value":
    at = rows[TIMESTAMP]
    is_of = rows[MODEL].isin(models) & (at >= utc_literal(window.start)) & (at < utc_literal(window.end))
    return is_of if window.version is None else is_of & (rows[VERSION] == window.version)


def _table(log: PredictionLog, columns: Sequence[LoggedColumn]) -> "ibis.Table":
    """Return all rows with some columns, and with those by which rows are drawn."""
    return log.between(EARLIEST, LATEST, {*drawn_by(log), *(column.column for column in columns)})


def _numbers(log: PredictionLog) -> list[LoggedColumn]:
    return [column for column in log.columns if column.kind is ColumnKind.NUMBER]


async def _profiles(store: "SqlStore", log: PredictionLog) -> dict[str, _Profile]:
    """Return how many rows and which numbers every model has; one without rows is absent."""
    rows: dict[str, int] = {}
    ends: dict[str, dict[str, tuple[float, float]]] = {}
    for columns in _batched(_numbers(log)) or [[]]:
        table = _table(log, columns)
        asked = {"rows": table.count()}
        for place, column in enumerate(columns):
            number = finite(table, column)
            asked |= {f"low{place}": number.min(), f"high{place}": number.max()}
        for answer in (await store.read(table.group_by(MODEL).aggregate(**asked))).to_pylist():
            name = answer[MODEL]
            rows.setdefault(name, answer["rows"])
            of_model = ends.setdefault(name, {})
            for place, column in enumerate(columns):
                if (low := answer[f"low{place}"]) is not None:
                    of_model[column.name] = _around(low, answer[f"high{place}"])
    return {name: _Profile(count, ends[name]) for name, count in rows.items()}


def _around(low: float, high: float) -> tuple[float, float]:
    """Return ends that hold whole numbers, too, which are too large for a float to tell apart."""
    return (
        low if abs(low) < _LARGEST_EXACT else math.nextafter(low, -math.inf),
        high if abs(high) < _LARGEST_EXACT else math.nextafter(high, math.inf),
    )


async def _bins_of_numbers(
    store: "SqlStore", log: PredictionLog, profiles: Mapping[str, _Profile]
) -> dict[str, dict[str, Bins | str]]:
    """Return the bins of numbers, or why there are none, by model and column."""
    by_share: dict[int, list[str]] = {}
    for name, profile in profiles.items():
        by_share.setdefault(max(1, profile.rows // SAMPLE_ROWS), []).append(name)
    made: dict[str, dict[str, Bins | str]] = {name: {} for name in profiles}
    for one_in, models in by_share.items():
        for columns in _batched(_numbers(log)):
            rows = _table(log, columns)
            rows = rows if len(by_share) == 1 else rows.filter(rows[MODEL].isin(models))
            sample = one_of(log, rows, one_in, store.engine) if one_in > 1 else rows
            numbers = [finite(sample, column) for column in columns]
            asked: dict[str, ibis.Value] = {}
            for place, number in enumerate(numbers):
                asked |= ask_deciles(str(place), number, store.engine)
            asked |= {f"{place} values": number.approx_nunique() for place, number in enumerate(numbers)}
            answers = (await store.read(sample.group_by(MODEL).aggregate(**asked))).to_pylist()
            by_model = {answer[MODEL]: answer for answer in answers}
            few = {
                column: [name for name in by_model if 0 < by_model[name][f"{place} values"] <= MOST_DISCRETE]
                for place, column in enumerate(columns)
            }
            values = await _values_of(store, sample, {column: names for column, names in few.items() if names}, models)
            for name in models:
                for place, column in enumerate(columns):
                    deciles = told_deciles(str(place), by_model[name]) if name in by_model else ()
                    few_values = values.get((name, column.name), []) if name in few[column] else None
                    made[name][column.name] = _ranges(log, column, profiles[name], deciles, few_values)
    return made


async def _values_of(
    store: "SqlStore", sample: "ibis.Table", few: Mapping[LoggedColumn, Sequence[str]], models: Sequence[str]
) -> dict[tuple[str, str], list[float]]:
    """Return the distinct values of columns of those of the sample's models that have few, by model and column."""
    import ibis

    found: dict[tuple[str, str], list[float]] = {}
    asked = []
    for place, (column, names) in enumerate(few.items()):
        rows = sample if len(names) == len(models) else sample.filter(sample[MODEL].isin(names))
        values = rows.select(**{MODEL: rows[MODEL], "value": finite(rows, column)}).distinct()
        asked.append(values.mutate(place=ibis.literal(place, "int32")))
    if asked:
        columns = [column.name for column in few]
        for row in (await store.read(ibis.union(*asked))).to_pylist():
            if row["value"] is not None:
                found.setdefault((row[MODEL], columns[row["place"]]), []).append(row["value"])
    return found


def _ranges(
    log: PredictionLog,
    column: LoggedColumn,
    profile: _Profile,
    deciles: Sequence[float],
    few: list[float] | None,
) -> Bins | str:
    if column.name not in profile.ends:
        return "holds no number in the reference"
    low, high = profile.ends[column.name]
    known = list(deciles)
    if log.table[column.column].type().is_integer():
        known = [float(decile // 1) for decile in known]
    return Bins(
        column=column.name,
        role=role_of(log, column),
        kind=ColumnKind.NUMBER,
        reference=(),
        edges=edges_between(low, high, known if few is None else few),
        low=low,
        high=high,
        quantiles=tuple(known),
        type_name=column.type_name,
    )


async def _bins_of_categories(
    store: "SqlStore", log: PredictionLog, models: Iterable[str]
) -> dict[str, dict[str, Bins | str]]:
    """Return the bins of categories, or why there are none, by model and column."""
    import ibis

    made: dict[str, dict[str, Bins | str]] = {name: {} for name in models}
    categories = [column for column in log.columns if column.kind is ColumnKind.CATEGORY]
    for columns in _batched(categories):
        table = _table(log, columns)
        asked = [_commonest(table, column, place) for place, column in enumerate(columns)]
        found: dict[tuple[str, int], list[tuple[int, str]]] = {}
        for row in (await store.read(ibis.union(*asked))).to_pylist():
            found.setdefault((row[MODEL], row["place"]), []).append((row["rows"], row["value"]))
        for name, of_model in made.items():
            for place, column in enumerate(columns):
                values = sorted(found.get((name, place), []), key=lambda counted: (-counted[0], counted[1]))
                of_model[column.name] = _categories(column, values, role_of(log, column))
    return made


def _commonest(table: "ibis.Table", column: LoggedColumn, place: int) -> "ibis.Table":
    """Return the commonest values of each model, one more of them than are kept."""
    import ibis

    values = table.select(**{MODEL: table[MODEL], "value": table[column.column].cast("string")})
    values = values.filter(values.value.notnull())
    counted = values.group_by([MODEL, "value"]).aggregate(rows=values.count())
    order = [counted["rows"].desc(), counted["value"]]
    ranked = counted.mutate(rank=ibis.row_number().over(group_by=counted[MODEL], order_by=order))
    most = ranked.filter(ranked["rank"] <= MOST_VALUES)
    return most.select(MODEL, "value", "rows", ibis.literal(place, "int32").name("place"))


def _categories(column: LoggedColumn, values: Sequence[tuple[int, str]], role: Role) -> Bins | str:
    rows = sum(count for count, _ in values)
    if not rows:
        return "holds no value in the reference"
    if rows >= _FEWEST_FOR_ID and len(values) >= ID_LIKE * rows:
        return "has almost as many values as rows in the reference, as an id has"
    names = [value for _, value in values]
    return Bins(
        column=column.name,
        role=role,
        kind=ColumnKind.CATEGORY,
        reference=(),
        categories=tuple(names[:MOST_CATEGORIES]),
        rare=tuple(names[MOST_CATEGORIES:]) if len(names) <= MOST_VALUES else (),
        type_name=column.type_name,
    )


async def _counted(
    store: "SqlStore", log: PredictionLog, made: Mapping[str, Reference | EmptyReference]
) -> dict[str, Reference | EmptyReference]:
    """Return the references with their own counts, made by the same expression as all later ones."""
    references = {name: reference for name, reference in made.items() if isinstance(reference, Reference)}
    found = await count(store, log, references, by_hour=False) if references else {}
    return {name: _with_counts(reference, found[name]) for name, reference in references.items()}


def _with_counts(reference: Reference, groups: GroupCounts) -> Reference:
    counts = {name: tuple(matrix.sum(axis=0).tolist()) for name, matrix in groups.counts.items()}
    bins = {
        name: msgspec.structs.replace(made, reference=counts[name])
        for name, made in reference.bins.items()
        if name in counts
    }
    return msgspec.structs.replace(reference, bins=bins)


def _batched(columns: Sequence[LoggedColumn]) -> list[Sequence[LoggedColumn]]:
    return [columns[start : start + _COLUMNS_AT_ONCE] for start in range(0, len(columns), _COLUMNS_AT_ONCE)]


async def identify_rows(store: "SqlStore", log: PredictionLog) -> str:
    """Return a text that is another one when the rows of a data set are others: their number, and what is largest.

    Raises:
        SourceError: The store gave no answer.
    """
    rows = log.between(EARLIEST, LATEST)
    told: list[object] = []
    for columns in _batched(log.columns) or [()]:
        asked = {"rows": rows.count()}
        for place, column in enumerate(columns):
            asked[f"count{place}"] = rows[column.column].count()
            if column.kind is ColumnKind.NUMBER:
                number = finite(rows, column)
                asked |= {f"low{place}": number.min(), f"high{place}": number.max()}
            else:
                asked[f"high{place}"] = rows[column.column].cast("string").max()
        told.append((await store.read(rows.aggregate(**asked))).to_pylist())
    return hashlib.sha256(repr((log.columns, told)).encode()).hexdigest()[:16]
