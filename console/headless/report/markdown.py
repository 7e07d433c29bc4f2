"""The story of an incident as Markdown: a draft of a post-incident review that needs little editing."""

from collections.abc import Iterator, Sequence

from console.domain.change import change_in_words
from console.domain.quantity import format_ratio
from console.headless.markdown_text import escaped, table
from console.headless.report.evidence import marks_of, panels_of
from console.headless.report.story import ActionTold, IncidentStory, RunTold
from console.headless.report.text_chart import text_chart
from console.headless.report.words import (
    BLAMELESS,
    LONGEST_NOTE,
    QUESTIONS,
    cause_name,
    day_and_time,
    impact_in_words,
    moment_in_words,
    outcome_in_words,
    requests_in_words,
    shown,
    status_of,
    step_state,
    summary_of,
    time_beside,
    times_in_words,
    title_of,
)


def incident_markdown(story: IncidentStory) -> str:
    """Return the report (GitHub-flavoured Markdown); nothing that came from outside is Markdown in it."""
    sections = (
        ("Summary", _summary(story)),
        ("Impact", _impact(story)),
        ("How long it took", _times(story)),
        ("Evidence", _evidence(story)),
        ("Causes, as told then", _causes(story)),
        ("What changed around it", _changes(story)),
        ("Timeline", _timeline(story)),
        ("What was done", _runs(story)),
        ("Lessons", _lessons()),
        ("Follow-ups", _follow_ups(story)),
        ("Links", _links(story)),
    )
    blocks = [f"# {escaped(title_of(story))}", _head(story)]
    blocks += [f"## {title}\n\n{body}" for title, body in sections if body]
    return "\n\n".join(blocks) + "\n"


def _head(story: IncidentStory) -> str:
    versions = ", ".join(f"{shown(name)} {format_ratio(share)}" for name, share in story.versions.items())
    rows = [
        ("Incident", story.id),
        ("Status", status_of(story)),
        ("Severity", story.severity.value),
        ("Model", story.model_id + (f" ({versions} of the traffic at the opening)" if versions else "")),
        ("Context", story.context),
        ("Times", "UTC, of the day of the onset where no date stands beside them"),
        ("Took part", ", ".join(story.people) or "nobody that the journal knows of"),
        ("Written", f"{day_and_time(story.written)}, a draft from the journal"),
    ]
    return table(("", ""), [(name, escaped(shown(value))) for name, value in rows if value])


def _summary(story: IncidentStory) -> str:
    return escaped(summary_of(story))


def _impact(story: IncidentStory) -> str:
    blocks = []
    if story.impacts:
        titles = ("signal", "worst", "limit", "expected", "beyond the limit for")
        rows = [
            tuple(escaped(shown(cell)) for cell in impact_in_words(each, story.times.onset)) for each in story.impacts
        ]
        blocks.append(table(titles, rows))
    if story.requests is not None:
        blocks.append(escaped(requests_in_words(story.requests)))
    elif story.budget is not None:
        blocks.append(escaped(shown(f"At the opening: {story.budget}.")))
    return "\n\n".join(blocks)


def _times(story: IncidentStory) -> str:
    rows = [tuple(escaped(cell) for cell in row) for row in times_in_words(story.times)]
    return table(("", "after the onset", "when"), rows)


def _evidence(story: IncidentStory) -> str:
    marks = marks_of(story)
    charts = [
        f"{escaped(panel.title)}\n\n```text\n{text_chart(panel.course, marks, panel.start, panel.end)}\n```"
        for panel in panels_of(story)
    ]
    if not charts:
        return ""
    legend = ", ".join(
        f"{mark.sign} {escaped(shown(mark.text))} {time_beside(mark.at, story.times.onset)}" for mark in marks
    )
    return "\n\n".join([*charts, f"{legend}; · no data"])


def _causes(story: IncidentStory) -> str:
    lines = []
    for told in story.causes:
        about = escaped(
            shown(f"of {told.about}, told at {time_beside(told.at, story.times.onset)}: {told.cause.detail}")
        )
        lines.append(f"- **{cause_name(told.cause.kind)}** ({format_ratio(told.cause.confidence)}) {about}")
        lines += [f"  - {escaped(shown(fact))}" for fact in told.cause.evidence]
    return "\n".join(lines) or "No cause was told."


def _changes(story: IncidentStory) -> str:
    return (
        "\n".join(f"- {day_and_time(change.at)}: {escaped(shown(change_in_words(change)))}" for change in story.changes)
        or "Nothing that the console knows of."
    )


def _timeline(story: IncidentStory) -> str:
    lines, day = [], ""
    for moment in story.timeline:
        date, time = day_and_time(moment.at).split(" ")[:2]
        if date != day:
            day = date
            lines.append(f"**{date}** (UTC)\n")
        text = escaped(moment_in_words(moment))
        lines.append(f"- `{time}` {f'**{text}**' if moment.kind in _LANDMARKS else text}")
    return "\n".join(f"\n{line}" if line.startswith("**") and lines[0] != line else line for line in lines)


_LANDMARKS = frozenset({"onset", "opened", "recovered"})


def _runs(story: IncidentStory) -> str:
    return "\n\n".join(_run(run, story.times.onset) for run in story.runs) or "No playbook was followed."


def _run(run: RunTold, onset: float) -> str:
    began = time_beside(run.started, onset)
    until = time_beside(run.ended, onset) if run.ended is not None else "now, it is open"
    what = "rehearsed" if run.is_rehearsal else "followed"
    head = f"### {escaped(shown(f'{run.title} ({run.playbook_id} v{run.playbook_version})'))}"
    owners = f"; its owners: {', '.join(run.owners)}" if run.owners else ""
    blocks = [
        head,
        escaped(shown(f"Run {run.id}, {what} by {run.by}, {began} to {until}{owners}.")),
    ]
    if run.unexplained is not None:
        blocks.append(escaped(shown(f"Not all of its steps can be told: {run.unexplained}.")))
    if run.steps:
        rows = [
            (
                time_beside(step.at, onset) if step.at is not None else "",
                step.kind.value if step.kind is not None else "",
                escaped(shown(step.title)),
                step_state(step.state),
                escaped(shown(step.note)),
            )
            for step in run.steps
        ]
        blocks.append(table(("at", "step", "what", "state", "seen, chosen or why"), rows))
    blocks += [_action(action, onset) for action in run.actions]
    return "\n\n".join(blocks)


def _action(action: ActionTold, onset: float) -> str:
    sent = f"sent {time_beside(action.at, onset)} by {action.by}, {outcome_in_words(action)}"
    lines = [
        f"**{escaped(shown(action.title))}**: {escaped(shown(sent))}",
        "",
        f"- target: {escaped(shown(action.target))}",
        *(f"- {escaped(shown(f'{each.field}: {each.before} → {each.after}'))}" for each in action.changes),
        *(f"- {escaped(shown(f'the plan said: {note}'))}" for note in action.notes),
        f"- {escaped(shown(action.detail))}",
    ]
    return "\n".join(lines)


def _lessons() -> str:
    return "\n\n".join([f"*{BLAMELESS}*", *(f"**{title}.** *{question}*" for title, question in QUESTIONS)])


def _follow_ups(story: IncidentStory) -> str:
    return checklist([(each.text, each.source) for each in story.follow_ups]) or "None that the journal knows of."


def checklist(items: Sequence[tuple[str, str]]) -> str:
    """Return a list of things to tick off, each with where it comes from."""
    return "\n".join(f"- [ ] {escaped(shown(text, LONGEST_NOTE))} ({escaped(shown(source))})" for text, source in items)


def _links(story: IncidentStory) -> str:
    return "\n".join(_link_lines(story))


def _link_lines(story: IncidentStory) -> Iterator[str]:
    for link in story.links:
        yield f"- [{escaped(shown(link.title))}](<{link.url}>)"
