"""Reading JSON of which nothing may be taken for granted: what has another type counts as not there."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any


def mapping(value: Any, *path: str) -> Mapping[str, Any]:
    """Return the mapping at a path of keys, an empty one where there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the mappings of a list."""
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            yield item


def texts(value: Any) -> Sequence[str]:
    """Return the texts of a list, or of the one text that stands for one."""
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str) and item]


def text(value: Any) -> str | None:
    """Return a text that is not empty, else None."""
    return value if isinstance(value, str) and value else None


def number(value: Any) -> float | None:
    """Return a finite number, else None: Evidently writes NaN for what it could not compute."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        converted = float(value)
    except OverflowError:
        return None
    return converted if math.isfinite(converted) else None


def flag(value: Any) -> bool | None:
    """Return a truth value, else None."""
    return value if isinstance(value, bool) else None


def instant(value: Any) -> float | None:
    """Return the UTC seconds of an ISO 8601 time, one without a zone taken as UTC; None for anything else."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return None if moment is None else (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
