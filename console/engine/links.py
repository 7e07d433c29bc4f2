"""The pages about a model: what its alerts name, and what the configuration makes of its labels."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

import msgspec

from console.domain.alert import Alert
from console.domain.link import Link, Template, web_address
from console.domain.moments import rfc3339
from console.domain.snapshot import ModelView
from console.settings.settings import LinkSettings


class Links:
    """Finds the links of models; the templates are read once.

    Raises:
        BadTemplate: a template cannot become an address.
    """

    def __init__(self, settings: Iterable[LinkSettings]) -> None:
        self._templates = tuple((each.match, each.title, Template(each.url)) for each in settings)

    def of(self, view: ModelView, alerts: Iterable[Alert], start: float, end: float) -> tuple[Link, ...]:
        """Return the links of a model for a range of time (UTC seconds), the most useful first, each address once.

        Runbooks of its firing alerts come first, then their dashboards and the configured ones, and at the end the
        expressions of the alerts. A configured link whose value is not known for the model is left out.
        """
        firing = sorted(
            (alert for alert in alerts if alert.model_id == view.model.id and alert.state == "firing"),
            key=lambda alert: alert.silenced,
        )
        found = (
            *(_of_an_alert(f"runbook of {alert.name.raw}", alert.runbook_url) for alert in firing),
            *(_of_an_alert(f"dashboard of {alert.name.raw}", alert.dashboard_url) for alert in firing),
            *self._configured(view, start, end),
            *(_of_an_alert(f"expression of {alert.name.raw}", alert.generator_url) for alert in firing),
        )
        first_of_address: dict[str, Link] = {}
        for link in found:
            if link is not None:
                first_of_address.setdefault(link.url, link)
        return tuple(first_of_address.values())

    def onto(
        self, views: Iterable[ModelView], alerts: Iterable[Alert], start: float, end: float
    ) -> tuple[ModelView, ...]:
        """Return views with their links."""
        by_model: dict[str | None, list[Alert]] = {}
        for alert in alerts:
            by_model.setdefault(alert.model_id, []).append(alert)
        return tuple(
            msgspec.structs.replace(view, links=self.of(view, by_model.get(view.model.id, ()), start, end))
            for view in views
        )

    def _configured(self, view: ModelView, start: float, end: float) -> Iterator[Link]:
        values = _values(view, start, end) if self._templates else {}
        for match, title, template in self._templates:
            if fnmatchcase(view.model.id, match) or fnmatchcase(view.model.name.raw, match):
                url = template.fill(values)
                if url is not None:
                    yield Link(title, url)


def _of_an_alert(title: str, url: str | None) -> Link | None:
    """Return the link that an alert names; what is no address can still be read: many teams write a page's name."""
    if not url or not url.strip():
        return None
    address = web_address(url)
    return Link(title, url, opens=False) if address is None else Link(title, address)


def _values(view: ModelView, start: float, end: float) -> dict[str, str | None]:
    workload = view.workload.workload if view.workload is not None else None
    return {
        "model": view.model.name.raw,
        "namespace": view.model.namespace or (workload.namespace if workload else None),
        "cluster": view.model.cluster,
        "version": next(iter(view.versions), None),
        "workload": workload.name if workload else None,
        "from": rfc3339(start),
        "to": rfc3339(end),
        "from_s": str(int(start)),
        "to_s": str(int(end)),
        "from_ms": str(int(start * 1000)),
        "to_ms": str(int(end * 1000)),
    }
