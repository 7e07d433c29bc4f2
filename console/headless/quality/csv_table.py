"""Quality as CSV, for a spreadsheet or a notebook."""

import csv
import io
import math

from console.domain.label import harmless
from console.domain.moments import rfc3339
from console.domain.quality import MetricReading, QualityView
from console.headless.csv_text import inert

HEADER = (
    "model",
    "version",
    "start",
    "end",
    "metric",
    "is_estimate",
    "value",
    "low",
    "high",
    "training",
    "rows",
    "coverage",
    "detail",
)


def quality_csv(view: QualityView) -> str:
    """Return a header and a row per metric, estimates behind what was measured, each version behind all together.

    `version` is empty in the rows of all versions together; `low` and `high` are the 95 % interval, times RFC 3339.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for each in (view, *view.versions):
        for reading in each.metrics:
            writer.writerow(_row(each, reading, each.start, each.end, is_estimate=False))
        for reading in each.estimated:
            start, end = each.estimated_start, each.estimated_end
            writer.writerow(_row(each, reading, start, end, is_estimate=True))
    return out.getvalue()


def _row(
    view: QualityView, reading: MetricReading, start: float | None, end: float | None, *, is_estimate: bool
) -> tuple[str | int | float, ...]:
    figures = (reading.value, reading.low, reading.high, reading.training)
    return (
        inert(harmless(view.model)),
        inert(harmless(view.version or "")),
        "" if start is None else rfc3339(start),
        "" if end is None else rfc3339(end),
        inert(harmless(reading.metric.name)),
        "true" if is_estimate else "false",
        *("" if figure is None or not math.isfinite(figure) else figure for figure in figures),
        reading.rows,
        "" if view.coverage is None or is_estimate else view.coverage,
        inert(harmless(reading.detail or "", 400)),
    )
