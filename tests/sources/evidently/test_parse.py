import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.sources.evidently.parse import NotAReport, parse
from console.sources.evidently.report import ColumnResult, EvidentlyReport, Part

REPORTS = Path(__file__).parent / "reports"
FILES = sorted(REPORTS.glob("*.json"))
MORNING = 1_795_575_600.0
"""2026-11-25T03:00:00Z, when all snapshots say that they were made."""


def columns(report: EvidentlyReport) -> dict[str, ColumnResult]:
    return {column.name: column for column in report.columns}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_release_and_format_tells_the_same(file: Path) -> None:
    report = parse(file.read_bytes())
    found = columns(report)
    assert {name: column.part for name, column in found.items()} == {
        "age": Part.FEATURE,
        "amount": Part.FEATURE,
        "country": Part.FEATURE,
        "target": Part.TARGET,
        "prediction": Part.PREDICTION,
    }
    assert (report.drifted_columns, report.drifted_share) == (2, 0.4)
    assert found["amount"].missing == pytest.approx(1 / 3, abs=0.002)
    assert found["country"].score == pytest.approx(4.7377726e-81 if "p-values" in file.stem else 0.251656)
    if "snapshot" in file.stem:
        assert report.names == ("fraud",)
        assert report.written == MORNING
    else:
        assert report.names == ()
        assert report.written == (MORNING if file.stem.startswith(("0.4", "0.6")) else None)


@pytest.mark.parametrize("file", [file for file in FILES if "untested" not in file.stem], ids=lambda file: file.stem)
def test_verdict_method_and_threshold_are_those_of_evidently(file: Path) -> None:
    found = columns(parse(file.read_bytes()))
    assert {name for name, column in found.items() if column.has_drifted} == {"age", "country"}
    assert all(column.drifted is not None for column in found.values())
    assert found["amount"].missing_excess == found["amount"].missing
    exact = "p-values" in file.stem
    assert found["country"].method == ("chi-square p_value" if exact else "Jensen-Shannon distance")
    assert found["country"].threshold == (0.05 if exact else 0.1)
    assert found["country"].is_p_value is exact
    assert found["country"].excess > 1.0 > found["amount"].excess


def test_without_tests_the_verdict_follows_from_score_and_threshold() -> None:
    found = columns(parse((REPORTS / "0.7.23-untested.json").read_bytes()))
    assert [name for name, column in found.items() if column.has_drifted] == ["age", "country"]


def test_a_score_of_which_nobody_says_what_it_is_is_not_judged() -> None:
    found = columns(parse((REPORTS / "0.7.0-untested.json").read_bytes()))
    assert found["age"].score is not None
    assert not any(column.is_judged for column in found.values())


def test_the_names_of_metadata_come_before_those_of_tags() -> None:
    document = json.loads((REPORTS / "0.7.23-distances.snapshot.json").read_bytes())
    document["metadata"] = {"model_name": "ads", "owner": "growth"}
    document["tags"] = ["nightly", "model:fraud", "model=ads"]
    assert parse(json.dumps(document).encode()).names == ("ads", "fraud")


def test_nan_is_a_score_that_was_not_computed() -> None:
    document = json.loads((REPORTS / "0.7.23-untested.json").read_bytes())
    for metric in document["metrics"]:
        if metric["config"].get("column") == "age":
            metric["value"] = float("nan")
    assert columns(parse(json.dumps(document).encode()))["age"].score is None


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no JSON: Expecting value in line 1"),
        (b'{"metrics": [\n{"metric', "no JSON: Unterminated string starting at in line 2"),
        (b"\xff\xfe{}", "no JSON that Evidently could have written"),
        (b"[" * 100_000, "no JSON that Evidently could have written"),
        (b'{"metrics": ' + b"9" * 10_000 + b"}", "no JSON that Evidently could have written"),
        (b"[1, 2]", "no report of Evidently: expected a mapping"),
        (b"{}", "no report of Evidently: expected what Snap"),
        (b'{"metrics": []}', "no report of Evidently: expected what Snap"),
        (b'{"metric_results": {"a": 1, "b": [], "c": {"value": {}}}}', "a report without drift"),
        (b'{"suite": {"metric_results": [1, null, {"drift_score": 1}]}}', "a report without drift and without missing"),
        (b'{"metrics": [{"metric": 1, "result": {"current": 7}}]}', "a report without drift and without missing"),
    ],
)  # fmt: skip
def test_what_is_no_report_is_refused_in_one_line(content: bytes, told: str) -> None:
    with pytest.raises(NotAReport) as refused:
        parse(content)
    assert str(refused.value).startswith(told)
    assert "\n" not in str(refused.value)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner), max_leaves=4
)


@given(file=st.sampled_from(FILES), data=st.data())
def test_a_report_with_anything_in_any_place_is_read_or_refused(file: Path, data: st.DataObject) -> None:
    document = json.loads(file.read_bytes())
    place = document
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not place[key] or not isinstance(place[key], dict | list) or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(ANYTHING)
    try:
        report = parse(json.dumps(document).encode())
    except NotAReport:
        return
    assert all(column.excess >= 0.0 for column in report.columns if column.is_judged and (column.score or 0.0) >= 0.0)
