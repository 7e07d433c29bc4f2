"""Each format against a file that people read before they change it: `UPDATE_GOLDENS=1 pytest tests/headless`."""

import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from console.domain.anomaly import Status
from console.domain.signal import ERROR_RATIO, LATENCY_P99, TRAFFIC, Reading, State
from console.domain.snapshot import Snapshot
from console.domain.source import SourceReport
from console.headless.summary.json_document import summary_json
from console.headless.summary.markdown import summary_markdown
from console.headless.summary.selection import select
from console.headless.summary.text import summary_text
from tests.headless.fleets import AT, PROMETHEUS, alert, fleet, fleet_wide, fraud, healthy, states
from tests.headless.predicted import fleet_with_logs

GOLDENS = Path(__file__).parent / "goldens"
DOWN = SourceReport("prometheus", Status.UNKNOWN, None, "127.0.0.1:9090: connection refused")


def all_well() -> Snapshot:
    return Snapshot(AT, (PROMETHEUS,), (healthy("ads"), healthy("eta")))


def source_down() -> Snapshot:
    """Every healthy model is hidden by one dead source, one was already known to be broken."""
    hidden = {
        signal.name: Reading(signal, State.SOURCE_DOWN, 1.0, seen=AT - 60)
        for signal in (TRAFFIC, ERROR_RATIO, LATENCY_P99)
    }
    models = (fraud(), *(healthy(f"m{number}", Status.UNKNOWN, **hidden) for number in range(40)))
    return Snapshot(AT, (DOWN, SourceReport("alertmanager", Status.OK, 0.004)), models)


def odd_readings() -> Snapshot:
    """Models that have no anomaly and still are not known to be well."""
    error = healthy("ctr", Status.UNKNOWN, traffic=Reading(TRAFFIC, State.ERROR, detail="query timed out"))
    never = healthy("new", Status.UNKNOWN, traffic=Reading(TRAFFIC, State.NO_DATA, detail="never seen"))
    quiet = healthy("old", error_ratio=Reading(ERROR_RATIO, State.NO_TRAFFIC, detail="no requests"))
    partial = SourceReport("prometheus", Status.OK, 1.25, "1 of 3 stores did not answer", partial=True)
    return Snapshot(AT, (partial,), (error, never, quiet))


RENDERED: dict[str, Callable[[], str]] = {
    "text.txt": lambda: summary_text(fleet()),
    "text_every_model.txt": lambda: summary_text(fleet(), every_model=True),
    "text_details.txt": lambda: summary_text(select(fleet(), ["fraud", "e*"]), details=True),
    "text_80_columns.txt": lambda: summary_text(fleet(), width=80),
    "text_40_columns.txt": lambda: summary_text(fleet(), width=40),
    "text_colours.txt": lambda: summary_text(fleet(), colours=True),
    "text_all_well.txt": lambda: summary_text(all_well()),
    "text_source_down.txt": lambda: summary_text(source_down()),
    "text_odd_readings.txt": lambda: summary_text(odd_readings(), every_model=True),
    "text_states.txt": lambda: summary_text(states()),
    "text_fleet_wide.txt": lambda: summary_text(fleet_wide()),
    "text_fleet_wide_80_columns.txt": lambda: summary_text(fleet_wide(), width=80),
    "markdown_fleet_wide.txt": lambda: summary_markdown(fleet_wide()),
    "json_fleet_wide.txt": lambda: msgspec.json.format(summary_json(select(fleet_wide(), ["ctr"])), indent=2),
    "text_no_models.txt": lambda: summary_text(Snapshot(AT, (PROMETHEUS,), ())),
    "markdown.txt": lambda: summary_markdown(fleet()),
    "markdown_source_down.txt": lambda: summary_markdown(source_down()),
    "text_predictions.txt": lambda: summary_text(fleet_with_logs(), every_model=True),
    "text_predictions_details.txt": lambda: summary_text(fleet_with_logs(), details=True),
    "markdown_predictions.txt": lambda: summary_markdown(fleet_with_logs()),
    "json_predictions.txt": lambda: msgspec.json.format(summary_json(fleet_with_logs()), indent=2),
    "json.txt": lambda: msgspec.json.format(summary_json(fleet()), indent=2),
}


@pytest.mark.parametrize("name", RENDERED)
def test_a_format_is_as_agreed(name: str) -> None:
    path, rendered = GOLDENS / name, RENDERED[name]()
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_text(rendered, encoding="utf-8")
    assert rendered == path.read_text(encoding="utf-8")


def test_no_golden_is_left_over() -> None:
    assert {path.name for path in GOLDENS.iterdir()} == set(RENDERED)


def test_the_selection_has_the_status_of_its_models() -> None:
    assert fleet().status is Status.CRITICAL
    assert select(fleet(), ["ads"]).status is Status.OK
    assert select(fleet(), ["ads", "eta"]).status is Status.WARNING
    assert select(fleet(), ["ocr"]).status is Status.UNKNOWN
    assert select(fleet(), ["nothing"]).status is Status.UNKNOWN
    assert select(source_down(), ["m1"]).status is Status.UNKNOWN


def test_alerts_of_models_that_were_not_selected_are_left_out() -> None:
    assert select(fleet(), ["fraud"]).alerts == (alert(),)
    assert select(fleet(), ["ads"]).alerts == ()
    assert select(fleet(), []) == fleet()
