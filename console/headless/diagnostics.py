"""Narration on stderr; nothing else writes there, so that stdout stays data and lines stay whole."""

import contextlib
import sys

from console.domain.label import harmless

LONGEST = 2000


def narrate(text: str) -> None:
    """Write one harmless line to stderr, after what stdout already holds.

    That stdout cannot be written is no reason to stay silent: it is found again at the next write.
    """
    if sys.stdout is not None:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
    print(f"incident-console: {harmless(' '.join(text.split()), LONGEST)}", file=sys.stderr, flush=True)
