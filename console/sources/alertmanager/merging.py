"""One alert told by several Alertmanagers is one alert."""

from collections.abc import Iterable

import msgspec

from console.domain.alert import Alert


def merged(groups: Iterable[Iterable[Alert]]) -> tuple[Alert, ...]:
    """Return the alerts of several servers, one per label set: earliest start, silenced where any says so."""
    found: dict[frozenset[tuple[str, str]], Alert] = {}
    for group in groups:
        for alert in group:
            identity = frozenset(alert.labels.items())
            known = found.get(identity)
            if known is None:
                found[identity] = alert
                continue
            found[identity] = msgspec.structs.replace(
                known, since=min(known.since, alert.since), silenced=known.silenced or alert.silenced
            )
    return in_order(found.values())


def in_order(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Return alerts in an order that no server changes: oldest first, then by name and labels."""
    return tuple(sorted(alerts, key=lambda alert: (alert.since, alert.name.raw, sorted(alert.labels.items()))))
