"""What is measured of a model: signals, their units and bad directions, and the state of a reading."""

from enum import StrEnum

import msgspec


class Direction(StrEnum):
    """The direction in which a signal is bad."""

    HIGH = "high"
    LOW = "low"
    NEITHER = "neither"


class Signal(msgspec.Struct, frozen=True):
    """One measured quantity of a model: `unit` is a UCUM-like word (`s`, `ratio`, `1/s`, `1`)."""

    name: str
    title: str
    unit: str
    bad: Direction


TRAFFIC = Signal("traffic", "traffic", "1/s", Direction.NEITHER)
ERROR_RATIO = Signal("error_ratio", "errors", "ratio", Direction.HIGH)
LATENCY_MEAN = Signal("latency_mean", "mean latency", "s", Direction.HIGH)
LATENCY_P50 = Signal("latency_p50", "p50 latency", "s", Direction.HIGH)
LATENCY_P95 = Signal("latency_p95", "p95 latency", "s", Direction.HIGH)
LATENCY_P99 = Signal("latency_p99", "p99 latency", "s", Direction.HIGH)
TIME_TO_FIRST_TOKEN = Signal("time_to_first_token", "p99 time to first token", "s", Direction.HIGH)
QUEUE = Signal("queue", "queue", "1", Direction.HIGH)
SATURATION = Signal("saturation", "saturation", "ratio", Direction.HIGH)
KV_CACHE = Signal("kv_cache", "KV cache", "ratio", Direction.HIGH)
TOKENS = Signal("tokens", "tokens", "1/s", Direction.NEITHER)
FEATURE_DRIFT = Signal("feature_drift", "feature drift", "psi", Direction.HIGH)
PREDICTION_DRIFT = Signal("prediction_drift", "prediction drift", "psi", Direction.HIGH)
DATA_QUALITY = Signal("data_quality", "broken data", "ratio", Direction.HIGH)
"""The share of a column's rows that are broken, of the worst column."""
MODEL_QUALITY = Signal("model_quality", "quality", "1", Direction.LOW)
"""The model's chosen metric; its own direction is that of the metric (`console.domain.quality`)."""

SIGNALS: dict[str, Signal] = {
    signal.name: signal
    for signal in (
        TRAFFIC,
        ERROR_RATIO,
        LATENCY_MEAN,
        LATENCY_P50,
        LATENCY_P95,
        LATENCY_P99,
        TIME_TO_FIRST_TOKEN,
        QUEUE,
        SATURATION,
        KV_CACHE,
        TOKENS,
        FEATURE_DRIFT,
        PREDICTION_DRIFT,
        DATA_QUALITY,
        MODEL_QUALITY,
    )
}

FROM_PREDICTIONS = (FEATURE_DRIFT, PREDICTION_DRIFT, DATA_QUALITY, MODEL_QUALITY)
"""What only logged predictions tell."""

LATENCY_BY_WORST_FIRST = (LATENCY_P99, LATENCY_P95, LATENCY_P50, LATENCY_MEAN)
"""Latency signals in the order in which one is chosen to speak for a model."""


class State(StrEnum):
    """Why a signal has a value, or has none."""

    OK = "ok"
    NO_TRAFFIC = "no_traffic"
    NO_DATA = "no_data"
    STALE = "stale"
    PARTIAL = "partial"
    NOT_EXPORTED = "not_exported"
    NOT_ENOUGH_DATA = "not_enough_data"
    ERROR = "error"
    SOURCE_DOWN = "source_down"


class Reading(msgspec.Struct, frozen=True):
    """A signal of a model at one instant.

    `value`, `expected`, `objective` and `limit` share the signal's unit and are None where there is none. `objective`
    is what somebody promised, `limit` what the value is judged by: the objective, or what the past allows. When `state`
    is `stale`, `value` is the last good one and `seen` (UTC seconds) says when that was. `detail` says the reason of a
    state in words.
    """

    signal: Signal
    state: State
    value: float | None = None
    expected: float | None = None
    objective: float | None = None
    seen: float | None = None
    detail: str | None = None
    limit: float | None = None
    at_least: bool = False
    """The value is the end of a histogram: what is slower was not measured any finer."""
    feature: str | None = None
    """The column that a signal of the prediction store speaks of, raw."""
