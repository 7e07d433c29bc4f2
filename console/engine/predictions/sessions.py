"""A session for everything that tells of predictions: stores, and the reports of other tools."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from console.engine.predictions.reader import Session
from console.settings.settings import Settings

if TYPE_CHECKING:
    from console.history.predictions.answer_cache import AnswerCache


def open_sessions(
    settings: Settings,
    environment: Mapping[str, str],
    clock: Callable[[], float],
    tell: Callable[[str], None],
    *,
    is_awaited: bool = False,
) -> Sequence[Session]:
    """Return the sessions in the order in which they are believed, not yet connected: stores first.

    `is_awaited` says that a reading is waited for until the whole past is known; others go on with it at the next one.

    Raises:
        BadStoreAddress: no engine can use the address of a store.
        SecretUnavailable: a secret is not where its reference says.
    """
    sessions: list[Session] = []
    if settings.predictions:
        from console.engine.predictions.store_session import StoreSession  # with numpy, ibis and an engine
        from console.history.predictions.reader import PATIENCE

        cache = kept_answers(settings, environment, clock, tell)
        patience = math.inf if is_awaited else PATIENCE
        sessions += [
            StoreSession(store, environment=environment, cache=cache, clock=clock, patience=patience)
            for store in settings.predictions
        ]
    if settings.evidently:
        from console.engine.predictions.reports_session import ReportsSession

        sessions.extend(map(ReportsSession, settings.evidently))
    return sessions


def kept_answers(
    settings: Settings, environment: Mapping[str, str], clock: Callable[[], float], tell: Callable[[str], None]
) -> "AnswerCache":
    """Return where answers of stores are kept for the next start; nowhere, where the settings keep nothing."""
    from console.history.predictions.answer_cache import AnswerCache, answer_directory

    return AnswerCache(answer_directory(environment) if settings.cache else None, tell, clock)
