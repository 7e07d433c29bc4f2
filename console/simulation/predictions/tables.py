"""Rows of a simulated log as Arrow tables: the predictions, and the labels that came for them."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from console.simulation.predictions.answers import part
from console.simulation.predictions.faults import Dropped, Retyped
from console.simulation.predictions.features import Coded, Column, Floats, Mask, Number
from console.simulation.predictions.rows import Rows
from console.simulation.predictions.spec import LogSpec, Task

_INSTANT = pa.timestamp("us", tz="UTC")


def predictions_table(spec: LogSpec, rows: Rows) -> pa.Table:
    """Return `timestamp, model, version, request_id`, the features, `prediction`, scores, `latency` (s), `error`.

    The score of a binary model is `score`, those of a multiclass model `score_CLASS`. A failed request has no answer.
    """
    whole = {feature.name for feature in spec.features if isinstance(feature, Number) and feature.whole}
    columns = {
        "timestamp": _instants(rows.timestamp),
        "model": _same(spec.model, len(rows.timestamp)),
        "version": _array(Coded(rows.version, rows.versions)),
        "request_id": _ids(spec, rows),
    }
    for name, column in rows.features.items():
        columns[name] = _array(column, whole=name in whole)
    columns["prediction"] = _array(rows.answers.prediction, whole=spec.task is Task.BINARY, missing=rows.error)
    for name, score in rows.answers.scores.items():
        columns[f"score_{name}" if name else "score"] = _array(score, missing=rows.error)
    columns["latency"] = pa.array(rows.latency)
    columns["error"] = pa.array(rows.error)
    return pa.table(columns)


def labels_table(spec: LogSpec, rows: Rows) -> pa.Table:
    """Return `request_id, label, label_time` of all labels that these rows will ever get, corrections among them."""
    answered = rows.labelled & ~rows.error
    corrected = answered & rows.corrected
    ids, whole = _ids(spec, rows), spec.task is Task.BINARY
    tables = [
        pa.table(
            {
                "request_id": ids.filter(pa.array(chosen)),
                "label": _array(part(label, chosen), whole=whole),
                "label_time": _instants(times[chosen]),
            }
        )
        for chosen, label, times in (
            (answered, rows.answers.label, rows.label_time),
            (corrected, rows.answers.correction, rows.correction_time),
        )
    ]
    return pa.concat_tables(tables)


def with_schema_faults(spec: LogSpec, table: pa.Table, begins: float) -> pa.Table:
    """Return the table of a file that begins at an instant (UTC seconds) as what happened to the schema leaves it."""
    for fault in spec.faults:
        if isinstance(fault, Dropped) and begins >= fault.begins:
            table = table.drop_columns([fault.feature])
        if isinstance(fault, Retyped) and begins >= fault.begins:
            position = table.column_names.index(fault.feature)
            table = table.set_column(position, fault.feature, table[fault.feature].cast(pa.string()))
    return table


def before(table: pa.Table, column: str, instant: float) -> tuple[pa.Table, pa.Table]:
    """Return the rows whose time is before an instant (UTC seconds), and the others."""
    earlier = pc.less(table[column], pa.scalar(round(instant * 1e6), pa.int64()).cast(_INSTANT))
    return table.filter(earlier), table.filter(pc.invert(earlier))


def _array(column: Column, *, whole: bool = False, missing: Mask | None = None) -> pa.Array:
    """Return an array of strings, whole numbers or numbers, null where the column is, or where it is `missing`."""
    if isinstance(column, Coded):
        absent = column.codes < 0 if missing is None else (column.codes < 0) | missing
        indices = pa.array(np.where(absent, 0, column.codes), mask=absent)
        return pa.DictionaryArray.from_arrays(indices, pa.array(column.values, pa.string())).cast(pa.string())
    absent = np.isnan(column) if missing is None else np.isnan(column) | missing
    if whole:
        return pa.array(np.where(absent, 0.0, column).astype(np.int64), mask=absent)
    return pa.array(column, mask=absent)


def _instants(times: Floats) -> pa.Array:
    return pa.array(np.round(times * 1e6).astype(np.int64)).cast(_INSTANT)


def _same(value: str, count: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, dtype=np.int32)), [value]).cast(pa.string())


def _ids(spec: LogSpec, rows: Rows) -> pa.Array:
    prefix = _same(f"{spec.model}-{rows.cell}", len(rows.number))
    return pc.binary_join_element_wise(prefix, pa.array(rows.number).cast(pa.string()), "-")
