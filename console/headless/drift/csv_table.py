"""Drift as CSV, for a spreadsheet or a notebook."""

import csv
import io
import math

from console.domain.drift import ColumnDrift, DriftView
from console.domain.label import harmless
from console.domain.moments import rfc3339
from console.headless.csv_text import inert
from console.headless.drift.words import what_moved

_NUMBERS = (
    "psi",
    "js",
    "hellinger",
    "total_variation",
    "largest_difference",
    "chi_square",
    "kolmogorov_smirnov",
    "wasserstein",
    "p_value",
    "share",
    "null_share_reference",
    "null_share_current",
)
"""Fields of a column that are numbers, as the header calls them."""
HEADER = ("model", "version", "at", "name", "role", "verdict", *_NUMBERS, "reference_rows", "current_rows", "detail")


def drift_csv(view: DriftView) -> str:
    """Return a header and a row per column, those of each version behind those of all.

    `version` is empty in the rows of all versions together. What is not known is an empty cell; a text that a
    spreadsheet would take for a formula gets an apostrophe in front.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for each in (view, *view.versions):
        for column in each.columns:
            writer.writerow(_row(each, column))
    return out.getvalue()


def _row(view: DriftView, column: ColumnDrift) -> tuple[str | int | float, ...]:
    return (
        inert(harmless(view.model)),
        inert(harmless(view.version or "")),
        rfc3339(view.end),
        inert(harmless(column.name)),
        column.role.value,
        column.verdict.value,
        *(_number(getattr(column, name)) for name in _NUMBERS),
        view.reference_rows,
        view.current_rows,
        inert(what_moved(column)),
    )


def _number(value: float | None) -> float | str:
    return value if value is not None and math.isfinite(value) else ""
