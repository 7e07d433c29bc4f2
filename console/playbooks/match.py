"""Which playbooks fit an anomaly, the best first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property

import msgspec

from console.detect.alerts import alert_name
from console.detect.at_limit import at_limit
from console.domain.alert import Alert
from console.domain.anomaly import Anomaly, AnomalyKind, Cause, CauseKind, PlaybookOffer, Severity
from console.domain.change import Change
from console.domain.moments import parse_duration
from console.domain.signal import FROM_PREDICTIONS, Direction
from console.domain.snapshot import ModelView
from console.playbooks.head import Head, Match, MatchAnomaly, MatchChange
from console.playbooks.library import Playbooks

_FIRING = "firing"
_NOTHING_EXPLAINS_IT = (Cause(CauseKind.UNKNOWN, 0.0, "nothing explains it"),)
_OF_UNKNOWN = 0.5
"""The part of the confidence in `unknown` that counts: what is offered for it is a guess, a likely cause is none."""
_AFTER_ONSET = 60.0
"""Seconds after an onset up to which a change may be seen that caused it: both are told by scrapes."""
_AFTER_ONSET_OF_LOGS = 3600.0
"""The same for what logs tell: the onset is the start of an hour."""
_SIGNALS_OF_LOGS = frozenset(signal.name for signal in FROM_PREDICTIONS)


class Fit(msgspec.Struct, frozen=True, order=True):
    """How well a playbook fits; of two the greater is better, and equal ones are ties.

    `chance` is that of the cause in whole percent, as people see it: a difference that nobody sees orders nothing.
    """

    is_fleet_wide: bool
    chance: int
    asked: int
    rank: int


def offers(
    library: Playbooks,
    view: ModelView,
    anomaly: Anomaly,
    *,
    at: float | None = None,
    alerts: Sequence[Alert] = (),
    is_fleet_wide: bool = False,
) -> tuple[PlaybookOffer, ...]:
    """Return the playbooks that fit an anomaly of a model, the best first.

    What broke many models at once (`is_fleet_wide`) comes first, then the most certain cause, then the most that is
    asked for, then the rank. `at` (UTC seconds) is the instant of the snapshot, `alerts` those of the fleet; what is
    asked for and not known does not match.
    """
    facts = Facts(view, anomaly, at, tuple(alerts), is_fleet_wide)
    fitting = [(head, found) for head in library.heads if (found := _best(head, facts)) is not None]
    fitting.sort(key=lambda fit: fit[0].id)
    fitting.sort(key=lambda fit: fit[1][0], reverse=True)
    return tuple(
        PlaybookOffer(
            head.id,
            head.metadata.title,
            cause,
            tuple(other.id for other, (equal, _) in fitting if equal == fit and other is not head),
        )
        for head, (fit, cause) in fitting
    )


class Facts:
    """What is known of an anomaly and its model, as playbooks ask for it."""

    def __init__(
        self, view: ModelView, anomaly: Anomaly, at: float | None, alerts: tuple[Alert, ...], is_fleet_wide: bool
    ) -> None:
        self.view = view
        self.anomaly = anomaly
        self.at = at
        self.is_fleet_wide = is_fleet_wide
        self._alerts = alerts

    @cached_property
    def causes(self) -> tuple[Cause, ...]:
        """The explanations of the anomaly; where there is none, that it is unknown."""
        return self.anomaly.causes or _NOTHING_EXPLAINS_IT

    @cached_property
    def alerts(self) -> tuple[str, ...]:
        """Names of the alerts that speak of the anomaly: itself, where it is one, else all that fire for the model."""
        own = alert_name(self.anomaly, self.view.model.id)
        mine = (alert for alert in self._alerts if alert.model_id == self.view.model.id and alert.state == _FIRING)
        return (own,) if own is not None else tuple(alert.name.raw for alert in mine)

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """The labels of the model, its name among them."""
        return {**self.view.model.labels, "model": self.view.model.name.raw}

    @cached_property
    def serving(self) -> tuple[str, ...]:
        """What serves the model: presets, and the kind of its workload."""
        workload = self.view.workload.workload if self.view.workload is not None else None
        return (*self.view.presets, *((workload.kind.lower(),) if workload is not None else ()))

    @cached_property
    def at_limit(self) -> frozenset[str]:
        """Signals of the model that are at their limit now."""
        return at_limit(self.view.readings)

    @cached_property
    def direction(self) -> Direction | None:
        """Whether the value is over or under what is expected, None where that is not known."""
        value, expected = self.anomaly.value, self.anomaly.expected
        if value is None or expected is None or value == expected:
            return None
        return Direction.HIGH if value > expected else Direction.LOW

    @cached_property
    def burn(self) -> float | None:
        """How many times faster than promised errors spend the budget now, None where that is not known."""
        value, budget = self.anomaly.value, self.anomaly.objective
        if self.anomaly.kind is not AnomalyKind.ERRORS or value is None or not budget:
            return None
        return value / budget

    def changed_before(self, change: Change, seconds: float) -> bool:
        """Return whether a change was so shortly before the onset; it may be seen a little later."""
        late = _AFTER_ONSET_OF_LOGS if self.anomaly.signal in _SIGNALS_OF_LOGS else _AFTER_ONSET
        return -late <= self.anomaly.onset - change.at <= seconds


def _best(head: Head, facts: Facts) -> tuple[Fit, CauseKind | None] | None:
    """Return how well the best of the alternatives of a playbook fits, and the cause for which it does."""
    fits = [fit for match in head.match if (fit := _fit(match, facts)) is not None]
    return max(fits, key=lambda fit: fit[0], default=None)


def _fit(match: Match, facts: Facts) -> tuple[Fit, CauseKind | None] | None:
    if _is_excluded(match, facts):
        return None
    answers = list(_answers(match, facts))
    if not all(answers):
        return None
    # Who asks for no cause fits whatever the cause is, and so the best one.
    fitting = [cause for cause in facts.causes if not match.causes or cause.kind in match.causes]
    best = max(fitting, key=_chance)
    fit = Fit(match.fleet_wide, round(100 * _chance(best)), len(answers), match.rank)
    return fit, best.kind if match.causes else None


def _chance(cause: Cause) -> float:
    """Return how likely the playbook of a cause is the right one (0 to 1): of what is unknown any other may be."""
    return cause.confidence * (_OF_UNKNOWN if cause.kind is CauseKind.UNKNOWN else 1.0)


def _answers(match: Match, facts: Facts) -> Iterator[bool]:
    """Yield for each thing that is asked for whether it is so."""
    yield from _about_anomaly(match.anomaly, facts)
    yield from _one_of(match.causes, (cause.kind for cause in facts.causes))
    if match.change is not None:
        yield _has_changed(match.change, facts)
    if match.alerts:
        yield any(_fits_glob(name, match.alerts) for name in facts.alerts)
    yield from _one_of(match.serving, facts.serving)
    yield from _one_of(match.at_limit, facts.at_limit)
    if match.fleet_wide:
        yield facts.is_fleet_wide
    yield from (_has_label(facts, label, globs) for label, globs in match.labels.items())


def _about_anomaly(match: MatchAnomaly, facts: Facts) -> Iterator[bool]:
    anomaly = facts.anomaly
    yield from _one_of(tuple(match.kind), (anomaly.kind,))
    yield from _one_of(match.signal, () if anomaly.signal is None else (anomaly.signal,))
    if match.direction is not None:
        yield facts.direction == match.direction
    if match.min_severity is Severity.CRITICAL:
        yield anomaly.severity is Severity.CRITICAL
    if match.max_severity is Severity.WARNING:
        yield anomaly.severity is Severity.WARNING
    if match.max_burn is not None:
        yield facts.burn is not None and facts.burn <= match.max_burn
    if match.firing_for is not None:
        yield facts.at is not None and facts.at - anomaly.onset >= parse_duration(match.firing_for)


def _has_changed(match: MatchChange, facts: Facts) -> bool:
    seconds = parse_duration(match.within)
    return any(change.kind in match.kind and facts.changed_before(change, seconds) for change in facts.view.changes)


def _one_of(wanted: Sequence[str], found: Iterable[str]) -> Iterator[bool]:
    """Yield one answer when something is asked for, none otherwise."""
    if wanted:
        yield not set(wanted).isdisjoint(found)


def _is_excluded(match: Match, facts: Facts) -> bool:
    return any(_one_of(match.not_.serving, facts.serving)) or any(
        _has_label(facts, label, globs) for label, globs in match.not_.labels.items()
    )


def _has_label(facts: Facts, label: str, globs: Iterable[str]) -> bool:
    value = facts.labels.get(label)
    return value is not None and _fits_glob(value, globs)


def _fits_glob(name: str, globs: Iterable[str]) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)
