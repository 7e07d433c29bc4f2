"""The inputs of a simulated model: as the world sends them, and as a pipeline hands them on."""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from console.simulation.predictions.faults import (
    Constant,
    NewEncoding,
    NullSpike,
    PipelineFault,
    PopulationShift,
    Slice,
    UnitChange,
)
from console.simulation.predictions.features import (
    NULL,
    Coded,
    Column,
    Feature,
    Floats,
    HourOfDay,
    Mask,
    Number,
    categories,
    numbers,
)
from console.simulation.predictions.spec import LogSpec

Streams = Callable[[str], np.random.Generator]


def arriving(spec: LogSpec, streams: Streams, times: Floats) -> dict[str, Column]:
    """Return what the world asks at some instants (UTC seconds): by feature, without any fault of a pipeline."""
    shifts: dict[str, list[PopulationShift]] = {}
    for fault in spec.faults:
        if isinstance(fault, PopulationShift):
            shifts.setdefault(fault.feature, []).append(fault)
    # A shift of one slice needs the slice's own feature first.
    sliced = {name for name, faults in shifts.items() if any(fault.only for fault in faults)}
    columns: dict[str, Column] = {}
    for feature in sorted(spec.features, key=lambda each: each.name in sliced):
        columns[feature.name] = _drawn(feature, streams(feature.name), times, shifts.get(feature.name, ()), columns)
    return {feature.name: columns[feature.name] for feature in spec.features}


def logged(spec: LogSpec, streams: Streams, times: Floats, inputs: Mapping[str, Column]) -> dict[str, Column]:
    """Return what the model was given, and so what is logged: the inputs with what a pipeline does to them."""
    columns = dict(inputs)
    features = {feature.name: feature for feature in spec.features}
    for fault in spec.faults:
        if isinstance(fault, PipelineFault):
            rows = touched(fault.begins, fault.only, times, inputs)
            if rows.any():
                uniform = streams(f"{fault.feature}/fault").uniform(size=len(times))
                columns[fault.feature] = _broken(fault, features[fault.feature], columns[fault.feature], rows, uniform)
    return columns


def touched(begins: float, only: Slice | None, times: Floats, columns: Mapping[str, Column]) -> Mask:
    """Return which rows a fault is about."""
    rows: Mask = times >= begins
    if only is not None and rows.any():
        name, value = only
        column = categories(columns[name])
        rows = rows & (column.codes == column.values.index(value))
    return rows


def progress(begins: float, over: float, times: Floats) -> Floats:
    """Return how far (0–1) a change has come that takes `over` seconds."""
    if over <= 0.0:
        return np.asarray(times >= begins, dtype=np.float64)
    return np.clip((times - begins) / over, 0.0, 1.0)


def _drawn(
    feature: Feature,
    generator: np.random.Generator,
    times: Floats,
    shifts: Sequence[PopulationShift],
    columns: Mapping[str, Column],
) -> Column:
    if isinstance(feature, HourOfDay):
        return np.floor(times / 3600.0 % 24.0)
    count = len(times)
    # Draws come in this order for every feature: the value, what moves it, whether it is null.
    noon = -np.cos(2.0 * math.pi * times / 86400.0)
    moves = [(fault, progress(fault.begins, fault.over, times)) for fault in shifts]
    moved = [fault.by * part * touched(fault.begins, fault.only, times, columns) for fault, part in moves if part.any()]
    if isinstance(feature, Number):
        standard = generator.standard_normal(count) + feature.daily * noon
        values = feature.values(standard + sum(moved, np.zeros(count)))
        return np.where(generator.uniform(size=count) < feature.null_share, np.nan, values)
    column = feature.values(generator.uniform(size=count))
    moving = generator.uniform(size=count)
    column = _moved(column, moving < feature.daily * (1.0 + noon) / 2.0, 0)
    for share in moved:
        column = _moved(column, moving > 1.0 - share, len(feature.options) - 1)
    return _moved(column, generator.uniform(size=count) < feature.null_share, NULL)


def _moved(column: Coded, rows: Mask, code: int) -> Coded:
    return Coded(np.where(rows, np.int32(code), column.codes), column.values) if rows.any() else column


def _broken(fault: PipelineFault, feature: Feature, column: Column, rows: Mask, uniform: Floats) -> Column:
    match fault:
        case NullSpike(share=share):
            return _filled(column, rows & (uniform < share), None)
        case UnitChange(factor=factor):
            return np.where(rows, numbers(column) * factor, numbers(column))
        case NewEncoding():
            return _renamed(categories(column), rows)
        case Constant():
            return _filled(column, rows, feature.middle if isinstance(feature, Number) else 0.0)


def _filled(column: Column, rows: Mask, value: float | None) -> Column:
    """Return a column with one value in some rows: a number, or the position of a category; None is null."""
    if isinstance(column, Coded):
        return _moved(column, rows, NULL if value is None else int(value))
    return np.where(rows, np.nan if value is None else value, column)


def _renamed(column: Coded, rows: Mask) -> Coded:
    known = len(column.values)
    values = (*column.values, *(f"{value.lower()}:{number}" for number, value in enumerate(column.values)))
    return Coded(np.where(rows & (column.codes != NULL), column.codes + np.int32(known), column.codes), values)
