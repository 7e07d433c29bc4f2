"""What changed lately of a model, as evidence of a playbook: how often, and what."""

from collections.abc import Sequence

from console.domain.change import Change, ChangeKind, change_in_words
from console.domain.moments import in_words, parse_duration
from console.domain.snapshot import ModelView
from console.history.store import FINE_SPAN
from console.playbooks.evidence import ChangeEvidence

MOST_TOLD = 3
"""Changes that are told by name."""


def changes_seen(source: ChangeEvidence, view: ModelView, at: float) -> tuple[int | None, str]:
    """Return how many changes there were, None where that is not known, and the same in words.

    `at` (UTC seconds) is the instant of the snapshot. None seen is 0 only where somebody looked: versions and replicas
    are in the metrics of the last hour, the rest is read around what is broken.
    """
    since = (view.incident.onset if view.incident is not None else at) - parse_duration(source.within)
    found = [change for change in view.changes if change.kind.value in source.change and since <= change.at <= at]
    if found:
        return len(found), _told(found, at)
    unread = [kind for kind in source.change if not _is_read(ChangeKind(kind), view, since, at)]
    if unread:
        return None, f"unknown: nobody could tell whether {' or '.join(unread)} changed"
    return 0, f"0: no change of {' or '.join(source.change)} since {in_words(at - since)} ago"


def _told(found: Sequence[Change], at: float) -> str:
    told = [f"{change_in_words(change, ' ')} {in_words(at - change.at)} ago" for change in found[-MOST_TOLD:]]
    more = f" and {len(found) - MOST_TOLD} before" if len(found) > MOST_TOLD else ""
    return f"{len(found)}: {', '.join(told)}{more}"


def _is_read(kind: ChangeKind, view: ModelView, since: float, at: float) -> bool:
    """Return whether a change of a kind would have been seen."""
    if kind is ChangeKind.VERSION and not view.versions:
        return False
    is_explained = not view.not_read and any(anomaly.causes for anomaly in view.anomalies)
    if is_explained:
        return True
    is_in_metrics = kind is ChangeKind.VERSION or (kind is ChangeKind.REPLICAS and view.replicas is not None)
    return is_in_metrics and at - since <= FINE_SPAN
