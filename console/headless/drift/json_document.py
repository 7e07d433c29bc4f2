"""Drift as the JSON document `incident-console/drift/1`; within a version fields are only ever added."""

from typing import Any

from console.domain.drift import ColumnDrift, DriftView
from console.domain.moments import rfc3339
from console.headless.drift.words import what_moved
from console.headless.json_text import json_text, number

_FURTHER_DISTANCES = (
    "hellinger",
    "total_variation",
    "largest_difference",
    "chi_square",
    "kolmogorov_smirnov",
    "wasserstein",
)
SCHEMA = "incident-console/drift/1"


def drift_json(view: DriftView) -> str:
    """Return the document on one line that ends with a newline, columns most contributing first.

    Numbers are numbers, NaN and infinity are null, times are RFC 3339 in UTC, shares are ratios. Names are what they
    are, raw; characters that could steer a terminal are escaped.
    """
    return json_text(
        {
            "schema": SCHEMA,
            "model": view.model,
            "at": rfc3339(view.end),
            "start": rfc3339(view.start),
            "against": view.reference,
            "newest": _time(view.newest),
            "rows": {"reference": view.reference_rows, "current": view.current_rows},
            "features": [_column(column) for column in view.columns],
            "notes": view.notes,
        }
    )


def _column(column: ColumnDrift) -> dict[str, Any]:
    return {
        "name": column.name,
        "role": column.role,
        "verdict": column.verdict,
        "psi": number(column.psi),
        "js": number(column.js),
        **{name: number(getattr(column, name)) for name in _FURTHER_DISTANCES},
        "p_value": number(column.p_value),
        "share": number(column.share),
        "null_share": {"reference": number(column.null_share_reference), "current": number(column.null_share_current)},
        "breakage": column.breakage,
        "since": _time(column.onset),
        "detail": what_moved(column),
    }


def _time(instant: float | None) -> str | None:
    return rfc3339(instant) if instant is not None else None
