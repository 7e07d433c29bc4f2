"""An incident in words: what the formats of a report have in common."""

from collections.abc import Sequence
from datetime import UTC, datetime

from console.domain.action import Outcome
from console.domain.anomaly import Anomaly, CauseKind
from console.domain.label import harmless
from console.domain.moments import in_words
from console.domain.quantity import format_quantity, format_ratio
from console.domain.run import StepState
from console.domain.signal import SIGNALS
from console.headless.report.story import ActionTold, Impact, IncidentStory, Moment, Requests, RunTold, Times

LONGEST_TEXT = 400
LONGEST_NOTE = 2000
"""Of what a person wrote, as on the screen; and of a sentence that tells every action of a run."""
BLAMELESS = (
    "People acted on what they could see at the time. What is asked here is how the system made it sensible to act so, "
    "never who erred."
)
QUESTIONS = (
    ("What went well", "What shortened it? What would you do the same way again?"),
    ("What was hard", "What was unclear, slow or missing? Where did people look in vain?"),
    ("Where we were lucky", "What could have made it worse, and did not?"),
)
"""What only people can tell, with what to ask them."""

_STEP_WORDS = {
    StepState.PENDING: "not reached",
    StepState.ACTIVE: "stood here",
    StepState.DONE: "done",
    StepState.SKIPPED: "skipped",
    StepState.FAILED: "failed",
    StepState.UNKNOWN: "unknown",
}
_OUTCOME_WORDS = {
    Outcome.APPLIED: "applied, not verified",
    Outcome.VERIFIED: "verified",
    Outcome.WORSE: "made it worse",
    Outcome.NOT_VERIFIED: "applied, the metrics did not show that it helped",
    Outcome.NOT_APPLIED: "not applied",
    Outcome.UNKNOWN: "unknown whether it was applied",
}


def day_and_time(instant: float) -> str:
    """Return an instant as `2026-11-22 03:08:15 UTC`."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def time_beside(instant: float, other: float) -> str:
    """Return an instant as `03:08:15` where it is of the same day (UTC) as another one, else with its date."""
    told = day_and_time(instant).removesuffix(" UTC")
    date, clock = told.split(" ")
    return clock if day_and_time(other).startswith(date) else told


def shown(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return a text that cannot steer whatever shows it, on one line of at most so many characters."""
    return harmless(" ".join(text.split()), longest)


def name_of(anomaly: Anomaly) -> str:
    """Return what is broken: `p99 latency`, `errors`, `alert ModelLatencyHigh`."""
    known = SIGNALS.get(anomaly.signal) if anomaly.signal is not None else None
    if known is not None:
        return known.title
    return (anomaly.signal or anomaly.kind.value).replace("_", " ")


def anomalies_in_words(anomalies: Sequence[Anomaly]) -> str:
    """Return what is broken, worst first, each once: `p99 latency and errors`."""
    names = list(dict.fromkeys(map(name_of, anomalies)))
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def title_of(story: IncidentStory) -> str:
    """Return the incident in one line."""
    lasted = story.times.since_onset(story.times.recovered)
    how_long = f"for {in_words(lasted)}" if lasted is not None else "not over"
    return f"{shown(story.model_name)}: {shown(anomalies_in_words(story.anomalies))}, {how_long}"


def status_of(story: IncidentStory) -> str:
    """Return whether it is over: `recovered 2026-11-22 03:49:00 UTC`, `open`."""
    recovered = story.times.recovered
    if recovered is None:
        return f"open when this was written ({day_and_time(story.written)})"
    latest = " at the latest: nobody watched it" if story.times.recovered_at_latest else ""
    return f"recovered {day_and_time(recovered)}{latest}"


def summary_of(story: IncidentStory) -> str:
    """Return the whole incident in a few sentences."""
    times = story.times
    since = "before" if times.onset_is_earlier else "at"
    sentences = [
        f"{_worst_in_words(story)} {since} {day_and_time(times.onset)}.",
        _cause_sentence(story),
    ]
    if story.acknowledged_by is not None and times.acknowledged is not None:
        sentences.append(f"{story.acknowledged_by} took care of it at {time_beside(times.acknowledged, times.onset)}.")
    sentences += [sentence for run in story.runs for sentence in _run_sentences(run, times.onset)]
    if times.recovered is not None:
        lasted = in_words(times.since_onset(times.recovered) or 0.0)
        latest = " at the latest" if times.recovered_at_latest else ""
        clock = time_beside(times.recovered, times.onset)
        sentences.append(f"All signals kept their limits again from {clock} on{latest}, {lasted} after the onset.")
    else:
        sentences.append("It is not over.")
    return " ".join(shown(sentence, LONGEST_NOTE) for sentence in sentences if sentence)


def impact_in_words(impact: Impact, onset: float) -> tuple[str, str, str, str, str]:
    """Return the cells of an impact: signal, worst value and when, limit, expected, how long beyond the limit."""
    worst = format_quantity(impact.worst, impact.unit, at_least=impact.at_least)
    if impact.worst_at is not None and impact.worst is not None:
        worst += f" at {time_beside(impact.worst_at, onset)}"
    limit = format_quantity(impact.limit, impact.unit) if impact.limit is not None else "–"
    expected = format_quantity(impact.expected, impact.unit) if impact.expected is not None else "–"
    beyond = in_words(impact.beyond) if impact.beyond is not None else "not recorded"
    return impact.title, worst, limit, expected, beyond


def requests_in_words(requests: Requests) -> str:
    """Return what the failed requests came to."""
    share = requests.failed / requests.served if requests.served else 0.0
    told = f"About {requests.failed:,.0f} of {requests.served:,.0f} requests failed ({format_ratio(share)})"
    if requests.budget_spent is not None:
        told += f", {format_ratio(requests.budget_spent)} of the error budget of 30 days"
    return told + "."


def times_in_words(times: Times) -> tuple[tuple[str, str, str], ...]:
    """Return rows of what happened, how long after the onset, and when; what is not known says so."""

    def row(what: str, instant: float | None, beside: str = "") -> tuple[str, str, str]:
        after = times.since_onset(instant)
        if instant is None or after is None:
            return what, "not yet" if times.recovered is None else "never", beside
        return what, in_words(after), f"{day_and_time(instant)}{beside}"

    earliest = ", or earlier: it began before what was looked at" if times.onset_is_earlier else ""
    by = f"; {times.mitigated_by}" if times.mitigated_by else ""
    return (
        ("began", "", f"{day_and_time(times.onset)}{earliest}"),
        row("detected", times.opened),
        row("acknowledged", times.acknowledged),
        row("mitigated", times.mitigated, shown(by)),
        row("recovered", times.recovered, " at the latest" if times.recovered_at_latest else ""),
    )


def moment_in_words(moment: Moment) -> str:
    """Return a line of the timeline without its time: `ann@bastion: Took care of it`."""
    return shown(f"{moment.by}: {moment.text}" if moment.by else moment.text, LONGEST_NOTE)


def step_state(state: StepState) -> str:
    """Return what became of a step."""
    return _STEP_WORDS[state]


def outcome_in_words(action: ActionTold) -> str:
    """Return what became of an action, and whether it was taken back."""
    told = _OUTCOME_WORDS[action.outcome]
    return f"{told}; taken back {time_beside(action.undone_at, action.at)}" if action.undone_at is not None else told


def cause_name(kind: CauseKind) -> str:
    """Return a cause as a person says it: `new version`."""
    return kind.value.replace("_", " ")


def _worst_in_words(story: IncidentStory) -> str:
    worst = next((each for each in story.impacts if each.worst is not None), None)
    name = f"{anomalies_in_words(story.anomalies)} of {story.model_name} broke"
    if worst is None:
        return name
    value = format_quantity(worst.worst, worst.unit, at_least=worst.at_least)
    limit = f", where {format_quantity(worst.limit, worst.unit)} is the limit" if worst.limit is not None else ""
    return f"{name} ({worst.title} came to {value}{limit})"


def _cause_sentence(story: IncidentStory) -> str:
    """Return the likeliest cause that was told last of the worst anomaly."""
    told = story.likeliest
    if told is None or told.kind is CauseKind.UNKNOWN:
        return "No cause was found."
    return f"The likeliest cause was a {cause_name(told.kind)} ({format_ratio(told.confidence)}): {told.detail}."


def _run_sentences(run: RunTold, onset: float) -> list[str]:
    if run.is_rehearsal:
        return []
    followed = f"{run.by} followed the playbook {run.playbook_id} from {time_beside(run.started, onset)}"
    acted = [
        f"“{action.title}” was sent at {time_beside(action.at, onset)}: {outcome_in_words(action)}"
        for action in run.actions
    ]
    return [f"{followed}; {'; '.join(acted)}." if acted else f"{followed} and changed nothing by it."]
