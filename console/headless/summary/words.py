"""A model in one line, the fleet in one line: what text and Markdown have in common."""

import re
from collections.abc import Sequence

from console.domain.anomaly import Anomaly, AnomalyKind, Cause, CauseKind, PlaybookOffer, Progress, Status
from console.domain.label import harmless
from console.domain.moments import clock_time, in_words, rfc3339
from console.domain.quantity import format_quantity, format_seconds, how_many
from console.domain.shared_incident import SharedIncident
from console.domain.signal import (
    ERROR_RATIO,
    FEATURE_DRIFT,
    LATENCY_BY_WORST_FIRST,
    MODEL_QUALITY,
    TRAFFIC,
    Reading,
    State,
)
from console.domain.snapshot import ModelView, Snapshot
from console.domain.source import SourceReport

LONGEST_TEXT = 400
_CHANGED = re.compile(r" since (\d\d:\d\d:\d\d) UTC$")
"""How the evidence of a change ends (see `console.detect.evidence`)."""
_TRAFFIC = "traffic "
"""How a surge and the load beside an anomaly begin: their usuals differ by the hours that they are made of."""
_CERTAIN = 0.8
"""A confidence from which one line tells no second cause."""

_STATE_IN_WORDS = {
    State.NO_TRAFFIC: "no traffic",
    State.NO_DATA: "no data",
    State.STALE: "stale",
    State.PARTIAL: "partial",
    State.NOT_EXPORTED: "not exported",
    State.NOT_ENOUGH_DATA: "not enough data",
    State.ERROR: "error",
    State.SOURCE_DOWN: "source down",
}
_WITH_ITS_VALUE = frozenset({State.PARTIAL, State.NOT_ENOUGH_DATA})
_OF_LOGS = frozenset(
    {
        AnomalyKind.FEATURE_DRIFT,
        AnomalyKind.PREDICTION_DRIFT,
        AnomalyKind.DATA_QUALITY,
        AnomalyKind.MODEL_QUALITY,
    }
)
_UNKNOWN_STATES = (State.ERROR, State.NO_DATA, State.STALE, State.SOURCE_DOWN)


def fleet_in_words(snapshot: Snapshot) -> str:
    """Return the counts: `2 critical, 1 warning, 1 unknown of 45 models`."""
    total = len(snapshot.models)
    models = how_many(total, "model") if total else "no models"
    counts = [
        f"{snapshot.count(status):,} {status.value}"
        for status in (Status.CRITICAL, Status.WARNING, Status.UNKNOWN)
        if snapshot.count(status)
    ]
    return f"{', '.join(counts)} of {models}" if counts else models


def moment_in_words(snapshot: Snapshot) -> str:
    """Return when and from whom: `at 2026-11-22T03:20:14Z (prometheus 80 ms)`."""
    sources = ", ".join(_source_in_words(source) for source in snapshot.sources)
    return f"at {rfc3339(snapshot.at)}" + (f" ({sources})" if sources else "")


def _source_in_words(source: SourceReport) -> str:
    if source.status is not Status.OK:
        return f"{source.shown_name} down"
    return source.shown_name + (f" {format_seconds(source.seconds)}" if source.seconds is not None else "")


def troubled_sources(snapshot: Snapshot) -> list[tuple[str, str, str]]:
    """Return (`DOWN`, `PART` or `NOTE`, name, what is wrong) of each source of which something is to be told.

    It is down, knows that its answer is incomplete, or is well and has something to note.
    """
    troubled = []
    for source in snapshot.sources:
        detail = harmless(source.detail, LONGEST_TEXT) if source.detail else None
        if source.status is not Status.OK:
            troubled.append(("DOWN", source.shown_name, detail or "it does not answer"))
        elif source.partial:
            troubled.append(("PART", source.shown_name, detail or "its answer is incomplete"))
        elif detail:
            troubled.append(("NOTE", source.shown_name, detail))
    return troubled


def baselines_of(snapshot: Snapshot) -> list[tuple[str, str, str]]:
    """Return (`NOTE`, name, of how many days its baselines are made) of each source where that is not all."""
    told = [(source.shown_name, source.baselines) for source in snapshot.sources]
    return [("NOTE", name, f"baselines from {baselines}") for name, baselines in told if baselines]


def shared_in_words(shared: SharedIncident, at: float) -> str:
    """Return an incident of many models in a line: `fleet-wide: 17 of 20 models on node gpu-3 since 03:08:15 UTC …`."""
    told = f"fleet-wide: {shared.summary}, for {in_words(max(0.0, at - shared.onset))}"
    return harmless("; ".join((told, *shared.evidence[:1])), LONGEST_TEXT)


def is_worth_a_line(view: ModelView) -> bool:
    """Return whether a model has to be listed.

    Not when it is well, unless it recovered lately; nor when only a dead source hides how it is.
    """
    if view.status is Status.OK:
        return bool(view.anomalies)
    if view.status is not Status.UNKNOWN or view.anomalies:
        return True
    states = {reading.state for reading in view.readings.values()}
    return State.SOURCE_DOWN not in states or not states <= {State.SOURCE_DOWN, State.NOT_EXPORTED}


def model_in_words(view: ModelView, at: float) -> str:
    """Return what is wrong with a model, since when and why; for a healthy one how it does."""
    told = view.standing or (view.anomalies if view.status is Status.OK else ())
    if told:
        text = _anomaly_in_words(told[0], at)
        others = len(told) - 1
        return harmless(f"{text}; and {others} more" if others else text, LONGEST_TEXT)
    if view.status is Status.OK:
        return _health_in_words(view)
    for state in _UNKNOWN_STATES:
        for reading in view.readings.values():
            if reading.state is state:
                return harmless(f"{reading.signal.title} {reading_in_words(reading)}", LONGEST_TEXT)
    return "nothing is known of it"


def taken_in_words(view: ModelView) -> str | None:
    """Return who takes care of a model's incident since when, None where nobody said so."""
    taken = view.acknowledged
    return f"{harmless(taken.by)} takes care since {clock_time(taken.at)} UTC" if taken is not None else None


def told_with_who(view: ModelView, at: float) -> str:
    """Return what is wrong with a model, and who takes care of it."""
    return "; ".join(filter(None, (model_in_words(view, at), taken_in_words(view))))


def course_in_words(anomaly: Anomaly, at: float) -> str:
    """Return how long an anomaly lasts, and what else its course tells.

    `for 12 min`; `recovering for 45 s, began 12 min ago`; `recovered 4 min ago after 12 min`; `for 40 min, came back 3
    times`; `for 12 min, last seen at 03:11:00 UTC`.
    """
    more = "".join(f", {each}" for each in _returns(anomaly))
    if anomaly.ended is not None:
        earlier = "over " if anomaly.onset_is_earlier else ""
        lasted = in_words(max(0.0, anomaly.ended - anomaly.onset))
        return f"recovered {in_words(max(0.0, at - anomaly.ended))} ago after {earlier}{lasted}{more}"
    if anomaly.last_seen is not None:
        more += f", last seen at {clock_time(anomaly.last_seen)} UTC"
    if anomaly.progress is Progress.RECOVERING and anomaly.recovering_since is not None:
        kept = in_words(max(0.0, at - anomaly.recovering_since))
        return f"recovering for {kept}, began {since_in_words(anomaly, at)} ago{more}"
    return f"for {since_in_words(anomaly, at)}{more}"


def course_in_brief(anomaly: Anomaly) -> list[str]:
    """Return in a word or two whether an anomaly recovers and how often it came back."""
    return [*(["recovering"] if anomaly.progress is Progress.RECOVERING else []), *_returns(anomaly)]


def _returns(anomaly: Anomaly) -> list[str]:
    return [f"came back {how_often(anomaly.returns)}"] if anomaly.returns else []


def how_often(returns: int) -> str:
    """Return a number of times in words."""
    return {1: "once", 2: "twice"}.get(returns, f"{returns:,} times")


def since_in_words(anomaly: Anomaly, at: float) -> str:
    """Return for how long an anomaly lasts: `12 min`; `over 12 min` when it began before what was looked at."""
    return ("over " if anomaly.onset_is_earlier else "") + in_words(max(0.0, at - anomaly.onset))


def reasons(view: ModelView, *, most_facts: int | None = None) -> list[str]:
    """Return what speaks for the causes of a model's anomalies, and the first facts beside them, all where None."""
    told = [f"{cause_in_words(cause)}: {cause.detail}" for cause in causes_told(view)]
    return [harmless(reason, LONGEST_TEXT) for reason in (*told, *facts_beside(view)[:most_facts])]


def causes_told(view: ModelView) -> list[Cause]:
    """Return the causes of a model's anomalies, each once: those of the worst anomaly first, each time best first.

    What metrics show has one story: there the worst anomaly tells a cause for the others.
    """
    told: dict[tuple[CauseKind, str], Cause] = {}
    for anomaly in view.standing:
        for cause in anomaly.causes:
            told.setdefault((cause.kind, cause.detail if anomaly.kind in _OF_LOGS else ""), cause)
    named = [cause for cause in told.values() if cause.kind is not CauseKind.UNKNOWN]
    return named or list(told.values())


def facts_beside(view: ModelView) -> list[str]:
    """Return the evidence of a model's anomalies that no cause names, no anomaly is and no oddity tells."""
    named = [text for cause in causes_told(view) for text in (cause.detail, *cause.evidence)]
    values = {_value_of(anomaly.summary) for anomaly in view.standing}
    odd = {oddity.fact for oddity in view.oddities}
    facts = dict.fromkeys(fact for anomaly in view.standing for fact in anomaly.evidence if fact not in odd)
    return [fact for fact in facts if _value_of(fact) not in values and not any(_tells(text, fact) for text in named)]


def _value_of(fact: str) -> str:
    """Return the value alone of `saturation 91 %, limit 90 %`: what it is compared with is another matter."""
    return fact.partition(", ")[0]


def _tells(text: str, fact: str) -> bool:
    """Return whether a cause's text names a fact, its traffic, or what changed at the very second of one."""
    changed = _CHANGED.search(fact)
    is_traffic = fact.startswith(_TRAFFIC) and text.startswith(_TRAFFIC)
    return fact in text or is_traffic or (changed is not None and changed[1] in text)


def best_playbook(view: ModelView) -> str | None:
    """Return the id of the playbook that fits the worst anomaly that has one."""
    return harmless(view.playbooks[0].id) if view.playbooks else None


def best_in_words(offers: Sequence[PlaybookOffer], *, briefly: bool = False) -> str | None:
    """Return the id of the first playbook and of those that fit exactly as well: `a`, `a or b`, `a or 2 others`.

    Briefly only the number of these others is told: `a +2`.
    """
    if not offers:
        return None
    best, ties = offers[0].id, offers[0].ties
    if not ties:
        return harmless(best)
    if briefly:
        return harmless(f"{best} +{len(ties)}")
    return harmless(f"{best} or {ties[0] if len(ties) == 1 else f'{len(ties)} others'}")


def playbooks_in_words(view: ModelView) -> list[str]:
    """Return the playbooks that fit a model in their order, each with the cause and those that fit exactly as well."""
    return [harmless(_offer_in_words(offer), LONGEST_TEXT) for offer in view.playbooks]


def _offer_in_words(offer: PlaybookOffer) -> str:
    is_named = offer.cause not in (None, CauseKind.UNKNOWN)
    cause = f" for {str(offer.cause).replace('_', ' ')}" if is_named else ""
    ties = f", as well as {', '.join(offer.ties)}" if offer.ties else ""
    return f"{offer.id}{cause}{ties}: {offer.title}"


def reading_in_words(reading: Reading) -> str:
    """Return a value, or why there is none: `2.40 s`, `stale, 0.31 s at 03:11:00 UTC`, `not exported (…)`."""
    value = format_quantity(reading.value, reading.signal.unit, at_least=reading.at_least)
    if reading.state is State.OK:
        return f"{value} in `{harmless(reading.feature)}`" if reading.feature else value
    text = _STATE_IN_WORDS[reading.state]
    if reading.state in _WITH_ITS_VALUE and reading.value is not None:
        text = f"{value}, {text}"
    elif reading.value is not None and reading.seen is not None:
        text = f"{text}, {value} at {clock_time(reading.seen)} UTC"
    return f"{text} ({harmless(reading.detail)})" if reading.detail else text


def _anomaly_in_words(anomaly: Anomaly, at: float) -> str:
    text = f"{anomaly.summary}, {course_in_words(anomaly, at)}"
    if anomaly.is_over:
        return text
    if anomaly.causes:
        return f"{text}; {' or '.join(map(cause_in_words, _worth_telling(anomaly.causes)))}"
    return f"{text}; {anomaly.evidence[0]}" if anomaly.evidence else text


def _worth_telling(causes: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """Return the first cause, and the second beside one that is not certain and not much likelier."""
    first, *others = causes
    is_open = first.confidence < _CERTAIN and bool(others) and others[0].confidence >= first.confidence / 2
    return causes[:2] if is_open else causes[:1]


def cause_in_words(cause: Cause) -> str:
    """Return a cause and how sure it is: `new version (93 %)`."""
    return f"{cause.kind.replace('_', ' ')} ({cause.confidence * 100:.0f} %)"


def _health_in_words(view: ModelView) -> str:
    latency = next(
        (view.readings[signal.name] for signal in LATENCY_BY_WORST_FIRST if signal.name in view.readings), None
    )
    predicted = [view.readings.get(signal.name) for signal in (FEATURE_DRIFT, MODEL_QUALITY)]
    parts = [view.readings.get(TRAFFIC.name), view.readings.get(ERROR_RATIO.name), latency, *predicted]
    told = [f"{reading.signal.title} {_briefly(reading)}" for reading in parts if reading is not None]
    return ", ".join(told) if told else "no signals"


def _briefly(reading: Reading) -> str:
    if reading.state is State.OK:
        return format_quantity(reading.value, reading.signal.unit, at_least=reading.at_least)
    return _STATE_IN_WORDS[reading.state]
