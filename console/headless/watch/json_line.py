"""A line of `watch` as a JSON object `incident-console/watch/1`; within a version fields are only ever added."""

from console.domain.anomaly import Status
from console.domain.moments import rfc3339
from console.headless.json_text import json_text
from console.headless.watch.news import News

SCHEMA = "incident-console/watch/1"


def news_json(news: News, *, fleet: Status) -> str:
    """Return the object on one line that ends with a newline; `fleet` is the status of all that is watched."""
    return json_text(
        {
            "schema": SCHEMA,
            "at": rfc3339(news.at),
            "event": news.event,
            "fleet": fleet,
            "model": news.model,
            "source": news.source,
            "replica": news.replica,
            "alert": news.alert,
            "status": news.status,
            "was": news.was,
            "since": rfc3339(news.since) if news.since is not None else None,
            "since_is_earlier": news.since_is_earlier,
            "progress": news.progress,
            "version": news.version,
            "playbook": news.playbook,
            "text": news.text,
        }
    )
