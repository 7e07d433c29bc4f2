"""What is told of failures that nobody foresaw, which may hold anything in message, arguments and locals."""

import asyncio
import gc
import logging

import pytest

from console.domain.failure import failure_in_words, failure_report
from console.engine.failures import log_failure, log_what_nobody_awaits

SECRET = "-".join(("s3cret", "in", "its", "hands"))


def broken() -> Exception:
    token = SECRET
    try:
        try:
            raise KeyError(token)
        except KeyError as error:
            raise RuntimeError(f"cannot log in with {token}") from error
    except RuntimeError as error:
        error.add_note(token)
        return error


@pytest.mark.parametrize("error", [broken(), ExceptionGroup(SECRET, [broken()])], ids=["alone", "in a group"])
def test_a_failure_is_told_by_type_and_place_alone(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    assert failure_in_words(error).startswith("RuntimeError at test_failures.py:")
    assert "caused by builtins.KeyError\n  test_failures.py:" in failure_report(error)
    log_failure(logging.getLogger("console.engine"), "sending failed", error)
    (record,) = caplog.records
    assert record.getMessage().startswith("sending failed: builtins.")
    for told in (failure_in_words(error), failure_report(error), caplog.text):
        assert SECRET not in told


async def test_a_task_that_nobody_awaits_is_told_so_too(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise broken()

    loop = asyncio.get_running_loop()
    log_what_nobody_awaits(loop)
    task = loop.create_task(fail())
    await asyncio.wait([task])
    del task
    gc.collect()
    (record,) = caplog.records
    assert record.getMessage().startswith(
        "Task exception was never retrieved: builtins.RuntimeError\n  test_failures.py:"
    )
    assert SECRET not in caplog.text


def test_one_that_was_never_raised_has_no_place() -> None:
    assert failure_in_words(KeyError(SECRET)) == "KeyError"
