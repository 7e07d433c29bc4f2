"""The story of an incident as one HTML file: no scripts, nothing loaded from elsewhere, light, dark and on paper."""

from collections.abc import Iterable, Sequence
from html import escape

from console.domain.change import change_in_words
from console.domain.quantity import format_ratio
from console.headless.report.evidence import marks_of, panels_of
from console.headless.report.html_style import STYLE
from console.headless.report.story import ActionTold, IncidentStory, RunTold
from console.headless.report.svg_chart import svg_chart
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

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Says to the browser what is true anyway: the page runs and loads nothing."""


def incident_html(story: IncidentStory) -> str:
    """Return the page; everything that came from outside is text in it."""
    sections = (
        ("Impact", _impact(story)),
        ("How long it took", _table(("", "after the onset", "when"), times_in_words(story.times))),
        ("Evidence", _evidence(story)),
        ("Causes, as told then", _causes(story)),
        ("What changed around it", _changes(story)),
        ("Timeline", _timeline(story)),
        (
            "What was done",
            "".join(_run(run, story.times.onset) for run in story.runs) or "<p>No playbook was followed.</p>",
        ),
        ("Lessons", _lessons()),
        ("Follow-ups", _follow_ups(story)),
        ("Links", _links(story)),
    )
    body = "".join(f"<section><h2>{title}</h2>{content}</section>\n" for title, content in sections if content)
    title = _text(title_of(story))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<header><p class="badge {story.severity.value}">{story.severity.value}</p><h1>{title}</h1>'
        f'<p class="summary">{escape(summary_of(story))}</p>{_facts(story)}</header>\n{body}'
        f"<footer>{_text(f'Written {day_and_time(story.written)}: a draft from the journal.')}</footer>\n"
        "</main>\n</body>\n</html>\n"
    )


def _text(text: str) -> str:
    """Return a text from outside as text of a page."""
    return escape(shown(text))


def _facts(story: IncidentStory) -> str:
    versions = ", ".join(f"{shown(name)} {format_ratio(share)}" for name, share in story.versions.items())
    rows = (
        ("Incident", story.id),
        ("Status", status_of(story)),
        ("Model", story.model_id + (f" ({versions} of the traffic at the opening)" if versions else "")),
        ("Context", story.context or ""),
        ("Times", "UTC, of the day of the onset where no date stands beside them"),
        ("Took part", ", ".join(story.people) or "nobody that the journal knows of"),
    )
    return f"<dl>{''.join(f'<dt>{name}</dt><dd>{_text(value)}</dd>' for name, value in rows if value)}</dl>"


def _impact(story: IncidentStory) -> str:
    told = ""
    if story.impacts:
        titles = ("signal", "worst", "limit", "expected", "beyond the limit for")
        told += _table(titles, (impact_in_words(each, story.times.onset) for each in story.impacts))
    if story.requests is not None:
        told += f"<p>{_text(requests_in_words(story.requests))}</p>"
    elif story.budget is not None:
        told += f"<p>{_text(f'At the opening: {story.budget}.')}</p>"
    return told


def _evidence(story: IncidentStory) -> str:
    marks = marks_of(story)
    until = story.times.recovered if story.times.recovered is not None else story.written
    charts = "".join(
        f"<figure><figcaption>{_text(panel.title)}</figcaption>"
        f"{svg_chart(panel, marks, (story.times.onset, until))}</figure>"
        for panel in panels_of(story)
    )
    if not charts:
        return ""
    legend = ", ".join(f"{mark.sign} {_text(mark.text)} {time_beside(mark.at, story.times.onset)}" for mark in marks)
    return f'{charts}<p class="legend">{legend}. Shaded: from the onset to the recovery. Dashed: the limit.</p>'


def _causes(story: IncidentStory) -> str:
    return _list(
        (
            f"<strong>{cause_name(told.cause.kind)}</strong> ({format_ratio(told.cause.confidence)}) "
            f"{_text(f'of {told.about}, told at {time_beside(told.at, story.times.onset)}: {told.cause.detail}')}"
            + _list(map(_text, told.cause.evidence))
            for told in story.causes
        ),
        otherwise="No cause was told.",
    )


def _changes(story: IncidentStory) -> str:
    return _list(
        (f"{_time(change.at)} {_text(change_in_words(change))}" for change in story.changes),
        otherwise="Nothing that the console knows of.",
    )


def _timeline(story: IncidentStory) -> str:
    rows = (
        f'<tr class="{moment.kind}"><td>{_time(moment.at)}</td><td>{escape(moment_in_words(moment))}</td></tr>'
        for moment in story.timeline
    )
    return f'<div class="wide"><table class="timeline">{"".join(rows)}</table></div>'


def _run(run: RunTold, onset: float) -> str:
    until = time_beside(run.ended, onset) if run.ended is not None else "now, it is open"
    what = "rehearsed" if run.is_rehearsal else "followed"
    owners = f"; its owners: {', '.join(run.owners)}" if run.owners else ""
    when = f"Run {run.id}, {what} by {run.by}, {time_beside(run.started, onset)} to {until}{owners}."
    told = f"<h3>{_text(f'{run.title} ({run.playbook_id} v{run.playbook_version})')}</h3><p>{_text(when)}</p>"
    if run.unexplained is not None:
        told += f"<p>{_text(f'Not all of its steps can be told: {run.unexplained}.')}</p>"
    if run.steps:
        rows = (
            (
                time_beside(step.at, onset) if step.at is not None else "",
                step.kind.value if step.kind is not None else "",
                step.title,
                step_state(step.state),
                step.note,
            )
            for step in run.steps
        )
        told += _table(("at", "step", "what", "state", "seen, chosen or why"), rows)
    return told + "".join(_action(action, onset) for action in run.actions)


def _action(action: ActionTold, onset: float) -> str:
    sent = f"sent {time_beside(action.at, onset)} by {action.by}, {outcome_in_words(action)}"
    facts = (
        f"target: {action.target}",
        *(f"{each.field}: {each.before} → {each.after}" for each in action.changes),
        *(f"the plan said: {note}" for note in action.notes),
        action.detail,
    )
    return f"<p><strong>{_text(action.title)}</strong>: {_text(sent)}</p>{_list(map(_text, facts))}"


def _lessons() -> str:
    asked = "".join(f"<h3>{title}</h3><p><em>{question}</em></p>" for title, question in QUESTIONS)
    return f"<p><em>{BLAMELESS}</em></p>{asked}"


def _follow_ups(story: IncidentStory) -> str:
    return _list(
        (
            f"☐ {escape(shown(each.text, LONGEST_NOTE))} <small>({_text(each.source)})</small>"
            for each in story.follow_ups
        ),
        otherwise="None that the journal knows of.",
        name="follow-ups",
    )


def _links(story: IncidentStory) -> str:
    return _list(f'<a href="{escape(link.url)}" rel="noreferrer">{_text(link.title)}</a>' for link in story.links)


def _time(instant: float) -> str:
    return f"<time>{day_and_time(instant).removesuffix(' UTC')}</time>"


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{title}</th>" for title in titles)
    body = "".join(f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _list(items: Iterable[str], *, otherwise: str = "", name: str = "") -> str:
    told = "".join(f"<li>{item}</li>" for item in items)
    kind = f' class="{name}"' if name else ""
    return f"<ul{kind}>{told}</ul>" if told else f"<p>{otherwise}</p>" if otherwise else ""
