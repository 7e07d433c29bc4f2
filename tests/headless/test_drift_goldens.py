"""Each format of `drift` against a file: `UPDATE_GOLDENS=1 pytest tests/headless`."""

import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from console.domain.bins import Role
from console.domain.drift import DriftView, Verdict
from console.headless.drift.csv_table import HEADER, drift_csv
from console.headless.drift.json_document import drift_json
from console.headless.drift.markdown import drift_markdown
from console.headless.drift.text import drift_text
from console.headless.drift.words import emptiness_in_words, worst_verdict
from tests.headless.drifts import AT, START, age, country, drift, empty, score, segment, well

GOLDENS = Path(__file__).parent / "goldens_of_drift"

RENDERED: dict[str, Callable[[], str]] = {
    "text.txt": lambda: drift_text(drift()),
    "text_80_columns.txt": lambda: drift_text(drift(), width=80),
    "text_40_columns.txt": lambda: drift_text(drift(), width=40),
    "text_colours.txt": lambda: drift_text(drift(), colours=True),
    "text_well.txt": lambda: drift_text(well()),
    "markdown.txt": lambda: drift_markdown(drift()),
    "markdown_well.txt": lambda: drift_markdown(well()),
    "csv.txt": lambda: drift_csv(drift()),
    "json.txt": lambda: msgspec.json.format(drift_json(drift()), indent=2),
}


@pytest.mark.parametrize("name", RENDERED)
def test_a_format_is_as_agreed(name: str) -> None:
    path, rendered = GOLDENS / name, RENDERED[name]()
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_text(rendered, encoding="utf-8")
    assert rendered == path.read_text(encoding="utf-8")


def test_no_golden_is_left_over() -> None:
    assert {path.name for path in GOLDENS.iterdir()} == set(RENDERED)


def test_every_line_of_the_text_fits_80_columns_when_the_words_are_as_long_as_usual() -> None:
    assert max(map(len, drift_text(drift(slices=(), notes=())).splitlines())) <= 80


def test_json_holds_what_the_issue_promises_in_its_words() -> None:
    document = json.loads(drift_json(drift()))
    assert document["schema"] == "incident-console/drift/1"
    assert (document["model"], document["at"]) == ("fraud", "2026-11-22T03:20:14Z")
    assert document["rows"] == {"reference": 50_000, "current": 5_000}
    income = document["features"][1]
    assert income["name"] == "income"
    assert (income["role"], income["verdict"]) == ("feature", "drift")
    assert (income["psi"], income["js"], income["p_value"], income["share"]) == (0.31, 0.18, 1e-40, 0.24)
    assert income["null_share"] == {"reference": 0.0, "current": 0.0}
    assert [each["name"] for each in document["features"]] == ["age", "income", "country", "score", "segment"]
    assert document["features"][4]["psi"] is None


def test_a_number_that_is_none_is_null_in_json_and_an_empty_cell_in_csv() -> None:
    odd = msgspec.structs.replace(country(), psi=float("nan"), js=float("inf"))
    view = DriftView("m", START, AT, "r", 10, 10, (odd,))
    feature = json.loads(drift_json(view))["features"][0]
    assert (feature["psi"], feature["js"]) == (None, None)
    row = next(csv.DictReader(io.StringIO(drift_csv(view))))
    assert (row["psi"], row["js"], row["p_value"]) == ("", "", "0.03")


def test_csv_has_the_columns_of_every_version_behind_those_of_all() -> None:
    rows = list(csv.DictReader(io.StringIO(drift_csv(drift()))))
    assert tuple(rows[0]) == HEADER
    assert [(row["version"], row["name"]) for row in rows] == [
        *(("", name) for name in ("age", "income", "country", "score", "segment")),
        *(("v42", name) for name in ("age", "country")),
        ("v41", "country"),
    ]


@pytest.mark.parametrize(
    ("columns", "verdict"),
    [
        ((country(), age(), segment()), Verdict.BROKEN),
        ((segment(), country()), Verdict.NOT_ENOUGH_DATA),
        ((country(), score()), Verdict.OK),
        ((), Verdict.NOT_ENOUGH_DATA),
    ],
)
def test_the_worst_verdict_speaks_for_the_model(columns: tuple[object, ...], verdict: Verdict) -> None:
    view = msgspec.structs.replace(drift(), columns=columns)
    assert worst_verdict(view) is verdict


def test_what_is_no_feature_says_so_beside_its_name() -> None:
    named = msgspec.structs.replace(score(), name="risk")
    prediction = msgspec.structs.replace(score(), name="approved", role=Role.PREDICTION)
    told = drift_text(DriftView("m", START, AT, "r", 10, 10, (named, prediction)))
    assert "risk (score)" in told
    assert "approved (prediction)" in told


def test_an_empty_window_is_told_with_the_newest_rows() -> None:
    window = "from 2026-11-22T02:20:14Z to 2026-11-22T03:20:14Z"
    assert emptiness_in_words(empty()) == f"no rows of fraud {window}; the newest is of 2026-11-21T03:20:14Z"
    assert emptiness_in_words(empty(None)) == f"no rows of fraud {window}"
