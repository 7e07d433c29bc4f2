import csv
import io
from array import array

import msgspec

from console.domain.label import Label
from console.domain.model import Model
from console.domain.series import NOT_A_NUMBER, Grid, Series
from console.domain.signal import LATENCY_P99, TRAFFIC, Reading, State
from console.domain.snapshot import ModelDetail, Panel
from console.headless.export import series_as_csv
from tests.headless.fleets import AT, fraud


def detail(model_id: str) -> ModelDetail:
    grid = Grid(AT - 30, 15.0, 3)
    latency = Series(grid, array("d", [0.3, NOT_A_NUMBER, 2.4]))
    traffic = Series(grid, array("d", [1.0, 2.0, 3.0]))
    view = msgspec.structs.replace(fraud(), model=Model(model_id, Label(model_id)))
    panels = (
        Panel(LATENCY_P99, {"latency_p99": latency}, Reading(LATENCY_P99, State.OK, 2.4)),
        Panel(TRAFFIC, {"traffic": traffic}, Reading(TRAFFIC, State.OK, 3.0)),
    )
    return ModelDetail(AT, grid.start, grid.end, view, panels, ())


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_every_point_that_holds_a_number_is_a_row() -> None:
    rows = rows_of(series_as_csv(detail("fraud")))
    assert rows[0] == {
        "timestamp": "2026-11-22T03:19:44Z",
        "model": "fraud",
        "signal": "latency_p99",
        "line": "latency_p99",
        "unit": "s",
        "value": "0.3",
    }
    assert [row["value"] for row in rows] == ["0.3", "2.4", "1.0", "2.0", "3.0"]


def test_a_name_is_no_formula() -> None:
    rows = rows_of(series_as_csv(detail('=HYPERLINK("http://x")\x1b[31m')))
    assert {row["model"] for row in rows} == {'\'=HYPERLINK("http://x")␛[31m'}


def test_without_points_there_is_a_header() -> None:
    empty = msgspec.structs.replace(detail("fraud"), panels=())
    assert series_as_csv(empty) == "timestamp,model,signal,line,unit,value\n"
