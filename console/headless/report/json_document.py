"""The story of an incident as the JSON document `incident-console/report/1`; within a version fields are only added."""

from typing import Any

from console.domain.change import Change
from console.domain.moments import rfc3339
from console.headless.json_text import json_text, number
from console.headless.report.story import ActionTold, IncidentStory, Moment, RunTold, Times
from console.headless.report.words import summary_of, title_of
from console.journal.incident_events import Course

SCHEMA = "incident-console/report/1"


def incident_json(story: IncidentStory) -> str:
    """Return the document on one line that ends with a newline.

    Numbers are numbers, NaN and infinity are null, times are RFC 3339 in UTC, durations are seconds.
    """
    return json_text(incident_document(story))


def incident_document(story: IncidentStory) -> dict[str, Any]:
    """Return the document as plain values."""
    return {
        "schema": SCHEMA,
        "written": rfc3339(story.written),
        "incident": {
            "id": story.id,
            "title": title_of(story),
            "summary": summary_of(story),
            "status": "open" if story.is_open else "recovered",
            "severity": story.severity,
            "model": {"id": story.model_id, "name": story.model_name},
            "versions": story.versions,
            "context": story.context,
            "opened_by": story.opened_by,
            "acknowledged_by": story.acknowledged_by,
            "people": story.people,
        },
        "times": _times(story.times),
        "impact": {
            "signals": [
                {
                    "signal": each.signal,
                    "unit": each.unit,
                    "worst": number(each.worst),
                    "at_least": each.at_least,
                    "worst_at": _time(each.worst_at),
                    "limit": number(each.limit),
                    "expected": number(each.expected),
                    "objective": number(each.objective),
                    "seconds_beyond_limit": number(each.beyond),
                }
                for each in story.impacts
            ],
            "requests": {
                "served": number(story.requests.served),
                "failed": number(story.requests.failed),
                "budget_spent": number(story.requests.budget_spent),
            }
            if story.requests is not None
            else None,
            "budget": story.budget,
        },
        "causes": [
            {
                "at": rfc3339(told.at),
                "about": told.about,
                "kind": told.cause.kind,
                "confidence": number(told.cause.confidence),
                "detail": told.cause.detail,
                "evidence": told.cause.evidence,
            }
            for told in story.causes
        ],
        "changes": [_change(change) for change in story.changes],
        "timeline": [_moment(moment) for moment in story.timeline],
        "runs": [_run(run) for run in story.runs],
        "follow_ups": [{"text": each.text, "source": each.source} for each in story.follow_ups],
        "courses": [_course(course) for course in story.courses],
        "links": [{"title": link.title, "url": link.url} for link in story.links],
    }


def _times(times: Times) -> dict[str, Any]:
    return {
        "onset": rfc3339(times.onset),
        "onset_is_earlier": times.onset_is_earlier,
        "detected": rfc3339(times.opened),
        "acknowledged": _time(times.acknowledged),
        "mitigated": _time(times.mitigated),
        "mitigated_by": times.mitigated_by,
        "recovered": _time(times.recovered),
        "recovered_at_latest": times.recovered_at_latest,
        "seconds_to_detect": times.since_onset(times.opened),
        "seconds_to_acknowledge": times.since_onset(times.acknowledged),
        "seconds_to_mitigate": times.since_onset(times.mitigated),
        "seconds_to_recover": times.since_onset(times.recovered),
    }


def _moment(moment: Moment) -> dict[str, Any]:
    return {"at": rfc3339(moment.at), "kind": moment.kind, "by": moment.by, "text": moment.text}


def _change(change: Change) -> dict[str, Any]:
    return {"at": rfc3339(change.at), "kind": change.kind, "detail": change.detail}


def _run(run: RunTold) -> dict[str, Any]:
    return {
        "id": run.id,
        "playbook": {"id": run.playbook_id, "version": run.playbook_version, "title": run.title},
        "owners": run.owners,
        "by": run.by,
        "started": rfc3339(run.started),
        "ended": _time(run.ended),
        "rehearsal": run.is_rehearsal,
        "standing_at": run.standing_at,
        "unexplained": run.unexplained,
        "steps": [
            {
                "id": step.id,
                "kind": step.kind,
                "title": step.title,
                "state": step.state,
                "note": step.note,
                "at": _time(step.at),
            }
            for step in run.steps
        ],
        "actions": [_action(action) for action in run.actions],
    }


def _action(action: ActionTold) -> dict[str, Any]:
    return {
        "id": action.intent_id,
        "at": rfc3339(action.at),
        "by": action.by,
        "step": action.step_id,
        "title": action.title,
        "target": action.target,
        "changes": [{"field": each.field, "before": each.before, "after": each.after} for each in action.changes],
        "request": action.request,
        "command": action.command,
        "notes": list(action.notes),
        "tier": action.tier,
        "outcome": action.outcome,
        "detail": action.detail,
        "verified": _time(action.verified_at),
        "undoes": action.undoes,
        "undone": _time(action.undone_at),
        "can_be_undone": action.can_be_undone,
    }


def _course(course: Course) -> dict[str, Any]:
    return {
        "signal": course.signal,
        "unit": course.unit,
        "start": rfc3339(course.start),
        "step_seconds": course.step,
        "limit": number(course.limit),
        "values": [number(value) for value in course.values],
    }


def _time(instant: float | None) -> str | None:
    return rfc3339(instant) if instant is not None else None
