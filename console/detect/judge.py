"""The judgement of a fleet: (history, at) to the views of its models."""

from collections.abc import Iterable, Set

from console.detect.alerts import judge_alerts
from console.detect.case import Case, case_of
from console.detect.changes import find_changes, version_shares
from console.detect.errors import budget_in_words, judge_errors
from console.detect.evidence import with_evidence
from console.detect.incidents import find_in_reach, incidents_of
from console.detect.latency import judge_latency
from console.detect.missing import judge_missing
from console.detect.readings import read_signals
from console.detect.saturation import judge_saturation
from console.detect.traffic import judge_traffic
from console.detect.unusual import judge_unusual, oddities_of, since_unusual
from console.domain.alert import Alert
from console.domain.anomaly import Anomaly, AnomalyKind, Severity, Status
from console.domain.label import Label
from console.domain.model import Model
from console.domain.signal import (
    ERROR_RATIO,
    LATENCY_BY_WORST_FIRST,
    TIME_TO_FIRST_TOKEN,
    TRAFFIC,
    Reading,
    State,
)
from console.domain.snapshot import ModelView, order_worst_first
from console.history.view import History
from console.settings.settings import JudgementSettings, ModelRule

_JUDGES = (judge_latency, judge_errors, judge_traffic, judge_saturation, judge_missing)
_TELLING = frozenset({State.OK, State.PARTIAL, State.NO_TRAFFIC, State.NOT_ENOUGH_DATA})
_UNTELLABLE = frozenset({State.ERROR, State.SOURCE_DOWN})
_LOST = frozenset({State.STALE, *_UNTELLABLE})
_VITAL = frozenset(signal.name for signal in (TRAFFIC, ERROR_RATIO, TIME_TO_FIRST_TOKEN, *LATENCY_BY_WORST_FIRST))
"""Signals without which nobody can say that a model is healthy, once it has had them."""
_SECONDS_OF_BELIEF = 3_600.0
"""How long something counts as broken after it was seen last; then it is unknown."""


def judge(
    history: History, settings: JudgementSettings, rules: tuple[ModelRule, ...], alerts: tuple[Alert, ...]
) -> tuple[ModelView, ...]:
    """Return the views of all models, worst first; a model that is configured as expected and was never seen is one.

    Alerts must already be attached to models. Workloads and playbooks are found later, by others.
    """
    views = [judge_model(case_of(past, history, settings, rules), alerts, history.partial) for past in history.models]
    views.extend(_never_seen(rules, {name for view in views for name in (view.model.id, view.model.name.raw)}))
    return order_worst_first(views)


def judge_again(
    views: Iterable[ModelView],
    history: History,
    ids: Set[str],
    settings: JudgementSettings,
    rules: tuple[ModelRule, ...],
    alerts: tuple[Alert, ...],
) -> tuple[ModelView, ...]:
    """Return the views, some models (by id) judged anew by a history that reaches further back; worst first."""
    again = {
        past.model.id: judge_model(case_of(past, history, settings, rules), alerts, history.partial)
        for past in history.models
        if past.model.id in ids
    }
    return order_worst_first([again.get(view.model.id, view) for view in views])


def judge_model(case: Case, alerts: Iterable[Alert], partial: str | None = None) -> ModelView:
    """Return the view of one model; `partial` says why the source's answer is incomplete, if it is."""
    changes = find_changes(case.history)
    found = find_in_reach(case, _judge_metrics)
    found.extend(judge_alerts(case, alerts))
    anomalies = tuple(with_evidence(anomaly, case, changes) for anomaly in found)
    readings = read_signals(case, partial)
    incidents = incidents_of(case.model_id, anomalies)
    headline = case.headline()
    replicas = case.history.replicas.last
    return ModelView(
        model=case.history.model,
        status=status_of(anomalies, readings, case.at),
        readings=readings,
        versions=version_shares(case.history),
        changes=changes,
        incident=incidents[0] if incidents else None,
        other_incidents=incidents[1:],
        replicas=int(replicas) if replicas == replicas else None,
        headline_signal=headline.name if headline else None,
        headline=case.history.fine[headline.name] if headline else None,
        # Broken errors tell how fast the budget goes by their own windows; the last hour would tell another time.
        budget=None if _fails(anomalies) else budget_in_words(case),
        presets=case.history.presets,
        oddities=oddities_of(case, anomalies),
    )


def _fails(anomalies: Iterable[Anomaly]) -> bool:
    return any(anomaly.kind is AnomalyKind.ERRORS and not anomaly.is_over for anomaly in anomalies)


def _judge_metrics(case: Case) -> list[Anomaly]:
    found = [anomaly for judge_one in _JUDGES for anomaly in judge_one(case)]
    return [*since_unusual(case, found), *judge_unusual(case, found)]


def status_of(anomalies: Iterable[Anomaly], readings: dict[str, Reading], at: float) -> Status:
    """Return the status of a model at an instant (UTC seconds).

    What is known to be broken outranks what is not, and no data is never health. What is over does not count, and what
    was seen last too long ago is not known to be broken any more.
    """
    held = [anomaly for anomaly in anomalies if not anomaly.is_over]
    known = [each for each in held if each.last_seen is None or at - each.last_seen <= _SECONDS_OF_BELIEF]
    if any(anomaly.severity is Severity.CRITICAL for anomaly in known):
        return Status.CRITICAL
    if any(anomaly.kind is not AnomalyKind.MISSING_DATA for anomaly in known):
        return Status.WARNING
    if held or not any(reading.state in _TELLING for reading in readings.values()):
        return Status.UNKNOWN
    lost = any(reading.state in (_LOST if name in _VITAL else _UNTELLABLE) for name, reading in readings.items())
    return Status.UNKNOWN if lost else Status.OK


def _never_seen(rules: tuple[ModelRule, ...], seen: set[str]) -> list[ModelView]:
    reading = Reading(TRAFFIC, State.NO_DATA, detail="configured as expected, never seen")
    return [
        ModelView(Model(rule.match, Label(rule.match)), Status.UNKNOWN, {TRAFFIC.name: reading})
        for rule in rules
        if rule.expected and rule.match not in seen
    ]
