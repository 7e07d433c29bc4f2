"""Six hours of a log, a pure function of (model, seed, cell, rows per hour): the past and the present agree.

Every column has random numbers of its own, so that a fault changes the rows that it is about and no others.
"""

import math
import zlib

import msgspec
import numpy as np

from console.simulation.predictions.answers import Answers, answer, part
from console.simulation.predictions.faults import MissingRows, NewVersion
from console.simulation.predictions.features import Column, Floats, Mask
from console.simulation.predictions.inputs import arriving, logged, touched
from console.simulation.predictions.spec import LogSpec

HOUR = 3600.0
HOURS_OF_CELL = 6
CELL = HOURS_OF_CELL * HOUR
"""Rows are drawn by cells of so many seconds since the epoch: hours would cost as much again in calls."""
_WEEK_STARTED = 4 * 86400.0
"""The first Monday after the epoch: it began on a Thursday."""


class Draws:
    """Random numbers for one cell of one model; equal names give equal numbers."""

    def __init__(self, spec: LogSpec, seed: int, cell: int) -> None:
        self._key = (seed, cell, zlib.crc32(spec.model.encode()))

    def of(self, stream: str) -> np.random.Generator:
        """Return the generator of a stream."""
        return np.random.default_rng((*self._key, zlib.crc32(stream.encode())))


class Rows(msgspec.Struct, frozen=True):
    """Rows in the order of their timestamps (UTC seconds); `number` tells the rows of a cell apart, for their ids.

    `labelled` rows get their label at `label_time`; `corrected` ones another one at `correction_time`.
    """

    cell: int
    number: np.ndarray
    timestamp: Floats
    version: np.ndarray
    versions: tuple[str, ...]
    features: dict[str, Column]
    answers: Answers
    latency: Floats
    error: Mask
    labelled: Mask
    label_time: Floats
    corrected: Mask
    correction_time: Floats


def draw_cell(spec: LogSpec, seed: int, cell: int, rows_per_hour: float) -> Rows:
    """Return the rows of the cell that begins `cell * CELL` after the epoch; `rows_per_hour` is the mean of a week."""
    draws = Draws(spec, seed, cell)
    hours = cell * CELL + HOUR * np.arange(HOURS_OF_CELL, dtype=np.float64)
    counts = draws.of("rows").poisson(rows_per_hour * _traffic(spec, hours))
    count = int(counts.sum())
    times = np.sort(np.repeat(hours, counts) + draws.of("timestamp").uniform(0.0, HOUR, count))
    inputs = arriving(spec, draws.of, times)
    seen = logged(spec, draws.of, times, inputs)
    version, versions, bias = _versions(spec, draws, times)
    answers = answer(spec, draws.of, times, inputs, seen, bias)
    delay = spec.label_delay * np.exp(0.6 * draws.of("label delay").standard_normal(count))
    corrected = draws.of("correction").uniform(size=count) < spec.corrections
    rows = Rows(
        cell=cell,
        number=np.arange(count),
        timestamp=times,
        version=version,
        versions=versions,
        features=seen,
        answers=answers,
        latency=spec.latency * np.exp(0.4 * draws.of("latency").standard_normal(count)),
        error=draws.of("error").uniform(size=count) < spec.failures,
        labelled=draws.of("coverage").uniform(size=count) < spec.label_coverage,
        label_time=times + delay,
        corrected=corrected,
        correction_time=times + 3.0 * delay,
    )
    return select(rows, _kept(spec, draws, rows))


def select(rows: Rows, kept: Mask) -> Rows:
    """Return some of the rows."""
    if kept.all():
        return rows
    return msgspec.structs.replace(
        rows,
        number=rows.number[kept],
        timestamp=rows.timestamp[kept],
        version=rows.version[kept],
        features={name: part(column, kept) for name, column in rows.features.items()},
        answers=rows.answers.select(kept),
        latency=rows.latency[kept],
        error=rows.error[kept],
        labelled=rows.labelled[kept],
        label_time=rows.label_time[kept],
        corrected=rows.corrected[kept],
        correction_time=rows.correction_time[kept],
    )


def _traffic(spec: LogSpec, hours: Floats) -> Floats:
    """Return the traffic of hours as ratios of the week's mean: nights and weekends are quieter."""
    days = (hours - _WEEK_STARTED) / 86400.0
    daily = 1.0 - spec.daily * np.cos(2.0 * math.pi * (days % 1.0 - 0.1))
    weekend = np.where(days % 7.0 >= 5.0, 1.0 - spec.weekend, 1.0)
    traffic: Floats = daily * weekend / (1.0 - spec.weekend * 2.0 / 7.0)
    return traffic


def _versions(spec: LogSpec, draws: Draws, times: Floats) -> tuple[np.ndarray, tuple[str, ...], Floats]:
    """Return each row's version, as a position in the versions, and what it adds to the logit."""
    version = np.zeros(len(times), dtype=np.int32)
    versions, bias = [spec.version], np.zeros(len(times))
    for fault in spec.faults:
        if isinstance(fault, NewVersion):
            taken = (times >= fault.begins) & (draws.of("version").uniform(size=len(times)) < fault.share)
            version[taken], bias[taken] = len(versions), fault.bias
            versions.append(fault.version)
    return version, tuple(versions), bias


def _kept(spec: LogSpec, draws: Draws, rows: Rows) -> Mask:
    kept = np.ones(len(rows.timestamp), dtype=bool)
    for fault in spec.faults:
        if isinstance(fault, MissingRows):
            lost = draws.of("missing rows").uniform(size=len(kept)) < fault.share
            kept &= ~(lost & touched(fault.begins, fault.only, rows.timestamp, rows.features))
    return kept
