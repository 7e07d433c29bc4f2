"""Whatever a metric, an alert or a server calls itself: no format lets it steer a terminal or a page."""

import csv
import io
import json
import re
import unicodedata

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from console.domain.alert import Alert
from console.domain.anomaly import Cause, CauseKind, PlaybookOffer, Status
from console.domain.drift import BinShare, DriftView, SliceShare
from console.domain.label import Label
from console.domain.link import Link
from console.domain.model import Model, Workload, WorkloadFinding
from console.domain.signal import TRAFFIC, Reading, State
from console.domain.snapshot import ModelView, Snapshot
from console.domain.source import SourceReport
from console.headless.cells import cell_width
from console.headless.drift.csv_table import drift_csv
from console.headless.drift.json_document import drift_json
from console.headless.drift.markdown import drift_markdown
from console.headless.drift.text import drift_text
from console.headless.summary.json_document import summary_json
from console.headless.summary.markdown import summary_markdown
from console.headless.summary.text import summary_text
from tests.headless.drifts import income
from tests.headless.fleets import AT, fraud

HOSTILE = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60),
    st.sampled_from(
        ["\x1b]0;owned\x07", "\x9b31m", "a\rb\nc", "\u202egnp", "| x | <b> [a](http://b) `c`", "\u200d" * 40]
    ),
)


def hostile_fleet(text: str) -> Snapshot:
    """A fleet in which everything that comes from outside is this text."""
    view = fraud()
    incident = view.incident
    assert incident is not None
    anomaly = msgspec.structs.replace(
        incident.anomalies[0],
        summary=text,
        evidence=(text,),
        causes=(Cause(CauseKind.UNKNOWN, 0.5, text),),
        playbooks=(PlaybookOffer(text, text),),
    )
    view = msgspec.structs.replace(
        view,
        model=Model(text, Label(text), {"namespace": text}),
        versions={text: 0.5},
        incident=msgspec.structs.replace(incident, model_id=text, anomalies=(anomaly,)),
        workload=WorkloadFinding(Workload(text, text, text, text, text, 1, 1)),
        budget=text,
        links=(Link(text, "https://wiki.example/"), Link(text, text, opens=False)),
    )
    unknown = ModelView(
        Model("u" + text, Label("u" + text)),
        Status.UNKNOWN,
        {"traffic": Reading(TRAFFIC, State.ERROR, detail=text)},
        workload=WorkloadFinding(None, text),
    )
    alert = Alert(Label(text), {text: text}, text, text, AT, runbook_url=text, model_id=text)
    return Snapshot(AT, (SourceReport(text, Status.UNKNOWN, 0.1, text),), (view, unknown), (alert,))


def is_harmless(text: str) -> bool:
    """Whether there are only line ends, spaces, a joiner (which emoji are made with), and what can be seen."""
    return all(
        character in "\n\u200d" or character.isprintable() or unicodedata.category(character) == "Zs"
        for character in text
    )


@given(HOSTILE)
def test_text_cannot_steer_a_terminal(text: str) -> None:
    for details in (False, True):
        rendered = summary_text(hostile_fleet(text), details=details)
        assert is_harmless(rendered)
        assert rendered.endswith("\n")
    assert len(summary_text(hostile_fleet(text)).splitlines()) == 4


@given(HOSTILE, st.integers(20, 200))
def test_text_is_never_wider_than_the_terminal(text: str, width: int) -> None:
    rendered = summary_text(hostile_fleet(text), width=width, details=True)
    assert max(map(cell_width, rendered.split("\n"))) <= width


@given(HOSTILE)
def test_json_is_one_line_that_parses_to_the_same_names(text: str) -> None:
    rendered = summary_json(hostile_fleet(text))
    assert rendered.endswith("\n")
    assert rendered[:-1].isprintable()
    assert json.loads(rendered)["models"][0]["id"] == text


@given(HOSTILE)
def test_markdown_stays_one_table(text: str) -> None:
    rendered = summary_markdown(hostile_fleet(text))
    assert is_harmless(rendered)
    rows = [line for line in rendered.split("\n") if line.startswith("|")]
    assert len(rows) == 4
    for row in rows:
        assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 6
        rest = re.sub(r"(?<= )\[((?:\\.|[^\\\]])*)\]\(<https://wiki\.example/>\)", r"\1", row)
        assert not re.search(r"(?<!\\)(?:\\\\)*[<\[`]", rest)


def hostile_drift(text: str) -> DriftView:
    """Drift in which everything that comes from outside is this text."""
    moved = BinShare(text, 0.1, 0.2)
    column = msgspec.structs.replace(income(), name=text, moved=(moved,), bins=(moved,))
    told = msgspec.structs.replace(column, name="a" + text, detail=text)
    part = SliceShare(text, text, 0.1, 0.2, 0.3, 0.1, text)
    version = DriftView(text, AT - 60, AT, text, 10, 10, (column,), version=text)
    return DriftView(text, AT - 60, AT, text, 10, 10, (column, told), (part,), (version,), notes=(text,))


@given(HOSTILE)
def test_drift_as_text_cannot_steer_a_terminal(text: str) -> None:
    rendered = drift_text(hostile_drift(text))
    assert is_harmless(rendered)
    assert len(rendered.split("\n")) == 10


@given(HOSTILE, st.integers(20, 200))
def test_drift_as_text_is_never_wider_than_the_terminal(text: str, width: int) -> None:
    assert max(map(cell_width, drift_text(hostile_drift(text), width=width).split("\n"))) <= width


@given(HOSTILE)
def test_drift_as_json_is_one_line_that_parses_to_the_same_names(text: str) -> None:
    rendered = drift_json(hostile_drift(text))
    assert rendered[:-1].isprintable()
    assert json.loads(rendered)["features"][0]["name"] == text


@given(HOSTILE)
def test_drift_as_markdown_stays_one_table(text: str) -> None:
    rendered = drift_markdown(hostile_drift(text))
    assert is_harmless(rendered)
    rows = [line for line in rendered.split("\n") if line.startswith("|")]
    assert len(rows) == 4
    assert all(len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 7 for row in rows)
    assert not re.search(r"(?<!\\)(?:\\\\)*[<\[`]", rendered)


@given(HOSTILE)
def test_drift_as_csv_holds_no_formula_and_stays_one_line_a_column(text: str) -> None:
    rendered = drift_csv(hostile_drift(text))
    assert is_harmless(rendered)
    rows = list(csv.reader(io.StringIO(rendered)))
    assert len(rows) == 4
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
