"""One alert told by several Alertmanagers is one alert."""

from collections.abc import Iterable

import msgspec

from console.domain.alert import Alert


def merged(groups: Iterable[Iterable[Alert]]) -> tuple[Alert, ...]:
    """Return the alerts of several servers, one per label set: earliest start, silenced where any says so.

    The label set is what Alertmanager's fingerprint is the hash of; alerts that Prometheus recorded have no other.
    """
    found: dict[frozenset[tuple[str, str]], Alert] = {}
    for group in groups:
        for alert in group:
            identity = frozenset(alert.labels.items())
            known = found.get(identity)
            found[identity] = alert if known is None else _joined(known, alert)
    return in_order(found.values())


def _joined(known: Alert, other: Alert) -> Alert:
    """Return what two servers know of one alert.

    Members share silences, with a delay, but each decides for itself what it inhibits: while one would notify, the
    alert fires.
    """
    return msgspec.structs.replace(
        known,
        since=min(known.since, other.since),
        silenced=known.silenced or other.silenced,
        state=other.state if other.state == "firing" else known.state,
        runbook_url=known.runbook_url or other.runbook_url,
        summary=known.summary or other.summary,
        fingerprint=known.fingerprint or other.fingerprint,
        generator_url=known.generator_url or other.generator_url,
        dashboard_url=known.dashboard_url or other.dashboard_url,
        silenced_by=tuple(sorted({*known.silenced_by, *other.silenced_by})),
    )


def in_order(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Return alerts in an order that no server changes: oldest first, then by name and labels."""
    return tuple(sorted(alerts, key=lambda alert: (alert.since, alert.name.raw, sorted(alert.labels.items()))))
