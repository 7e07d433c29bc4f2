"""Under which terms a playbook may act on a model now."""

from fnmatch import fnmatchcase

from console.domain.anomaly import Severity, Status
from console.domain.moments import parse_duration
from console.domain.snapshot import ModelView
from console.journal.terms import Terms
from console.playbooks.document import Approvals, ApprovalsWhen, Playbook


def terms_of(playbook: Playbook, view: ModelView | None) -> Terms:
    """Return the terms of a playbook for a model; of one that is not seen any more, everything is asked."""
    limits, approvals = playbook.limits, playbook.approvals
    most = limits.max_runs
    return Terms(
        cooldown=parse_duration(limits.cooldown) if limits.cooldown is not None else 0.0,
        most_actions=most.count if most is not None else None,
        within=parse_duration(most.per) if most is not None else 0.0,
        approvals=approvals.count if approvals is not None and _are_asked(approvals, view) else 0,
        approvals_last=parse_duration(approvals.expires) if approvals is not None else 0.0,
        sender_counts=approvals is not None and not approvals.not_self,
    )


def _are_asked(approvals: Approvals, view: ModelView | None) -> bool:
    return view is None or (_has_labels(approvals.when, view) and _is_severe(approvals.when, view))


def _has_labels(when: ApprovalsWhen, view: ModelView) -> bool:
    return all(
        name in view.model.labels and any(fnmatchcase(view.model.labels[name], glob) for glob in globs)
        for name, globs in when.labels.items()
    )


def _is_severe(when: ApprovalsWhen, view: ModelView) -> bool:
    """Return whether a model is as badly off as approvals are for, or nobody can tell; `warning` is for any model."""
    is_critical = any(anomaly.severity is Severity.CRITICAL for anomaly in view.standing)
    return when.min_severity is Severity.WARNING or is_critical or view.status is Status.UNKNOWN
