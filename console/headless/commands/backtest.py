"""`backtest`: what the detector would have told of a series, before anybody trusts it."""

import io
import sys
from typing import Literal

from console.detect.baseline.spacing import TooSparse
from console.domain.label import harmless
from console.domain.signal import Direction
from console.headless.backtest.reading import BadSeries, read_points
from console.headless.backtest.result import Point, Result, scored
from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode
from console.headless.output import write_data

Format = Literal["csv", "json", "text"]
STDIN = "-"


def backtest_file(path: str, *, direction: Direction, chosen_format: Format) -> ExitCode:
    """Score the points of a CSV file (`-`: of stdin) and print them; 64 when it holds no series."""
    name = "stdin" if path == STDIN else harmless(path)
    try:
        points = _read(path, name)
        result = scored(name, _in_order(points, name), direction)
    except OSError as error:
        narrate(f"{name}: cannot be read: {error.strerror or error}")
        return ExitCode.WRONG_USAGE
    except BadSeries as error:
        narrate(str(error))
        return ExitCode.WRONG_USAGE
    except TooSparse as error:
        narrate(f"{name}: {error}; expected points at a steadier spacing")
        return ExitCode.WRONG_USAGE
    render(result, chosen_format)
    return ExitCode.OK


def _read(path: str, name: str) -> list[Point]:
    if path == STDIN:
        if sys.stdin is None:
            raise BadSeries(f"{name}: it is closed; expected a header with timestamp and value")
        return read_points(io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", newline=""), name)
    with open(path, encoding="utf-8-sig", newline="") as file:
        return read_points(file, name)


def _in_order(points: list[Point], name: str) -> list[Point]:
    ordered = sorted(points, key=lambda point: point.instant)
    if ordered != points:
        narrate(f"{name}: the rows are not in the order of their timestamps; they are judged and printed in that order")
    return ordered


def render(result: Result, chosen_format: Format) -> None:
    """Write a result to stdout."""
    if chosen_format == "json":
        from console.headless.backtest.json_document import backtest_json

        write_data(backtest_json(result), encoding="utf-8")
    elif chosen_format == "text":
        from console.headless.backtest.text import backtest_text

        write_data(backtest_text(result))
    else:
        from console.headless.backtest.csv_table import backtest_csv

        write_data(backtest_csv(result), encoding="utf-8")
