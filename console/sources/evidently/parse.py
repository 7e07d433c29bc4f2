"""Reads one file that Evidently wrote."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from console.sources.evidently import current, legacy
from console.sources.evidently.report import EvidentlyReport

_FORMATS: tuple[tuple[Callable[[Mapping[str, Any]], bool], Callable[[Mapping[str, Any]], EvidentlyReport]], ...] = (
    (current.is_snapshot, current.read_snapshot),
    (legacy.is_snapshot, legacy.read_snapshot),
    (current.is_report, current.read_report),
    (legacy.is_report, legacy.read_report),
)


class NotAReport(Exception):
    """A file holds no report of Evidently that says anything of drift or missing values; the message is one line."""


def parse(content: bytes) -> EvidentlyReport:
    """Return what a file says.

    Raises:
        NotAReport: It is no JSON, no report, or one about something else.
    """
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise NotAReport(f"no JSON: {error.msg} in line {error.lineno}") from None
    except (ValueError, RecursionError):  # not UTF-8, a number of thousands of digits, or a thousand levels
        raise NotAReport("no JSON that Evidently could have written") from None
    if not isinstance(document, dict):
        raise NotAReport("no report of Evidently: expected a mapping")
    for matches, read in _FORMATS:
        if matches(document):
            report = read(document)
            if not report.columns and report.drifted_share is None:
                raise NotAReport("a report without drift and without missing values")
            return report
    raise NotAReport(
        "no report of Evidently: expected what Snapshot.save_json or dumps, or Report.save_json or save wrote"
    )
