"""A session for everything that tells of predictions: stores, and the reports of other tools."""

from collections.abc import Callable, Mapping, Sequence

from console.engine.predictions.reader import Session
from console.settings.settings import Settings


def open_sessions(
    settings: Settings, environment: Mapping[str, str], clock: Callable[[], float], tell: Callable[[str], None]
) -> Sequence[Session]:
    """Return the sessions in the order in which they are believed, not yet connected: stores first."""
    sessions: list[Session] = []
    if settings.evidently:
        from console.engine.predictions.reports_session import ReportsSession

        sessions.extend(map(ReportsSession, settings.evidently))
    return sessions
