"""The score as text: a row for each story, the bars below, and every miss in a line."""

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from console.domain.anomaly import AnomalyKind
from tests.scenarios.scoring import Answer, Result, Score, calibration_error, share_of_sure

_OF_LOGS = (
    AnomalyKind.FEATURE_DRIFT,
    AnomalyKind.PREDICTION_DRIFT,
    AnomalyKind.DATA_QUALITY,
    AnomalyKind.MODEL_QUALITY,
)


def table(score: Score) -> str:
    """Return the rows and the bars."""
    stories = sorted({result.label.story for result in score.results})
    lines = [f"{'incident':<28}{'n':>5}{'in time':>9}{'minutes':>9}{'kind':>7}{'cause':>7}{'playbook':>10}"]
    lines += [_row(story, [each for each in score.results if each.label.story == story]) for story in stories]
    lines += [_row("all", score.results), "", *_bars(score), "", f"false anomalies: {_false_by_story(score)}"]
    return "\n".join(lines)


def _false_by_story(score: Score) -> str:
    counts = Counter("before an incident" if each.label.is_incident else each.label.story for each in score.false)
    return ", ".join(f"{story} {count}" for story, count in counts.most_common()) or "none"


def _row(name: str, results: Sequence[Result]) -> str:
    found = [result.detected / 60.0 for result in results if result.detected is not None]
    minutes = f"{statistics.median(found):.1f}" if found else "-"
    settled = [result.settled for result in results]
    in_time = _share(result.in_time for result in results)
    kind, cause, playbook = (
        _share_of(settled, which)
        for which in (lambda each: each.kind, lambda each: each.cause, lambda each: each.playbook)
    )
    return f"{name:<28}{len(results):>5}{in_time:>9}{minutes:>9}{kind:>7}{cause:>7}{playbook:>10}"


def _share_of(answers: Iterable[Answer | None], which: Callable[[Answer], bool | None]) -> str:
    asked = (which(answer) for answer in answers if answer is not None)
    return _share(each for each in asked if each is not None)


def _share(right: Iterable[bool]) -> str:
    told = list(right)
    return f"{100.0 * sum(told) / len(told):.0f} %" if told else "-"


def _bars(score: Score) -> list[str]:
    answers = [answer for result in score.results for answer in result.answers]
    of_logs = [result for result in score.results if set(result.label.kinds) & set(_OF_LOGS)]
    of_metrics = [result for result in score.results if result not in of_logs]
    stated = score.stated
    error, sure = calibration_error(stated), share_of_sure(stated)
    playbook = _share_of(answers, lambda each: each.playbook)
    rate = 100.0 * len(score.false) / score.healthy_days if score.healthy_days else 0.0
    return [
        _bar("right playbook first", playbook, f"of {len(answers)} instants, bar 95 %"),
        _bar("right cause first", _share_of(answers, lambda each: each.cause)),
        _bar("right kind first", _share_of(answers, lambda each: each.kind)),
        _bar("metric kinds in time", _in_time(of_metrics), f"of {len(of_metrics)}, bar 95 % within 5 min"),
        _bar("log kinds in time", _in_time(of_logs), f"of {len(of_logs)}, bar 95 % within two hours"),
        _bar("false anomalies", f"{rate:.2f}", f"per 100 model-days, of {score.healthy_days:.0f}, bar 1"),
        _bar("calibration error", "-" if error is None else f"{error:.3f}", f"of {len(stated)} causes, bar 0.05"),
        _bar("stated at 0.8 or more", "-" if sure is None else f"{100.0 * sure:.0f} %", "bar 60 %"),
    ]


def _bar(name: str, value: str, remark: str = "") -> str:
    return f"{name:<24}{value:>8}   {remark}".rstrip()


def _in_time(results: Iterable[Result]) -> str:
    return _share(result.in_time for result in results)


def misses(score: Score) -> list[str]:
    """Return a line for each incident that was not told right, and for each false anomaly."""
    lines = []
    for result in score.results:
        answer = result.settled
        wrong = answer is not None and False in (answer.kind, answer.cause, answer.playbook)
        if wrong or not result.in_time:
            when = "missed" if result.detected is None else f"{result.detected / 60.0:.1f} min"
            lines.append(f"{_head(result.world, result.label.story, result.label.model)} {when:>8}  {_said(answer)}")
    for each in score.false:
        story, said = each.label.story, each.said
        minutes = (said.at - each.label.onset) / 60.0
        when = f"false {said.severity} at {minutes:+.0f} min"
        before = "before " if each.label.is_incident else ""
        lines.append(f"{_head(each.world, before + story, said.model)} {when}: {said.summary}")
    return lines


def _head(world: int, story: str, model: str) -> str:
    return f"fleet {world} {story:<26} {model:<18}"


def _said(answer: Answer | None) -> str:
    if answer is None:
        return "not looked at"
    if answer.said is None:
        return "nothing said"
    said = answer.said
    cause = "no cause" if said.cause is None else f"{said.cause} {said.confidence:.2f}"
    return f"{said.kind} ({cause} -> {', '.join(said.playbooks[:2]) or 'no playbook'}): {said.summary}"
