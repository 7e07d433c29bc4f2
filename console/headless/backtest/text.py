"""A backtest as text: when something would have been told, and what was usual then."""

from console.domain.moments import in_words, rfc3339
from console.domain.quantity import how_many
from console.headless.backtest.result import Result, ScoredPoint


def backtest_text(result: Result) -> str:
    """Return a line on the series and a line per anomaly."""
    first, last = result.points[0].point, result.points[-1].point
    found = result.anomalies
    head = f"{len(result.points):,} points from {rfc3339(first.instant)} to {rfc3339(last.instant)}"
    head += f", judged each {in_words(result.step)}: {how_many(len(found), 'anomaly', 'anomalies')}"
    return "\n".join([head, *(_line(scored) for scored in found)]) + "\n"


def _line(scored: ScoredPoint) -> str:
    told = f"{rfc3339(scored.point.instant)}  score {scored.score:.2f}  {scored.point.value:.6g}"
    if scored.low is None or scored.high is None or scored.expected is None:
        return told
    return f"{told}, usual {scored.low:.6g} to {scored.high:.6g}"
