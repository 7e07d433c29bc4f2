"""What a simulated model answers, and what comes true.

The model knows the world that it was trained in: its scores are calibrated until a fault changes what it is given, the
model, or the world.
"""

import zlib
from collections.abc import Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from console.simulation.predictions.faults import ConceptDrift
from console.simulation.predictions.features import Coded, Column, Floats, Mask
from console.simulation.predictions.inputs import Streams, progress, touched
from console.simulation.predictions.spec import LogSpec, Task

_THRESHOLD = 0.5
_SPREAD_OF_A_REGRESSION = 0.15
"""What one unit of logit does to the logarithm of the answer, and the noise that nobody can predict."""


class Answers(msgspec.Struct, frozen=True):
    """By row: the prediction, the score of each class (none for a regression), the label and what corrects it."""

    prediction: Column
    scores: dict[str, Floats]
    label: Column
    correction: Column

    def select(self, kept: Mask) -> "Answers":
        """Return some of the rows."""
        return Answers(
            prediction=part(self.prediction, kept),
            scores={name: score[kept] for name, score in self.scores.items()},
            label=part(self.label, kept),
            correction=part(self.correction, kept),
        )


def part(column: Column, kept: Mask) -> Column:
    """Return some rows of a column."""
    return Coded(column.codes[kept], column.values) if isinstance(column, Coded) else column[kept]


def answer(
    spec: LogSpec,
    streams: Streams,
    times: Floats,
    inputs: Mapping[str, Column],
    seen: Mapping[str, Column],
    bias: Floats,
) -> Answers:
    """Return what a model answers to what it has seen, and what becomes true of the inputs as they really were.

    `bias` is what the row's version adds to the logit of the first class.
    """
    answering = {Task.BINARY: _binary, Task.MULTICLASS: _multiclass, Task.REGRESSION: _regression}[spec.task]
    forgotten = _forgotten(spec, streams, times, inputs)
    return answering(spec, streams, _effects(spec, inputs), _effects(spec, seen), bias, forgotten)


def _effects(spec: LogSpec, columns: Mapping[str, Column]) -> list[Floats]:
    return [feature.effect(columns[feature.name]) * feature.weight for feature in spec.features if feature.weight]


def _forgotten(spec: LogSpec, streams: Streams, times: Floats, inputs: Mapping[str, Column]) -> Mask:
    """Return which labels do not follow the inputs any more."""
    rows = np.zeros(len(times), dtype=bool)
    for fault in spec.faults:
        if isinstance(fault, ConceptDrift):
            strength = fault.strength * progress(fault.begins, fault.over, times)
            drawn = streams("concept").uniform(size=len(times)) < strength
            rows |= drawn & touched(fault.begins, fault.only, times, inputs)
    return rows


def _binary(
    spec: LogSpec, streams: Streams, true: list[Floats], seen: list[Floats], bias: Floats, forgotten: Mask
) -> Answers:
    score = _logistic(spec.bias + sum(seen, np.zeros(len(bias))) + bias)
    chance = _shuffled(_logistic(spec.bias + sum(true, np.zeros(len(bias)))), forgotten, streams)
    label = (streams("label").uniform(size=len(bias)) < chance).astype(np.float64)
    return Answers(
        prediction=(score >= _THRESHOLD).astype(np.float64), scores={"": score}, label=label, correction=1.0 - label
    )


def _multiclass(
    spec: LogSpec, streams: Streams, true: list[Floats], seen: list[Floats], bias: Floats, forgotten: Mask
) -> Answers:
    count = len(spec.classes)
    trained = np.random.default_rng(zlib.crc32(spec.model.encode())).normal(0.0, 1.2, (len(true), count))
    scores = _softmax(seen, trained, bias)
    chances = _shuffled(_softmax(true, trained, np.zeros(len(bias))), forgotten, streams)
    drawn = streams("label").uniform(size=len(bias))[:, None] > np.cumsum(chances, axis=1)
    label = np.minimum(drawn.sum(axis=1), count - 1).astype(np.int32)
    return Answers(
        prediction=Coded(scores.argmax(axis=1).astype(np.int32), spec.classes),
        scores={name: scores[:, position] for position, name in enumerate(spec.classes)},
        label=Coded(label, spec.classes),
        correction=Coded((label + np.int32(1)) % np.int32(count), spec.classes),
    )


def _regression(
    spec: LogSpec, streams: Streams, true: list[Floats], seen: list[Floats], bias: Floats, forgotten: Mask
) -> Answers:
    noise = streams("label").standard_normal(len(bias))
    expected = _shuffled(sum(true, np.zeros(len(bias))), forgotten, streams)
    label = spec.middle * np.exp(_SPREAD_OF_A_REGRESSION * (expected + noise))
    prediction = spec.middle * np.exp(_SPREAD_OF_A_REGRESSION * (sum(seen, np.zeros(len(bias))) + bias))
    return Answers(prediction=prediction, scores={}, label=label, correction=label * 1.1)


def _softmax(effects: list[Floats], trained: Floats, bias: Floats) -> Floats:
    logits: NDArray[np.float64] = np.stack(effects, axis=1) @ trained
    logits[:, 0] += bias
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _logistic(logit: Floats) -> Floats:
    odds: Floats = 1.0 / (1.0 + np.exp(-logit))
    return odds


def _shuffled(values: Floats, rows: Mask, streams: Streams) -> Floats:
    """Return the values with those of some rows dealt out among these rows anew: the same ones, but to anybody."""
    if not rows.any():
        return values
    dealt = values.copy()
    dealt[rows] = streams("deal").permutation(values[rows])
    return dealt
