"""Glyphs, words and styles that more than one screen uses: a word or glyph stands beside every colour."""

from typing import Literal

from console.domain.anomaly import Anomaly, Severity, Status
from console.domain.label import harmless
from console.domain.moments import clock_time, in_words
from console.domain.quantity import format_quantity, times
from console.domain.signal import Reading, State
from console.domain.snapshot import Acknowledgement

GLYPH_OF_STATUS = {Status.CRITICAL: "✖", Status.WARNING: "▲", Status.UNKNOWN: "?", Status.OK: "✔"}
GLYPH_OF_MINE = "★"
"""Beside the models that a person called their own."""
GLYPH_OF_SEVERITY = {Severity.CRITICAL: "✖", Severity.WARNING: "▲"}
STYLE_OF_SEVERITY: dict[Severity, Literal["critical", "warning"]] = {
    Severity.CRITICAL: "critical",
    Severity.WARNING: "warning",
}
StatusStyle = Literal["critical", "warning", "unknown", "ok"]
"""Style keys that tables and lines both have."""

STYLE_OF_STATUS: dict[Status, StatusStyle] = {
    Status.CRITICAL: "critical",
    Status.WARNING: "warning",
    Status.UNKNOWN: "unknown",
    Status.OK: "ok",
}
WORD_OF_STATE = {
    State.NO_TRAFFIC: "no traffic",
    State.NO_DATA: "no data",
    State.STALE: "stale",
    State.PARTIAL: "partial",
    State.NOT_EXPORTED: "not exported",
    State.NOT_ENOUGH_DATA: "few requests",
    State.ERROR: "query failed",
    State.SOURCE_DOWN: "source down",
}
SHORT_WORD_OF_STATE = {
    State.OK: "no data",
    State.NO_TRAFFIC: "no req.",
    State.NO_DATA: "no data",
    State.STALE: "stale",
    State.PARTIAL: "no data",
    State.NOT_EXPORTED: "—",
    State.NOT_ENOUGH_DATA: "few",
    State.ERROR: "failed",
    State.SOURCE_DOWN: "down",
}
"""What stands in a column of seven cells where the number would stand."""

_STATES_WITH_AN_OLD_NUMBER = frozenset({State.STALE, State.ERROR, State.SOURCE_DOWN})
_STATES_WITH_A_NUMBER = frozenset({State.OK, State.PARTIAL, State.NOT_ENOUGH_DATA})
_LONGEST_NAME = 24
WORTH_A_FACTOR = 1.5
"""From how many times its expectation on a value's factor is told."""


def look_of(anomaly: Anomaly) -> tuple[str, StatusStyle]:
    """Return the glyph and the style of an anomaly: what is over looks well."""
    if anomaly.is_over:
        return GLYPH_OF_STATUS[Status.OK], "ok"
    return GLYPH_OF_SEVERITY[anomaly.severity], STYLE_OF_SEVERITY[anomaly.severity]


def ago(seconds: float) -> str:
    """Return how long ago something was, without a number that changes every second: `just now`, `20 s ago`."""
    return "just now" if seconds < 10 else f"{by_tens(seconds)} ago"


def by_tens(seconds: float) -> str:
    """Return a duration in steps of ten seconds at least: each step is sent to the terminal."""
    return in_words(seconds // 10 * 10)


def person(who: str) -> str:
    """Return the name of a person without the machine: `ann` of `ann@bastion`."""
    return harmless(who.partition("@")[0] or who, _LONGEST_NAME)


def ack_in_brief(acknowledged: Acknowledgement) -> str:
    """Return who takes care of an incident since when: `ack ann 03:12`."""
    return f"ack {person(acknowledged.by)} {clock_time(acknowledged.at)[:-3]}"


def has_number(reading: Reading | None) -> bool:
    """Return whether the reading holds a number that speaks for now."""
    return reading is not None and reading.state in _STATES_WITH_A_NUMBER and reading.value is not None


def old_number(reading: Reading | None) -> str:
    """Return the last good value of a reading that has none now, marked as unknown (`412/s?`); empty without one."""
    if reading is None or reading.state not in _STATES_WITH_AN_OLD_NUMBER or reading.value is None:
        return ""
    return f"{format_quantity(reading.value, reading.signal.unit, at_least=reading.at_least)}?"


def age_of(reading: Reading, at: float) -> str:
    """Return how old the last good value of a reading is at an instant (UTC seconds): `40 s`; empty when it is new."""
    if reading.value is None or reading.seen is None or at - reading.seen < 10:
        return ""
    return by_tens(at - reading.seen)


def reading_in_words(reading: Reading | None) -> str:
    """Return the value with its unit, or the state where the number would stand, with the last good value."""
    if reading is None:
        return "not exported"
    if not has_number(reading):
        word, old = WORD_OF_STATE.get(reading.state, "no data"), old_number(reading)
        if not old or reading.seen is None:
            return word
        return f"{word}, {old.removesuffix('?')} at {clock_time(reading.seen)} UTC"
    text = format_quantity(reading.value, reading.signal.unit, at_least=reading.at_least)
    return f"{text}*" if reading.state is State.PARTIAL else text


def factor(reading: Reading | None) -> str:
    """Return how many times its expectation a value is, empty where that is nothing to tell."""
    if reading is None or not has_number(reading) or not reading.expected or reading.value is None:
        return ""
    ratio = reading.value / reading.expected
    if ratio < WORTH_A_FACTOR:
        return ""
    return f"≥ {times(ratio)}" if reading.at_least else times(ratio)
