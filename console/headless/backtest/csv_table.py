"""A backtest as CSV: what came in, and two columns more."""

import csv
import io

from console.headless.backtest.result import Result

HEADER = ("timestamp", "value", "score", "anomaly")


def backtest_csv(result: Result) -> str:
    """Return a header and a row per point in the order of their instants, timestamps and values as they were given."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for scored in result.points:
        row = (scored.point.timestamp, scored.point.text, f"{scored.score:.6g}", int(scored.is_anomaly))
        writer.writerow(row)
    return out.getvalue()
