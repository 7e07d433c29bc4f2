"""What the model screen tells in words: where the model runs, its incident, what changed and what to do."""

from collections.abc import Iterable

from console.domain.alert import Alert
from console.domain.anomaly import Anomaly, PlaybookOffer, Progress
from console.domain.change import Change, ChangeKind
from console.domain.label import harmless
from console.domain.model import WorkloadFinding
from console.domain.moments import clock_time, in_words
from console.domain.quantity import how_many
from console.domain.run import Run
from console.domain.snapshot import ModelDetail, ModelView, Oddity
from console.headless.summary.words import LONGEST_TEXT, cause_in_words, causes_told, facts_beside, how_often
from console.tui.panels.capacity import capacity_lines
from console.tui.panels.lines import Line, Span, SpanStyle, line
from console.tui.panels.run_notes import note_lines
from console.tui.panels.summary import run_line, ties_with_the_one_before
from console.tui.wording import (
    GLYPH_OF_STATUS,
    STYLE_OF_STATUS,
    ago,
    has_number,
    look_of,
    reading_in_words,
)

_MOST_VERSIONS = 4
_MOST_CHANGES = 12
_MOST_NOTES = 5
_GLYPH_OF_CHANGE = {
    ChangeKind.VERSION: "◆",
    ChangeKind.ROLLOUT: "◆",
    ChangeKind.REPLICAS: "↕",
    ChangeKind.RESTART: "↻",
    ChangeKind.AUTOSCALER: "↕",
    ChangeKind.CONFIGURATION: "◇",
    ChangeKind.ALERT: "!",
    ChangeKind.TRAFFIC: "≈",
}


def place_line(view: ModelView, worst_pod: tuple[Span, ...] = ()) -> Line:
    """Return which versions serve, the workload or the reason why none is known, and what is wrong with its pods."""
    spans: list[Span] = []
    shares = list(view.versions.items())
    for version, share in shares[:_MOST_VERSIONS]:
        gap = Span(" · " if spans else "", "muted")
        spans.extend((gap, Span(harmless(version) or "unnamed", "strong"), Span(f" {share * 100:.0f} %", "muted")))
    if len(shares) > _MOST_VERSIONS:
        spans.append(Span(f" · {len(shares) - _MOST_VERSIONS} more", "muted"))
    if not shares:
        spans.append(Span("no version is exported", "muted"))
    return line(*spans, Span("   "), *_workload(view.workload, view.replicas), right=worst_pod)


def _workload(finding: WorkloadFinding | None, replicas: int | None) -> tuple[Span, ...]:
    if finding is None:
        told = "" if replicas is None else f"{how_many(replicas, 'replica')} in the metrics; "
        return (Span(f"{told}no cluster is configured", "muted"),)
    workload = finding.workload
    if workload is None:
        return (Span(f"no workload: {harmless(finding.reason or 'no reason given')}", "warning"),)
    where = f"{harmless(workload.kind.lower())} {harmless(workload.namespace)}/{harmless(workload.name)} "
    style: SpanStyle = "ok" if workload.ready >= workload.replicas else "warning"
    scaled = f", HPA {harmless(workload.autoscaler)}" if workload.autoscaler else ""
    return (
        Span(where, "muted"),
        Span(f"{workload.ready:,} of {workload.replicas:,} ready", style),
        Span(f"{scaled} on {harmless(workload.context)}", "muted"),
    )


def incident_lines(
    view: ModelView,
    detail: ModelDetail | None,
    at: float,
    offers: tuple[PlaybookOffer, ...],
    runs: tuple[Run, ...],
    cluster: tuple[Line, ...] = (),
) -> tuple[Line, ...]:
    """Return the incident, playbooks by number, evidence, what the cluster says, and what changed before and since."""
    lines = [*_what(view, at), *_taken(view, at)]
    if offers:
        lines.extend((line(), line(Span("playbooks", "title"))))
        lines.extend(_offered(offers))
    elif view.standing:
        lines.extend((line(), line(Span("no playbook fits", "muted"))))
    lines.extend(run_line(run) for run in runs)
    changes = detail.changes if detail is not None else view.changes
    why = [*_why(view, _newest(changes))]
    if why:
        lines.extend((line(), line(Span("why", "title")), *why))
    if cluster:
        lines.extend((line(), *cluster))
    if view.notes:
        lines.extend((line(), line(Span("notes", "title")), *note_lines(view.notes, most=_MOST_NOTES)))
    capacity = capacity_lines(view, detail.capacity) if detail is not None else ()
    if capacity:
        lines.extend((line(), line(Span("capacity", "title")), *capacity))
    if view.oddities:
        lines.extend((line(), line(Span("odd", "title"))))
        lines.extend(_oddity(oddity, at) for oddity in view.oddities)
    if changes:
        lines.extend((line(), line(Span("changes", "title"))))
        lines.extend(_change(change, at) for change in _newest(changes))
    alerts = detail.alerts if detail is not None else ()
    if alerts:
        lines.extend((line(), line(Span("alerts", "title"))))
        lines.extend(_alert(alert, at) for alert in alerts)
    return tuple(lines)


def _taken(view: ModelView, at: float) -> Iterable[Line]:
    """Yield who takes care of the incident, or that nobody said so."""
    taken = view.acknowledged
    if taken is not None:
        since = f"{clock_time(taken.at)} UTC, {ago(at - taken.at)}"
        yield line(Span("  "), Span(f"acknowledged by {harmless(taken.by)} at {since}", "ok"), wraps=True)
    elif view.standing:
        yield line(Span("  "), Span("nobody has acknowledged it", "muted"))


def _why(view: ModelView, changes: tuple[Change, ...]) -> Iterable[Line]:
    """Yield causes with what speaks for and against each, facts that no cause names, and what could not be read.

    What changed stands below, with its time.
    """
    below = {f"{change.detail} since {clock_time(change.at)} UTC" for change in changes}
    dot = Span("· ", "muted")
    for cause in causes_told(view):
        yield line(dot, f"{cause_in_words(cause)}: {_short(cause.detail)}", wraps=True)
        yield from (line("    ", Span(_short(fact), "muted"), wraps=True) for fact in cause.evidence)
    facts = (fact for fact in facts_beside(view) if fact.removeprefix("version ") not in below)
    yield from (line(dot, _short(fact), wraps=True) for fact in facts)
    if view.budget:
        yield line(dot, Span(harmless(view.budget), "warning"), wraps=True)
    yield from (line(dot, Span(f"not read: {_short(told)}", "muted"), wraps=True) for told in view.not_read)


def _short(text: str) -> str:
    return harmless(text, LONGEST_TEXT)


def _oddity(oddity: Oddity, at: float) -> Line:
    since = f"since {clock_time(oddity.since)} UTC ({in_words(max(0.0, at - oddity.since))})"
    return line(Span("· ", "muted"), f"{oddity.fact} · {since}", wraps=True)


def _what(view: ModelView, at: float) -> Iterable[Line]:
    if not view.anomalies:
        told = f"{GLYPH_OF_STATUS[view.status]} {view.status.value}"
        yield line(Span(told, STYLE_OF_STATUS[view.status]))
        silent = [r for r in view.readings.values() if not has_number(r)]
        for reading in silent:
            told = reading_in_words(reading)
            reason = f" ({harmless(reading.detail)})" if reading.detail else ""
            yield line(Span("· ", "muted"), Span(f"{reading.signal.title}: {told}{reason}", "muted"), wraps=True)
        return
    for anomaly in view.anomalies:
        glyph, style = look_of(anomaly)
        yield line(Span(f"{glyph} ", style), Span(harmless(anomaly.summary), style), wraps=True)
        yield from (line(Span("  "), Span(told, "muted"), wraps=True) for told in _course(anomaly, at))


def _course(anomaly: Anomaly, at: float) -> Iterable[str]:
    """Return since when an anomaly is how bad, then what else its course tells."""
    before = "before " if anomaly.onset_is_earlier else ""
    if anomaly.ended is not None:
        lasted = in_words(max(0.0, anomaly.ended - anomaly.onset))
        yield f"recovered {clock_time(anomaly.ended)} UTC, {ago(at - anomaly.ended)}"
        yield f"began {before}{clock_time(anomaly.onset)} UTC, lasted {lasted}"
    else:
        is_new = "new, " if anomaly.progress is Progress.NEW else ""
        lasts = in_words(max(0.0, at - anomaly.onset))
        yield f"{is_new}{anomaly.severity.value} since {before}{clock_time(anomaly.onset)} UTC, {lasts}"
    if anomaly.progress is Progress.RECOVERING and anomaly.recovering_since is not None:
        yield f"recovering for {in_words(max(0.0, at - anomaly.recovering_since))}"
    if anomaly.returns:
        yield f"came back {how_often(anomaly.returns)}"
    if anomaly.last_seen is not None:
        yield f"last seen at {clock_time(anomaly.last_seen)} UTC: unknown since"


def _offered(offers: tuple[PlaybookOffer, ...]) -> Iterable[Line]:
    for number, (offer, is_tie) in enumerate(zip(offers, ties_with_the_one_before(offers), strict=True), 1):
        before = (Span("or ", "muted"),) if is_tie else ()
        name = Span(f"{harmless(offer.id)}  ", "strong")
        yield line(Span(f"{number} ", "key"), *before, name, Span(harmless(offer.title), "muted"))


def _newest(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda change: change.at, reverse=True)[:_MOST_CHANGES])


def _change(change: Change, at: float) -> Line:
    return line(
        Span(f"{clock_time(change.at)} ", "muted"),
        Span(f"{_GLYPH_OF_CHANGE[change.kind]} ", "accent"),
        harmless(change.detail),
        right=(Span(f"  {ago(at - change.at)}", "muted"),),
    )


def _alert(alert: Alert, at: float) -> Line:
    style: SpanStyle = "critical" if alert.severity == "critical" else "warning"
    silenced = ", silenced" if alert.silenced else ""
    since = f"  {harmless(alert.state)}{silenced} {in_words(max(0.0, at - alert.since))}"
    return line(Span("! ", style), alert.name.shown, Span(since, "muted"))
