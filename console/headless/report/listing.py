"""The incidents of a journal, a line each."""

from typing import Any

from console.domain.moments import in_words, rfc3339
from console.domain.redaction import everything_redacted
from console.headless.cells import cell_width, pad
from console.headless.json_text import json_text
from console.headless.report.words import anomalies_in_words, shown
from console.journal.incidents import Incidents, RecordedIncident

SCHEMA = "incident-console/incidents/1"


def incidents_text(incidents: Incidents) -> str:
    """Return a line per incident, the last one first: id, severity, how it stands, what broke, who took care."""
    rows = [_cells(everything_redacted(record)) for record in reversed(tuple(incidents))]
    widths = [max(cell_width(row[column]) for row in rows) for column in range(4)] if rows else []
    return "".join(
        "  ".join((*map(pad, row, widths), row[4])).rstrip() + "\n"  # the last column is as long as it is
        for row in rows
    )


def incidents_json(incidents: Incidents) -> str:
    """Return the same as one JSON document, on a line."""
    records = map(everything_redacted, reversed(tuple(incidents)))
    return json_text({"schema": SCHEMA, "incidents": [_document(record) for record in records]})


def _cells(record: RecordedIncident) -> tuple[str, str, str, str, str]:
    closed = record.closed
    lasted = in_words(max(0.0, closed.recovered - record.opened.onset)) if closed is not None else ""
    taken = record.taken_by
    return (
        shown(record.id),
        record.severity.value,
        f"recovered after {lasted}" if closed is not None else "open",
        shown(anomalies_in_words(record.every_anomaly)),
        shown(taken.by) if taken is not None else "",
    )


def _document(record: RecordedIncident) -> dict[str, Any]:
    closed, taken = record.closed, record.taken_by
    return {
        "id": record.id,
        "model": {"id": record.opened.model_id, "name": record.opened.model_name},
        "severity": record.severity,
        "status": "open" if closed is None else "recovered",
        "onset": rfc3339(record.opened.onset),
        "detected": rfc3339(record.opened.at),
        "recovered": rfc3339(closed.recovered) if closed is not None else None,
        "acknowledged_by": taken.by if taken is not None else None,
        "anomalies": [anomaly.id for anomaly in record.every_anomaly],
    }
