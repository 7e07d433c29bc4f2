"""One session for each configured store: connected once, mapped at every reading, judged where it was read."""

from collections.abc import Callable, Mapping, Sequence

from console.engine.predictions.reader import Session
from console.settings.settings import Settings


def open_sessions(
    settings: Settings, environment: Mapping[str, str], clock: Callable[[], float], tell: Callable[[str], None]
) -> Sequence[Session]:
    """Return a session for each store, not yet connected."""
    raise NotImplementedError
