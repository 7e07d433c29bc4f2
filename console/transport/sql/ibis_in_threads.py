"""What makes ibis safe in threads: stores compile in theirs what was built in the engine's.

ibis remembers for all threads, by identity, which two expressions were equal, and forgets it when either goes. Two
threads that let go at once leave half of an entry, which then speaks of whatever gets the same identity next.
"""

import threading
from typing import Any

_LOCK = threading.RLock()
"""An expression may go while another is remembered, in the same thread."""


def guard_equality() -> None:
    """Let one thread at a time write what ibis remembers of equal expressions; again and again does no harm."""
    from ibis.common.bases import Comparable

    Comparable.__eq__ = _equal
    Comparable.__del__ = _forget


def _equal(self: Any, other: Any) -> bool:
    if self is other:
        return True
    if type(self) is not type(other):
        return False
    remembered = self.__cache__
    known = remembered.get(id(self), {}).get(id(other))
    if known is not None:
        return bool(known)
    found = bool(self.__equals__(other))
    with _LOCK:
        remembered.setdefault(id(self), {})[id(other)] = found
        remembered.setdefault(id(other), {})[id(self)] = found
    return found


def _forget(self: Any) -> None:
    remembered = self.__cache__
    with _LOCK:
        for other in remembered.pop(id(self), ()):
            pairs = remembered.get(other, {})
            pairs.pop(id(self), None)
            if not pairs:
                remembered.pop(other, None)
