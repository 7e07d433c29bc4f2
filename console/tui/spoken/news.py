"""What changed, kept as lines that stay until newer ones come: a screen reader says what is written anew."""

from collections import deque

from console.domain.label import harmless
from console.domain.moments import clock_time
from console.domain.snapshot import Snapshot
from console.headless.watch.news import News
from console.headless.watch.observation import Observation, news_between
from console.tui.panels.lines import Line, Span, line

MOST_LINES = 3


class Announcements:
    """The newest lines, the last one last; what changed between snapshots is what `watch` tells."""

    def __init__(self) -> None:
        self._lines: deque[Line] = deque(maxlen=MOST_LINES)
        self._observed: Observation | None = None

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return the lines."""
        return tuple(self._lines)

    def say(self, text: str, *, is_bad: bool = False) -> None:
        """Add a line."""
        self._lines.append(line(Span(text, "critical" if is_bad else "plain"), wraps=True))

    def take(self, snapshot: Snapshot) -> None:
        """Add what is new with a snapshot; the first one is the state of the fleet and no news."""
        before = self._observed
        self._observed = Observation.first(snapshot) if before is None else before.then(snapshot)
        if before is not None:
            for news in reversed(news_between(before, self._observed)):  # the most important one last: it stays longest
                self.say(_sentence(news))


def _sentence(news: News) -> str:
    name = f"{harmless(news.name)}: " if news.name else ""
    status = f"{news.status.value}, " if news.status is not None else ""
    playbook = f"; playbook {harmless(news.playbook)}" if news.playbook else ""
    return f"{clock_time(news.at)} UTC, {name}{status}{news.text}{playbook}"
