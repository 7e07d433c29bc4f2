"""The two lines above every screen: where we are, how the sources answer, what may be done, and what time it is."""

from console.domain.anomaly import Status
from console.domain.label import harmless
from console.domain.moments import clock_time, in_words, rfc3339
from console.domain.quantity import format_seconds
from console.domain.snapshot import Snapshot
from console.domain.source import SourceReport
from console.settings.screen import ContextColour
from console.tui.context_colour import context_badge
from console.tui.panels.lines import Line, Span, line
from console.tui.wording import GLYPH_OF_SEVERITY, GLYPH_OF_STATUS, STYLE_OF_SEVERITY, STYLE_OF_STATUS, ago, by_tens

_COUNTED = (Status.CRITICAL, Status.WARNING, Status.UNKNOWN, Status.OK)
_WIDE = 140
"""Cells from which there is room for the pace of refreshes beside the runs."""
_MISSED_REFRESHES = 3
"""After how many refreshes that did not come the age of what is shown is told."""
NARROW = 70
"""Cells under which the first line tells everything in as few words as it can."""
_WORTH_AN_AGE = 10
"""Seconds from which a pause, or a silence, has an age."""


def title_line(
    snapshot: Snapshot | None, now: float, width: int, colour: ContextColour | None, runs: tuple[Span, ...] = ()
) -> Line:
    """Return the first line: name, context, sources on the left; runs, permission and time on the right."""
    name = () if width < NARROW else (Span("incident-console", "title"), Span("  "))
    if snapshot is None:
        return line(*name, Span("reading the sources…", "muted"))
    sources = [span for source in snapshot.sources for span in (Span(" · ", "muted"), *_source(source))][1:]
    context = (context_badge(snapshot.context, colour), Span("  ")) if snapshot.context else ()
    told = (*runs, Span("  ")) if runs else ()
    right = (
        *told,
        _permission(snapshot),
        Span("  "),
        *_when(snapshot, now, width, is_crowded=bool(runs)),
    )
    return line(*name, *context, *sources, right=right)


def count_line(snapshot: Snapshot | None, crumbs: tuple[Span, ...] = (), right: tuple[Span, ...] = ()) -> Line:
    """Return the second line: the way to this screen, else how many models are how; a source in trouble comes first."""
    if snapshot is None:
        return Line(crumbs, right)
    if snapshot.switched_off is not None:
        right = (Span(harmless(snapshot.switched_off), "warning"), *((Span("  "), *right) if right else ()))
    left = crumbs or (*_shared(snapshot), *_counts(snapshot))
    troubled = next((s for s in snapshot.sources if s.status is not Status.OK), None)
    if troubled is not None:
        told = (Span(f"✖ {_silence(troubled, snapshot.at)}", "critical"),)
        return Line((*left, Span("   "), *told) if crumbs else (*told, Span("   "), *left), right)
    partial = next((s for s in snapshot.sources if s.partial), None)
    if partial is not None:
        reason = harmless(partial.detail or "its answer is incomplete")
        left = (*left, Span(f"   ▲ {partial.shown_name} answers in part: {reason}", "warning"))
    elif noted := [s for s in snapshot.sources if s.detail]:
        left = (*left, Span(f"   {noted[0].shown_name}: {harmless(noted[0].detail or '')}", "muted"))
    return Line(left, right)


def _shared(snapshot: Snapshot) -> tuple[Span, ...]:
    """Return the worst incident of many models, before the counts that it explains."""
    if not snapshot.shared_incidents:
        return ()
    worst, others = snapshot.shared_incidents[0], len(snapshot.shared_incidents) - 1
    more = f" and {others} more" if others else ""
    told = f"{GLYPH_OF_SEVERITY[worst.severity]} fleet-wide: {harmless(worst.summary)}{more}"
    return Span(told, STYLE_OF_SEVERITY[worst.severity]), Span("   ")


def _silence(source: SourceReport, at: float) -> str:
    """Return since when a source is silent and why: so old is what is shown of it."""
    name, reason = source.shown_name, harmless(source.detail or "no reason given")
    age = at - source.answered if source.answered is not None else 0.0
    told = f"has not answered for {by_tens(age)}" if age >= _WORTH_AN_AGE else "does not answer"
    return f"{name} {told}: {reason}"


def _counts(snapshot: Snapshot) -> tuple[Span, ...]:
    spans: list[Span] = []
    for status in _COUNTED:
        count = snapshot.count(status)
        if count or status is Status.OK:
            told = f"{GLYPH_OF_STATUS[status]} {count:,} {status.value}"
            spans.extend((Span("  " if spans else ""), Span(told, STYLE_OF_STATUS[status])))
    return tuple(spans)


def _source(source: SourceReport) -> tuple[Span, ...]:
    name = source.shown_name
    if source.status is not Status.OK:
        return (Span(f"✖ {name} down", "critical"),)
    took = "" if source.seconds is None else f" {format_seconds(source.seconds)}"
    return (Span(f"{name} ", "muted"), Span("ok", "ok"), Span(took, "muted"))


def _permission(snapshot: Snapshot) -> Span:
    if snapshot.switched_off is not None:
        return Span(" ACTIONS OFF ", "loud")
    return Span("READ-ONLY", "ok") if snapshot.read_only else Span("WRITE", "loud")


def _when(snapshot: Snapshot, now: float, width: int, *, is_crowded: bool) -> tuple[Span, ...]:
    is_short = width < NARROW
    age = max(0.0, now - snapshot.taken_at)
    if not snapshot.live:
        told = rfc3339(snapshot.at) if is_short else f"the past, {rfc3339(snapshot.at)}, {ago(age)}"
        return (Span(told, "loud"),)
    time = Span(clock_time(snapshot.at) if is_short else f"{clock_time(snapshot.at)} UTC", "muted")
    if snapshot.paused:
        return time, Span("  "), Span("PAUSED" if age < _WORTH_AN_AGE else f"PAUSED {by_tens(age)}", "loud")
    if age > _MISSED_REFRESHES * snapshot.refresh_seconds:
        return time, Span("  "), Span(ago(age), "loud")
    if is_short or (is_crowded and width < _WIDE):
        return (time,)
    return time, Span(f"  every {in_words(snapshot.refresh_seconds)}", "muted")
