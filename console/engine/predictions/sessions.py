"""A session for everything that tells of predictions: stores, and the reports of other tools."""

from collections.abc import Callable, Mapping, Sequence

from console.engine.predictions.reader import Session
from console.settings.settings import Settings


def open_sessions(
    settings: Settings, environment: Mapping[str, str], clock: Callable[[], float], tell: Callable[[str], None]
) -> Sequence[Session]:
    """Return the sessions in the order in which they are believed, not yet connected: stores first.

    Raises:
        BadStoreAddress: no engine can use the address of a store.
        SecretUnavailable: a secret is not where its reference says.
    """
    sessions: list[Session] = []
    if settings.predictions:
        from console.engine.predictions.store_session import StoreSession  # with numpy, ibis and an engine
        from console.history.predictions.answer_cache import AnswerCache, answer_directory

        cache = AnswerCache(answer_directory(environment) if settings.cache else None, tell, clock)
        sessions.extend(StoreSession(each, environment=environment, cache=cache) for each in settings.predictions)
    if settings.evidently:
        from console.engine.predictions.reports_session import ReportsSession

        sessions.extend(map(ReportsSession, settings.evidently))
    return sessions
