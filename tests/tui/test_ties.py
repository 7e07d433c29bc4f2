"""Playbooks that fit equally well are shown as ties, wherever they are offered by number."""

import msgspec

from console.domain.anomaly import CauseKind, Incident, PlaybookOffer
from console.domain.snapshot import ModelView
from console.tui.fleet_rows import what_happened
from console.tui.panels.incident import incident_lines
from console.tui.panels.lines import Line
from console.tui.panels.summary import model_summary, offers_of
from tests.tui import scenes

TIED = (
    PlaybookOffer("bad-replica", "Take it out", CauseKind.BAD_REPLICA, ties=("roll-back-version",)),
    PlaybookOffer("roll-back-version", "Roll back", CauseKind.NEW_VERSION, ties=("bad-replica",)),
    PlaybookOffer("scale-out", "Scale out"),
)


def fraud_with(offers: tuple[PlaybookOffer, ...]) -> ModelView:
    view = scenes.fraud()
    assert view.incident is not None
    anomalies = tuple(msgspec.structs.replace(anomaly, playbooks=offers) for anomaly in view.anomalies)
    return msgspec.structs.replace(view, incident=Incident("fraud", view.incident.onset, anomalies))


def text_of(lines: tuple[Line, ...]) -> str:
    return "\n".join("".join(span.text for span in line.spans) for line in lines)


def test_the_incident_says_which_playbooks_are_as_good_as_the_one_before() -> None:
    view = fraud_with(TIED)
    told = text_of(incident_lines(view, None, scenes.AT, offers_of(view), ()))
    assert "1 bad-replica  Take it out\n2 or roll-back-version  Roll back\n3 scale-out  Scale out" in told


def test_the_summary_of_the_fleet_says_it_too() -> None:
    told = text_of(model_summary(fraud_with(TIED), scenes.AT))
    assert "1 bad-replica  Take it out   or 2 roll-back-version  Roll back   3 scale-out  Scale out" in told


def test_a_row_of_the_fleet_names_both() -> None:
    assert what_happened(fraud_with(TIED), scenes.AT).ending == " → bad-replica or roll-back-version"
