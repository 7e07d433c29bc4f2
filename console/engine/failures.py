"""How a failure that nobody foresaw is logged: where it happened, never with which values."""

import asyncio
import logging
from typing import Any

from console.domain.failure import failure_report

_log = logging.getLogger(__name__)


def log_failure(log: logging.Logger, what: str, error: BaseException, level: int = logging.ERROR) -> None:
    """Log that something failed, with the report; a traceback would hold the message and the lines of the program."""
    log.log(level, "%s: %s", what, failure_report(error))


def log_what_nobody_awaits(loop: asyncio.AbstractEventLoop) -> None:
    """Let a loop log its tasks that failed and that nobody awaited as failures; its own words hold their messages."""

    def handle(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        what = str(context.get("message", "something that nobody awaited failed"))
        if error is None:
            _log.error("%s", what)
        else:
            log_failure(_log, what, error)

    loop.set_exception_handler(handle)
