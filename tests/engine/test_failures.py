"""What is told of failures that nobody foresaw, which may hold anything in message, arguments and locals."""

import logging

import pytest

from console.engine.failures import failure_in_words, failure_report, log_failure

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


def test_one_that_was_never_raised_has_no_place() -> None:
    assert failure_in_words(KeyError(SECRET)) == "KeyError"
