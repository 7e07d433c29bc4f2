"""What is told of a failure that nobody foresaw: where it happened, never with which values.

Locals, messages and arguments may hold tokens, labels and query results; file names, lines and types cannot.
"""

import traceback
from collections.abc import Iterator
from types import TracebackType

from console.domain.label import harmless

_MOST_FRAMES = 40


def failure_in_words(error: BaseException) -> str:
    """Return the innermost type and place in one harmless line: `KeyError at console/actions/provider.py:12`."""
    innermost = _innermost(error)
    places = list(_places(innermost.__traceback__))
    place = f" at {places[-1].partition(' ')[0]}" if places else ""
    return harmless(f"{type(innermost).__name__}{place}")


def failure_report(error: BaseException) -> str:
    """Return the types and places of an error and of those that led to it, a line each."""
    lines = []
    for each, relation in _chain(error):
        lines.append(f"{relation}{type(each).__module__}.{type(each).__qualname__}")
        lines.extend(f"  {place}" for place in list(_places(each.__traceback__))[-_MOST_FRAMES:])
    return "\n".join(lines)


def _innermost(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _chain(error: BaseException, relation: str = "") -> Iterator[tuple[BaseException, str]]:
    yield error, relation
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _chain(inner, "holds ")
    if error.__cause__ is not None:
        yield from _chain(error.__cause__, "caused by ")
    elif error.__context__ is not None and not error.__suppress_context__:
        yield from _chain(error.__context__, "while handling ")


def _places(trace: TracebackType | None) -> Iterator[str]:
    """Yield `console/engine/loop.py:12 in run` for every frame, the outermost first."""
    for frame, line in traceback.walk_tb(trace):
        yield f"{_file(frame.f_code.co_filename)}:{line} in {frame.f_code.co_name}"


def _file(name: str) -> str:
    """Return a file from its package on: the directories above it tell whose machine it is."""
    parts = name.replace("\\", "/").split("/")
    for root in ("site-packages", "console"):
        if root in parts:
            index = len(parts) - 1 - parts[::-1].index(root)
            return "/".join(parts[index + (root == "site-packages") :])
    return parts[-1] if parts else name
