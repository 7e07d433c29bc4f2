"""Which playbooks fit an anomaly, the most specific first."""

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from console.domain.alert import Alert
from console.domain.anomaly import Anomaly, PlaybookOffer, Severity
from console.domain.moments import parse_duration
from console.domain.snapshot import ModelView
from console.playbooks.head import Head, Match, MatchAnomaly
from console.playbooks.library import Library

_FIRING = "firing"


def offers(
    library: Library,
    view: ModelView,
    anomaly: Anomaly,
    *,
    at: float | None = None,
    alerts: Sequence[Alert] = (),
) -> tuple[PlaybookOffer, ...]:
    """Return the playbooks that fit an anomaly of a model, the one that asks for most first.

    `at` (UTC seconds) is the instant of the snapshot, `alerts` those of the fleet; what is asked for and not known does
    not match.
    """
    ranked = []
    for playbook in library.heads:
        specificity = _specificity(playbook, view, anomaly, at, alerts)
        if specificity is not None:
            ranked.append((-specificity, -playbook.match.rank, playbook.id, playbook.metadata.title))
    return tuple(PlaybookOffer(playbook_id, title) for _, _, playbook_id, title in sorted(ranked))


def _specificity(
    playbook: Head, view: ModelView, anomaly: Anomaly, at: float | None, alerts: Sequence[Alert]
) -> int | None:
    """Return how many things the playbook asks for that are so, None when one of them is not."""
    match = playbook.match
    if _is_excluded(match, view):
        return None
    answers = [
        *_about_anomaly(match.anomaly, anomaly, at),
        *_one_of(match.causes, (cause.kind for cause in anomaly.causes)),
        *_one_of(match.alerts, _firing_alerts(view, alerts)),
        *_one_of(match.serving, _serving(view)),
        *(_has_label(view, label, globs) for label, globs in match.labels.items()),
    ]
    return len(answers) if all(answers) else None


def _about_anomaly(match: MatchAnomaly, anomaly: Anomaly, at: float | None) -> list[bool]:
    answers = _one_of(tuple(match.kind), (anomaly.kind,))
    answers += _one_of(match.signal, () if anomaly.signal is None else (anomaly.signal,))
    if match.min_severity is Severity.CRITICAL:
        answers.append(anomaly.severity is Severity.CRITICAL)
    if match.firing_for is not None:
        answers.append(at is not None and at - anomaly.onset >= parse_duration(match.firing_for))
    return answers


def _one_of(wanted: Sequence[str], found: Iterable[str]) -> list[bool]:
    """Return one answer when something is asked for, none otherwise."""
    return [not set(wanted).isdisjoint(found)] if wanted else []


def _firing_alerts(view: ModelView, alerts: Sequence[Alert]) -> Iterable[str]:
    return (alert.name.raw for alert in alerts if alert.model_id == view.model.id and alert.state == _FIRING)


def _serving(view: ModelView) -> tuple[str, ...]:
    workload = view.workload.workload if view.workload is not None else None
    return () if workload is None else (workload.kind.lower(),)


def _is_excluded(match: Match, view: ModelView) -> bool:
    return any(_one_of(match.not_.serving, _serving(view))) or any(
        _has_label(view, label, globs) for label, globs in match.not_.labels.items()
    )


def _has_label(view: ModelView, label: str, globs: Iterable[str]) -> bool:
    labels: Mapping[str, str] = {**view.model.labels, "model": view.model.name.raw}
    value = labels.get(label)
    return value is not None and any(fnmatchcase(value, glob) for glob in globs)
