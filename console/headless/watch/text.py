"""A line of `watch` for a terminal or a log."""

from console.domain.anomaly import Status
from console.domain.label import harmless
from console.domain.moments import clock_time, rfc3339
from console.headless.cells import cell_width, cut
from console.headless.summary.text import STATUS_WORDS, Paint
from console.headless.watch.news import Event, News

NARROW = 80
"""Cells below which a terminal is narrow."""
SHORTEST_TEXT = 16
"""Cells of text for which the playbook gives way."""

_WORDS = {
    Event.SOURCE_DOWN: ("DOWN", Status.UNKNOWN),
    Event.SOURCE_PARTIAL: ("PART", Status.UNKNOWN),
    Event.SOURCE_NOTE: ("NOTE", None),
    Event.SOURCE_UP: ("UP  ", Status.OK),
    Event.SOURCE_REPLICA: ("VIA ", None),
    Event.ALERT_FIRED: ("FIRE", Status.WARNING),
    Event.ALERT_SILENCED: ("MUTE", None),
    Event.ALERT_ENDED: ("OVER", Status.OK),
    Event.SHARED: ("MANY", Status.CRITICAL),
    Event.SHARED_ENDED: ("OVER", Status.OK),
    Event.VERSION: ("NEW ", None),
    Event.GONE: ("GONE", None),
    Event.FLAPPING: ("FLAP", None),
    Event.STEADY: ("NOW ", None),
}
"""The word of each event that tells no status of a model, and the status whose colour it has."""


def news_text(news: News, *, width: int | None = None, colours: bool = False) -> str:
    """Return a line that ends with a newline: time, word, name, what is so, and the playbook that fits.

    It is cut to `width` cells if one is given: first the text, then the playbook, then the name. A narrow terminal gets
    the time of day without its date.
    """
    word, status = _word(news)
    is_narrow = width is not None and width < NARROW
    start = f"{clock_time(news.at)}Z " if is_narrow else f"{rfc3339(news.at)} "
    end = f"  -> {news.playbook}" if news.playbook else ""
    name = f" {harmless(news.name)}" if news.name else ""
    body = f"{name}  {news.text}"
    if width is not None:
        room = max(0, width - cell_width(start) - cell_width(word))
        if room - cell_width(end) < cell_width(name) + SHORTEST_TEXT:
            end = ""
        body = cut(body, room - cell_width(end))
    painted = Paint(colours)(status, word) if status is not None else word
    return f"{start}{painted}{body}{end}".rstrip() + "\n"


def _word(news: News) -> tuple[str, Status | None]:
    if news.event is Event.FLEET and news.status is not None:
        return news.status.value.upper(), news.status
    if news.status is not None:
        return STATUS_WORDS[news.status], news.status
    return _WORDS[news.event]
