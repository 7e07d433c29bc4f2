"""What `drift` prints, narrates and ends with, whatever the comparison finds or fails with."""

import json
from collections.abc import Awaitable, Callable
from typing import get_args

import pytest

from console.domain.drift import DriftView, NotComparable
from console.headless.commands.drift import Format, print_drift
from console.settings.load import BadSettings
from console.settings.predictions import ReferenceSettings
from console.settings.secrets import SecretUnavailable
from console.settings.settings import Settings
from console.transport.http import SourceError
from tests.headless.drifts import drift, empty, segment, well

CAPTURE = pytest.CaptureFixture[str]
Compare = Callable[[Settings, str, ReferenceSettings | None, float | None, float], Awaitable[DriftView]]


def finds(view: DriftView) -> Compare:
    async def compare(*_: object) -> DriftView:
        return view

    return compare


def fails(error: Exception) -> Compare:
    async def compare(*_: object) -> DriftView:
        raise error

    return compare


def printed(compare: Compare, chosen_format: Format = "text") -> int:
    return print_drift(
        Settings(), compare, model="fraud", against=None, at=None, window=3600.0, chosen_format=chosen_format
    )


@pytest.mark.parametrize(
    ("view", "code"),
    [
        (drift(), 2),
        (drift(columns=()), 3),
        (well(), 0),
        (DriftView("m", 0, 1, "r", 10, 10, (segment(),)), 3),
        (DriftView("m", 0, 1, "r", 10, 10, drift().columns[1:2]), 1),
    ],
)
@pytest.mark.parametrize("chosen_format", get_args(Format))
def test_the_worst_verdict_is_the_exit_code_in_every_format(
    view: DriftView, code: int, chosen_format: Format, capsys: CAPTURE
) -> None:
    assert printed(finds(view), chosen_format) == code
    captured = capsys.readouterr()
    assert captured.out.endswith("\n")
    assert captured.err == ""


def test_a_window_without_rows_is_one_line_that_tells_how_to_see_the_newest(capsys: CAPTURE) -> None:
    assert printed(finds(empty())) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        "incident-console: no rows of fraud from 2026-11-22T02:20:14Z to 2026-11-22T03:20:14Z; "
        "the newest is of 2026-11-21T03:20:14Z; add --at 2026-11-21T03:20:15Z to see them\n"
    )


def test_a_window_without_rows_is_still_a_document(capsys: CAPTURE) -> None:
    assert printed(finds(empty()), "json") == 3
    document = json.loads(capsys.readouterr().out)
    assert document["rows"] == {"reference": 50_000, "current": 0}
    assert document["newest"] == "2026-11-21T03:20:14Z"
    assert document["features"] == []


def test_a_model_that_cannot_be_compared_is_a_line_and_unknown(capsys: CAPTURE) -> None:
    assert printed(fails(NotComparable("the log holds no model 'frud'; nearest: fraud"))) == 3
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "incident-console: the log holds no model 'frud'; nearest: fraud\n")


def test_a_store_that_does_not_answer_is_69(capsys: CAPTURE) -> None:
    assert printed(fails(SourceError("duckdb:///logs: no such file"))) == 69
    assert capsys.readouterr().err == (
        "incident-console: the predictions cannot be read: duckdb:///logs: no such file\n"
    )


def test_a_missing_secret_is_a_mistake_in_the_configuration() -> None:
    with pytest.raises(BadSettings, match="PASSWORD"):
        printed(fails(SecretUnavailable("$PASSWORD is not set")))
