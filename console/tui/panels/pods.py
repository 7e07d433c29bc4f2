"""The pods of a model as rows, the events, and what the cluster says around them, as lines."""

from collections.abc import Iterable

from console.domain.cluster_facts import ClusterFacts, ContainerFacts, EventFacts, PodFacts, Trouble, worst_first
from console.domain.label import harmless
from console.domain.moments import clock_time
from console.domain.quantity import how_many
from console.tui.panels.cluster_words import (
    age_of_pod,
    as_of,
    autoscaler_in_words,
    counted,
    end_in_words,
    look_of_pod,
    pod_in_words,
    quota_in_words,
    rollout_in_words,
    short_name,
    why_beside_status,
)
from console.tui.panels.lines import Line, Span, SpanStyle, line
from console.tui.widgets.columns import Column
from console.tui.widgets.table_rows import Cell, Row
from console.tui.wording import ago

POD_COLUMNS = (
    Column("pod", "  pod", 16, 19),
    Column("ready", "ready", 5, 5),
    Column("status", "status", 13, 18),
    Column("restarts", "restarts", 8, 8, align="right", drop=2),
    Column("why", "why", 12, 24, drop=1, flexible=True),
    Column("version", "version", 8, 10, drop=3),
    Column("age", "age", 8, 10, drop=4),
    Column("node", "node", 10, 12, drop=5),
)
_MOST_ON_THE_MODEL = 3
_MOST_EVENTS_OF_A_POD = 5
_MOST_OBJECTS_NAMED = 3


def pod_rows(facts: ClusterFacts, now: float) -> list[Row]:
    """Return a row for each pod, the worst first (`now` in UTC seconds)."""
    return [_row(pod, facts, now) for pod in worst_first(facts.pods.value, now)]


def _row(pod: PodFacts, facts: ClusterFacts, now: float) -> Row:
    glyph, style = look_of_pod(pod, now)
    return Row(
        pod.uid or pod.name.raw,
        (
            Cell(f"{glyph} {short_name(pod, facts)}", style),
            Cell(f"{pod.ready}/{pod.count}"),
            Cell(pod.status, style if pod.trouble is not Trouble.NONE else "plain"),
            Cell(f"{pod.restarts:,}", "warning" if pod.restarted_lately(now) else "muted"),
            Cell(why_beside_status(pod, now), "plain" if pod.trouble is not Trouble.NONE else "muted"),
            Cell(pod.version),
            Cell(age_of_pod(pod, now), "muted"),
            Cell(pod.node or "none", "muted"),
        ),
    )


def find_pod(facts: ClusterFacts | None, row_id: str | None) -> PodFacts | None:
    """Return the pod of a row."""
    if facts is None or row_id is None:
        return None
    return next((pod for pod in facts.pods.value if row_id == (pod.uid or pod.name.raw)), None)


def pods_place(facts: ClusterFacts, now: float) -> tuple[Line, ...]:
    """Return the workload with its counts, then what could not be read, each in a line."""
    target = facts.target
    where = f"{target.kind.lower()} {target.namespace}/{target.name}" if target is not None else ""
    style: SpanStyle = "warning" if any(pod.trouble for pod in facts.pods.value) else "ok"
    first = line(
        Span(f"{harmless(where)}  ", "muted"),
        Span(counted(facts, now), style) if facts.pods.at is not None else Span("pods not read", "unknown"),
        right=(Span(f"as of {clock_time(facts.at)} UTC", "muted"),),
    )
    return first, *problem_lines(facts)


def problem_lines(facts: ClusterFacts) -> tuple[Line, ...]:
    """Return what could not be read, a line each, with since when what is shown is old."""
    parts = (
        ("workload", facts.workload.problem, facts.workload.at),
        ("pods", facts.pods.problem, facts.pods.at),
        ("events", facts.events.problem, facts.events.at),
        ("autoscaler", facts.autoscaler.problem, facts.autoscaler.at),
        ("quota", facts.quotas.problem, facts.quotas.at),
    )
    return tuple(
        line(
            Span("? ", "unknown"),
            Span(f"{name}: {problem}{as_of(at if at != facts.at else None)}", "unknown"),
            wraps=True,
        )
        for name, problem, at in parts
        if problem is not None
    )


def pod_lines(pod: PodFacts, facts: ClusterFacts, now: float) -> tuple[Line, ...]:
    """Return all that is known of one pod: why it is as it is, its containers, its newest events."""
    glyph, style = look_of_pod(pod, now)
    lines = [line(Span(f"{glyph} {pod.name.shown}", style)), line(Span("  "), pod_in_words(pod, now), wraps=True)]
    where = [f"on {pod.node}" if pod.node else "on no node yet"]
    where += [f"revision {pod.revision}"] if pod.revision else []
    where += [f"{age_of_pod(pod, now)} old"] if pod.created is not None else []
    if pod.changed is not None:
        where.append(f"{'ready' if pod.is_ready else 'not ready'} since {clock_time(pod.changed)} UTC")
    lines.append(line(Span("  "), Span(", ".join((pod.version or "no version", *where)), "muted"), wraps=True))
    lines += _container_lines(pod.containers, now)
    own = [event for event in facts.events.value if event.kind == "Pod" and pod.name.raw in event.objects]
    lines += [event_line(event, now) for event in own[:_MOST_EVENTS_OF_A_POD]]
    return tuple(lines)


def _container_lines(containers: tuple[ContainerFacts, ...], now: float) -> Iterable[Line]:
    for each in containers:
        if len(containers) == 1 and not (each.last_end is not None and each.last_end.message):
            return
        style: SpanStyle = "plain" if each.ready or (each.is_init and each.state == "terminated") else "warning"
        state = "ready" if each.ready and each.state == "running" else each.state
        parts = [f"{state}{f': {each.why}' if each.why else ''}"]
        if each.restarts:
            parts.append(how_many(each.restarts, "restart"))
        if each.last_end is not None and each.restarts:
            parts.append(f"last {end_in_words(each.last_end, now)}")
        if each.last_end is not None and each.last_end.message:
            parts.append(each.last_end.message)
        name = f"{'init ' if each.is_init else ''}{each.name.shown}: "
        yield line(Span("  · ", "muted"), Span(name, "strong"), Span("; ".join(parts), style), wraps=True)


def event_lines(facts: ClusterFacts, now: float) -> tuple[Line, ...]:
    """Return the events about the model, newest first, or that there are none."""
    title = line(Span("events", "title"), Span("  newest first", "muted"))
    if facts.events.value:
        return (title, *(event_line(event, now) for event in facts.events.value))
    told = "none within the hour for which the cluster keeps them" if facts.events.at is not None else "not read"
    return title, line(Span(told, "muted"))


def event_line(event: EventFacts, now: float) -> Line:
    """Return an event: when, how often, about what, and what it says."""
    when = ago(max(0.0, now - event.last)) if event.last is not None else "at no known time"
    often = f" ×{event.count:,}" if event.count > 1 else ""
    named = [harmless(name) for name in event.objects[:_MOST_OBJECTS_NAMED]]
    about = named[0] if len(event.objects) == 1 else f"{len(event.objects)} {event.kind.lower()}s" if named else ""
    glyph = Span("▲ ", "warning") if event.is_warning else Span("· ", "muted")
    return line(glyph, Span(f"{when}{often}  ", "muted"), Span(f"{event.reason}, {about}: {event.message}"), wraps=True)


def around_lines(facts: ClusterFacts) -> tuple[Line, ...]:
    """Return what stands around the pods: rollout, owner, autoscaler, quotas, and who keeps them as they are."""
    lines: list[Line] = []
    found = facts.workload.value
    if found is not None:
        rollout = found.rollout
        is_odd = rollout.in_progress or rollout.paused or rollout.available < rollout.wanted
        lines.append(_fact("rollout", rollout_in_words(rollout), "warning" if is_odd else "plain"))
        lines.extend(_fact("rollout", told, "warning") for told in rollout.troubles)
        if found.owners:
            lines.append(_fact("owner", f"{' ‹ '.join(found.owners)} undoes what is changed below it"))
        lines.extend(
            _fact("kept by", f"{each.tool}{f' ({each.name})' if each.name else ''}: {each.meaning}")
            for each in found.managed_by
        )
    autoscaler = facts.autoscaler.value
    if autoscaler is not None:
        lines.append(_fact("scaled by", autoscaler_in_words(autoscaler)))
        lines.extend(_fact("scaled by", told, "warning") for told in autoscaler.troubles)
    elif facts.autoscaler.at is not None and facts.autoscaler.problem is None:
        lines.append(_fact("scaled by", "nothing: the replicas stay as they are asked for", "muted"))
    lines.extend(
        _fact("quota", quota_in_words(each), "warning" if each.is_reached or each.room == 0 else "plain")
        for each in facts.quotas.value
    )
    return tuple(lines)


def _fact(name: str, told: str, style: SpanStyle = "plain") -> Line:
    return line(Span(f"{name:<11}", "muted"), Span(told, style), wraps=True)


def worst_in_brief(facts: ClusterFacts | None, now: float) -> tuple[Span, ...]:
    """Return what is the matter with the worst pod, in a word; nothing where all do well."""
    if facts is None or not facts.pods.value:
        return ()
    pod = worst_first(facts.pods.value, now)[0]
    glyph, style = look_of_pod(pod, now)
    if style == "ok":
        return ()
    ended = pod.last_end.reason if pod.last_end is not None and pod.restarted_lately(now) else ""
    return (Span(f"{glyph} {ended or ('not ready' if pod.status == 'Running' else pod.status)}", style),)


def cluster_lines(facts: ClusterFacts | None, now: float, key: str) -> tuple[Line, ...]:
    """Return the section of the model screen: the worst pods and what is odd around them, a few lines."""
    if facts is None:
        return ()
    if facts.detail is not None:
        return ()
    more = (Span(f"  {key} ", "key"), Span("pods and logs", "muted")) if key else ()
    bad = [pod for pod in worst_first(facts.pods.value, now) if look_of_pod(pod, now)[1] != "ok"]
    style: SpanStyle = "warning" if bad else "ok"
    count = Span(counted(facts, now), style) if facts.pods.at is not None else Span("pods not read", "unknown")
    lines = [line(Span("cluster", "title"), *more), Line((count,), wraps=True)]
    for pod in bad[:_MOST_ON_THE_MODEL]:
        glyph, look = look_of_pod(pod, now)
        told = f"{short_name(pod, facts)}: {pod_in_words(pod, now)}"
        lines.append(line(Span(f"{glyph} ", look), Span(told, "plain"), wraps=True))
    if len(bad) > _MOST_ON_THE_MODEL:
        lines.append(line(Span(f"  and {len(bad) - _MOST_ON_THE_MODEL} more", "muted")))
    odd = (each for each in around_lines(facts) if any(span.style == "warning" for span in each.spans))
    return *lines, *odd, *problem_lines(facts)
