"""A backtest as the JSON document `incident-console/backtest/1`; within a version fields are only ever added."""

from typing import Any

from console.domain.moments import rfc3339
from console.domain.signal import Direction
from console.headless.backtest.result import Result, ScoredPoint
from console.headless.json_text import json_text, number

SCHEMA = "incident-console/backtest/1"
THRESHOLD = 0.5
"""The score from which on a point is an anomaly."""


def backtest_json(result: Result) -> str:
    """Return the document on one line that ends with a newline; what is not known is null, times are RFC 3339 in UTC.

    `timestamp` is as it was given; `expected`, `low` and `high` say what was usual at the point.
    """
    return json_text(
        {
            "schema": SCHEMA,
            "series": result.name,
            "direction": "both" if result.direction is Direction.NEITHER else result.direction.value,
            "step": result.step,
            "threshold": THRESHOLD,
            "anomalies": [_told(scored) for scored in result.anomalies],
            "points": [_told(scored) for scored in result.points],
        }
    )


def _told(scored: ScoredPoint) -> dict[str, Any]:
    return {
        "timestamp": scored.point.timestamp,
        "at": rfc3339(scored.point.instant),
        "value": number(scored.point.value),
        "score": round(scored.score, 6),
        "anomaly": scored.is_anomaly,
        "expected": scored.expected,
        "low": scored.low,
        "high": scored.high,
    }
