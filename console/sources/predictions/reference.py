"""What a model is measured against, made once: bins from a reference's own quantiles and values, and its counts."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from console.domain.bins import Bins, ColumnKind, Reference, Role
from console.sources.predictions.counting import EARLIEST, LATEST, count
from console.sources.predictions.deciles import ask_deciles, told_deciles
from console.sources.predictions.drawing import finite, one_of
from console.sources.predictions.log import MODEL, VERSION, LoggedColumn, PredictionLog
from console.sources.predictions.thresholds import MOST_DISCRETE, edges_between
from console.transport.errors import SourceError

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
    only = _rows_of(log, model=model, version=version, start=start, end=end)
    profile = await _profile(store, only)
    if not profile.rows:
        raise EmptyReference(f"{store.shown}: {said} holds no rows{f' of {model}' if model else ''}")
    bins: dict[str, Bins] = {}
    skipped: dict[str, str] = {}
    for found in (await _bins_of_numbers(store, only, profile), await _bins_of_categories(store, only)):
        for column, made in found.items():
            if isinstance(made, Bins):
                bins[column] = made
            else:
                skipped[column] = made
    ordered = {column.name: bins[column.name] for column in log.columns if column.name in bins}
    return await _counted(store, only, Reference(said, profile.rows, ordered, fingerprint, skipped))


def role_of(log: PredictionLog, column: LoggedColumn) -> Role:
    """Return what a column is to the model."""
    if column == log.prediction:
        return Role.PREDICTION
    return Role.SCORE if column in log.scores else Role.FEATURE


class _Profile(msgspec.Struct, frozen=True):
    rows: int
    ends: dict[str, tuple[float, float]]
    """The smallest and the largest finite number of each column that holds any."""


def _rows_of(log: PredictionLog, *, model: str | None, version: str | None, start: float, end: float) -> PredictionLog:
    """Return the log of the reference's rows, as those of one model of one version."""
    import ibis

    rows = log.between(start, end)
    conditions = [rows[column] == value for column, value in ((MODEL, model), (VERSION, version)) if value is not None]
    chosen = rows.filter(*conditions) if conditions else rows
    chosen = chosen.mutate(**{MODEL: ibis.literal(_ONLY), VERSION: ibis.literal(_ONLY)})
    return msgspec.structs.replace(log, table=chosen, rows_between=lambda start, end: chosen)


def _numbers(log: PredictionLog) -> list[LoggedColumn]:
    return [column for column in log.columns if column.kind is ColumnKind.NUMBER]


async def _profile(store: "SqlStore", log: PredictionLog) -> _Profile:
    rows = 0
    ends: dict[str, tuple[float, float]] = {}
    for columns in _batched(_numbers(log)) or [[]]:
        asked = {"rows": log.table.count()}
        for place, column in enumerate(columns):
            number = finite(log.table, column)
            asked |= {f"low{place}": number.min(), f"high{place}": number.max()}
        answer = (await store.read(log.table.aggregate(**asked))).to_pylist()[0]
        rows = answer["rows"]
        for place, column in enumerate(columns):
            if (low := answer[f"low{place}"]) is not None:
                ends[column.name] = _around(low, answer[f"high{place}"])
    return _Profile(rows, ends)


def _around(low: float, high: float) -> tuple[float, float]:
    """Return ends that hold whole numbers, too, which are too large for a float to tell apart."""
    return (
        low if abs(low) < _LARGEST_EXACT else math.nextafter(low, -math.inf),
        high if abs(high) < _LARGEST_EXACT else math.nextafter(high, math.inf),
    )


async def _bins_of_numbers(store: "SqlStore", log: PredictionLog, profile: _Profile) -> dict[str, Bins | str]:
    one_in = profile.rows // SAMPLE_ROWS
    sample = one_of(log, log.table, one_in, store.engine) if one_in > 1 else log.table
    made: dict[str, Bins | str] = {}
    for columns in _batched(_numbers(log)):
        numbers = {column.name: finite(sample, column) for column in columns}
        asked: dict[str, ibis.Value] = {}
        for place, number in enumerate(numbers.values()):
            asked |= ask_deciles(str(place), number, store.engine)
        asked |= {f"{place} values": number.approx_nunique() for place, number in enumerate(numbers.values())}
        answer = (await store.read(sample.aggregate(**asked))).to_pylist()[0]
        few = {
            name: number
            for place, (name, number) in enumerate(numbers.items())
            if 0 < answer[f"{place} values"] <= MOST_DISCRETE
        }
        values = await _values_of(store, few)
        for place, column in enumerate(columns):
            deciles = told_deciles(str(place), answer)
            made[column.name] = _ranges(log, column, profile, deciles, values.get(column.name))
    return made


async def _values_of(store: "SqlStore", numbers: "Mapping[str, ibis.Value]") -> dict[str, list[float]]:
    """Return the distinct values of columns that have few."""
    import ibis

    found: dict[str, list[float]] = {name: [] for name in numbers}
    if numbers:
        places = [number.name("value").as_table().distinct() for number in numbers.values()]
        told = [table.mutate(place=ibis.literal(place, "int32")) for place, table in enumerate(places)]
        for row in (await store.read(ibis.union(*told))).to_pylist():
            if row["value"] is not None:
                list(found.values())[row["place"]].append(row["value"])
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


async def _bins_of_categories(store: "SqlStore", log: PredictionLog) -> dict[str, Bins | str]:
    import ibis

    made: dict[str, Bins | str] = {}
    categories = [column for column in log.columns if column.kind is ColumnKind.CATEGORY]
    for columns in _batched(categories):
        asked = [_commonest(log.table, column, place) for place, column in enumerate(columns)]
        found: list[list[tuple[int, str]]] = [[] for _ in columns]
        for row in (await store.read(ibis.union(*asked))).to_pylist():
            found[row["place"]].append((row["rows"], row["value"]))
        for column, values in zip(columns, found, strict=True):
            values.sort(key=lambda counted: (-counted[0], counted[1]))
            made[column.name] = _categories(column, values, role_of(log, column))
    return made


def _commonest(table: "ibis.Table", column: LoggedColumn, place: int) -> "ibis.Table":
    import ibis

    values = table.select(value=table[column.column].cast("string"))
    values = values.filter(values.value.notnull())
    counted = values.group_by("value").aggregate(rows=values.count())
    most = counted.order_by(counted["rows"].desc(), counted["value"]).limit(MOST_VALUES + 1)
    return most.select("value", "rows", ibis.literal(place, "int32").name("place"))


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


async def _counted(store: "SqlStore", log: PredictionLog, reference: Reference) -> Reference:
    """Return the reference with its own counts, made by the same expression as all later ones."""
    found = await count(store, log, {_ONLY: reference}, by_hour=False)
    counts = {name: tuple(matrix.sum(axis=0).tolist()) for name, matrix in found[_ONLY].counts.items()}
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
