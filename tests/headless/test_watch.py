"""`watch` as a fold over snapshots: what is told of each change, and that nothing floods."""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import given

from console.detect.source_down import freeze
from console.domain.alert import Alert
from console.domain.anomaly import Anomaly, AnomalyKind, Incident, PlaybookOffer, Severity, Status
from console.domain.change import Change, ChangeKind
from console.domain.label import Label
from console.domain.signal import TRAFFIC, Reading, State
from console.domain.snapshot import ModelView, Snapshot, order_worst_first
from console.domain.source import SourceReport
from console.headless.cells import cell_width
from console.headless.summary.selection import select
from console.headless.watch.calm import WINDOW_SECONDS, Calm
from console.headless.watch.json_line import news_json
from console.headless.watch.news import Event, News
from console.headless.watch.observation import Observation, news_between
from console.headless.watch.text import news_text
from tests.headless.fleets import AT, PROMETHEUS, alert, eta, fleet, fleet_wide, fraud, healthy, ocr
from tests.headless.predicted import broken_age, drifted_income, predicted
from tests.headless.test_hostile_text import HOSTILE, hostile_fleet, is_harmless

GOLDENS = Path(__file__).parent / "goldens_of_watch"
REFUSED = "127.0.0.1:9090: connection refused"
DOWN = SourceReport("prometheus", Status.UNKNOWN, None, REFUSED)
PARTIAL = SourceReport("prometheus", Status.OK, 0.2, "1 of 3 stores did not answer", partial=True)


ALERTMANAGER = SourceReport("alertmanager", Status.OK, 0.004)
WITHOUT_B = SourceReport(
    "alertmanager",
    Status.OK,
    0.004,
    "1 of 2 members did not answer: b:9093: connection refused; 7 failures in a row, asked again in 41 s",
    missing_members=("b:9093",),
)


def at(seconds: float, *views: ModelView, source: SourceReport = PROMETHEUS, alerts: Sequence[Alert] = ()) -> Snapshot:
    """A snapshot some seconds after the first."""
    return Snapshot(AT + seconds, (source,), order_worst_first(views), tuple(alerts))


def told(*snapshots: Snapshot) -> list[News]:
    """What is printed for some snapshots: the state at the first, the news of the others."""
    observed = Observation.first(snapshots[0])
    lines = list(observed.present())
    for snapshot in snapshots[1:]:
        before, observed = observed, observed.then(snapshot)
        lines += news_between(before, observed)
    return lines


def news(*snapshots: Snapshot) -> list[News]:
    """What is printed after the first state."""
    return told(*snapshots)[len(told(snapshots[0])) :]


def with_anomaly(view: ModelView, *anomalies: Anomaly) -> ModelView:
    return msgspec.structs.replace(view, incident=Incident(view.model.id, anomalies[0].onset, anomalies))


def failing(name: str, onset: float = AT) -> ModelView:
    """A model that fails since an instant, with a playbook."""
    anomaly = Anomaly(
        id=f"{name}/error_ratio",
        kind=AnomalyKind.ERRORS,
        signal="error_ratio",
        severity=Severity.CRITICAL,
        onset=onset,
        summary="errors 4.1 %, objective 0.1 %",
        playbooks=(PlaybookOffer("scale-out", "Add replicas"),),
    )
    return with_anomaly(healthy(name, Status.CRITICAL), anomaly)


def a_night() -> list[Snapshot]:
    """A fleet in which everything happens once."""
    slow = fraud()
    (late,) = slow.anomalies
    failed = Anomaly("fraud/error_ratio", AnomalyKind.ERRORS, "error_ratio", Severity.CRITICAL, AT + 30, "errors 9 %")
    worse = with_anomaly(slow, failed, late)
    other = with_anomaly(slow, msgspec.structs.replace(late, playbooks=(PlaybookOffer("bad-replica", "Replace it"),)))
    newer = msgspec.structs.replace(
        healthy("ads"), versions={"v88": 0.9, "v89": 0.1}, changes=(Change(ChangeKind.VERSION, AT + 75, "v89"),)
    )
    older = msgspec.structs.replace(healthy("ads"), versions={"v88": 1.0})
    silenced = msgspec.structs.replace(alert(), silenced=True)
    second = SourceReport("prometheus", Status.OK, 0.1, replica="b:9090")
    return [
        at(0, older, slow, eta(), alerts=[alert()]),
        at(15, older, worse, eta(), alerts=[alert()]),
        at(30, older, other, eta(), alerts=[silenced]),
        at(45, older, slow, eta(), ocr(), alerts=[alert()]),
        at(60, *freeze((older, slow, eta(), ocr()), REFUSED), source=DOWN, alerts=[alert()]),
        at(75, *freeze((older, slow, eta(), ocr()), REFUSED), source=DOWN, alerts=[alert()]),
        at(90, newer, healthy("fraud"), eta(), healthy("ocr"), alerts=[]),
        at(105, newer, healthy("fraud"), eta(), healthy("ocr"), source=PARTIAL),
        at(120, newer, healthy("fraud"), eta(), healthy("ocr"), source=second),
        at(135, newer, healthy("fraud"), eta(), healthy("ocr"), source=second),
        at(150, newer, healthy("fraud"), eta(), healthy("new")),
    ]


RENDERED = {
    "text.txt": lambda: "".join(map(news_text, told(*a_night()))),
    "text_80_columns.txt": lambda: "".join(news_text(line, width=80) for line in told(*a_night())),
    "text_40_columns.txt": lambda: "".join(news_text(line, width=40) for line in told(*a_night())),
    "text_colours.txt": lambda: "".join(news_text(line, colours=True) for line in told(*a_night())),
    "json.txt": lambda: "".join(news_json(line, fleet=Status.CRITICAL) for line in told(*a_night())),
    "text_first_state.txt": lambda: "".join(map(news_text, told(fleet()))),
    "text_first_down.txt": lambda: "".join(map(news_text, told(at(0, source=DOWN), at(15, fraud(), healthy("ads"))))),
}


@pytest.mark.parametrize("name", RENDERED)
def test_a_night_is_told_as_agreed(name: str) -> None:
    path, rendered = GOLDENS / name, RENDERED[name]()
    if os.environ.get("UPDATE_GOLDENS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(rendered, encoding="utf-8")
    assert rendered == path.read_text(encoding="utf-8")


def test_no_golden_is_left_over() -> None:
    assert {path.name for path in GOLDENS.iterdir()} == set(RENDERED)


def test_nothing_is_told_when_nothing_changed() -> None:
    later = [msgspec.structs.replace(fleet(), at=AT + 15 * number) for number in range(4)]
    assert news(*later) == []


def test_a_dead_source_is_one_line_for_forty_models() -> None:
    models = [healthy(f"m{number}") for number in range(40)]
    lines = news(
        at(0, *models), at(15, *freeze(models, REFUSED), source=DOWN), at(30, *freeze(models, REFUSED), source=DOWN)
    )
    assert [(line.event, line.source, line.since) for line in lines] == [(Event.SOURCE_DOWN, "prometheus", AT)]


def test_what_happened_behind_a_dead_source_is_told_when_it_is_back() -> None:
    models = (healthy("ads"), healthy("eta"))
    lines = news(
        at(0, *models), at(15, *freeze(models, REFUSED), source=DOWN), at(75, failing("ads", AT + 20), healthy("eta"))
    )[1:]
    assert [(line.event, line.name, line.was) for line in lines] == [
        (Event.SOURCE_UP, "prometheus", None),
        (Event.STATUS, "ads", Status.OK),
    ]
    assert lines[0].text == "was down for 1 min"


def test_a_query_that_fails_for_all_is_one_line() -> None:
    failed = [healthy(f"m{n}", Status.UNKNOWN, traffic=Reading(TRAFFIC, State.ERROR, detail="too slow")) for n in "ab"]
    lines = news(
        at(0, healthy("ma"), healthy("mb")), at(15, *failed, source=PARTIAL), at(30, healthy("ma"), healthy("mb"))
    )
    assert [line.event for line in lines] == [Event.SOURCE_PARTIAL, Event.SOURCE_UP]


def test_models_hidden_from_the_first_moment_are_no_news_when_they_are_well() -> None:
    failed = [healthy(f"m{n}", Status.UNKNOWN, traffic=Reading(TRAFFIC, State.ERROR, detail="too slow")) for n in "ab"]
    lines = news(at(0, *failed, source=PARTIAL), at(15, healthy("ma"), failing("mb")))
    assert [(line.event, line.name) for line in lines] == [(Event.SOURCE_UP, "prometheus"), (Event.STATUS, "mb")]


def test_an_alert_of_no_model_is_no_line() -> None:
    others = msgspec.structs.replace(alert(), model_id=None)
    assert news(at(0, fraud()), at(15, fraud(), alerts=[others])) == []


@pytest.mark.parametrize("globs", [(), ("fraud", "eta")])
def test_an_alert_whose_model_is_gone_is_neither_over_nor_kept_back(globs: tuple[str, ...]) -> None:
    orphan = msgspec.structs.replace(alert(), model_id=None)
    lines = news(select(at(0, fraud(), eta(), alerts=[alert()]), globs), select(at(15, eta(), alerts=[orphan]), globs))
    assert [(line.event, line.model) for line in lines] == [(Event.GONE, "fraud")]


def test_an_alert_that_names_several_models_now_is_neither_over_nor_kept_back() -> None:
    of_nobody = msgspec.structs.replace(alert(), model_id=None)
    assert news(at(0, fraud(), alerts=[alert()]), at(15, fraud(), alerts=[of_nobody])) == []


def test_a_source_that_is_not_asked_while_another_is_down_is_not_up() -> None:
    alerts = SourceReport("prometheus alerts", Status.UNKNOWN, None, "HTTP 503")
    first = Snapshot(AT, (PROMETHEUS, alerts), (healthy("ads"),))
    lines = news(first, at(15, *freeze(first.models, REFUSED), source=DOWN), at(30, healthy("ads")))
    assert [(line.event, line.source) for line in lines] == [
        (Event.SOURCE_DOWN, "prometheus"),
        (Event.SOURCE_UP, "prometheus alerts"),
        (Event.SOURCE_UP, "prometheus"),
    ]


def of_alertmanager(*reports: SourceReport) -> list[Snapshot]:
    """A snapshot of a fleet that is well for each answer of Alertmanager."""
    return [Snapshot(AT + 15 * n, (PROMETHEUS, each), (healthy("ads"),)) for n, each in enumerate(reports)]


def test_a_member_that_is_missing_is_a_line_and_so_is_its_return() -> None:
    again = msgspec.structs.replace(
        WITHOUT_B, detail=WITHOUT_B.detail and WITHOUT_B.detail.replace("7 failures", "8 failures")
    )
    lines = news(*of_alertmanager(ALERTMANAGER, WITHOUT_B, again, ALERTMANAGER))
    assert [(line.event, line.source, line.since) for line in lines] == [
        (Event.SOURCE_NOTE, "alertmanager", AT),
        (Event.SOURCE_UP, "alertmanager", None),
    ]
    assert lines[0].text == f"{WITHOUT_B.detail}; last complete answer 15 s ago"
    assert lines[1].text == "was without b:9093 for 45 s"
    assert news_text(lines[0])[21:39] == "NOTE alertmanager "


def test_a_member_that_was_missing_from_the_first_moment_is_told_at_first() -> None:
    lines = told(*of_alertmanager(WITHOUT_B, WITHOUT_B, ALERTMANAGER))
    assert [line.event for line in lines] == [Event.FLEET, Event.SOURCE_NOTE, Event.SOURCE_UP]
    assert lines[1].text == f"{WITHOUT_B.detail}; no complete answer yet"
    assert lines[2].text == "was without b:9093 from the beginning"


def test_a_source_that_is_back_without_a_member_says_so() -> None:
    down = SourceReport("alertmanager", Status.UNKNOWN, None, REFUSED)
    lines = news(*of_alertmanager(WITHOUT_B, down, WITHOUT_B, ALERTMANAGER))
    assert [line.event for line in lines] == [Event.SOURCE_DOWN, Event.SOURCE_UP, Event.SOURCE_UP]
    assert lines[1].text == f"was down for 30 s; {WITHOUT_B.detail}"
    assert lines[2].text == "was without b:9093 for 30 s"


def test_what_a_source_always_notes_is_told_once_and_hides_no_other_trouble() -> None:
    unverified = msgspec.structs.replace(ALERTMANAGER, detail="its certificate is not verified")
    both = msgspec.structs.replace(WITHOUT_B, detail=f"{WITHOUT_B.detail}; {unverified.detail}")
    lines = told(*of_alertmanager(unverified, unverified, both, unverified))
    assert [line.event for line in lines] == [Event.FLEET, Event.SOURCE_NOTE, Event.SOURCE_NOTE, Event.SOURCE_UP]
    assert [line.text for line in lines[1:3]] == [unverified.detail, f"{both.detail}; last complete answer 15 s ago"]


def test_a_note_hides_no_model_whose_query_failed() -> None:
    noted = msgspec.structs.replace(PROMETHEUS, detail="its certificate is not verified")
    failed = healthy("ads", Status.UNKNOWN, traffic=Reading(TRAFFIC, State.ERROR, detail="too slow"))
    lines = news(at(0, healthy("ads"), source=noted), at(15, failed, source=noted))
    assert [(line.event, line.model, line.status) for line in lines] == [(Event.STATUS, "ads", Status.UNKNOWN)]


def test_the_replica_that_stands_in_is_told_from_the_first_moment() -> None:
    second = msgspec.structs.replace(PROMETHEUS, replica="b:9090")
    lines = told(at(0, healthy("ads"), source=second), at(15, healthy("ads"), source=second))
    assert [(line.event, line.source, line.replica) for line in lines[1:]] == [
        (Event.SOURCE_REPLICA, "prometheus", "b:9090")
    ]


def test_every_event_has_a_word() -> None:
    for event in Event:
        has_status = event in (Event.FLEET, Event.STATUS, Event.ANOMALY, Event.PLAYBOOK, Event.APPEARED)
        line = News(key=("x",), event=event, at=AT, text="x", status=Status.OK if has_status else None)
        assert news_text(line)[21:].split()[0].isupper()


@given(HOSTILE)
def test_no_name_steers_a_terminal(text: str) -> None:
    first = at(0, healthy("ads"))
    hostile = msgspec.structs.replace(hostile_fleet(text), at=AT + 15)
    for line in told(first, hostile, msgspec.structs.replace(first, at=AT + 30)):
        assert is_harmless(news_text(line))
        assert len(news_text(line).splitlines()) == 1
        shown = news_text(line, width=60).removesuffix("\n")
        assert cell_width(shown) <= 60
        decoded = msgspec.json.decode(news_json(line, fleet=Status.OK))
        assert decoded["schema"] == "incident-console/watch/1"
        assert decoded["model"] == line.model


def test_old_lines_are_forgotten() -> None:
    calm = Calm()
    for number in range(100):
        line = News(key=("model", str(number)), event=Event.STATUS, at=number * WINDOW_SECONDS, text="x")
        now = Observation.first(at(line.at - AT, healthy("ads")))
        assert calm.let_through([line], now) == [line]
    assert len(calm._told) == 1


def test_a_label_of_another_alert_makes_it_another() -> None:
    other = Alert(Label("ModelLatencyHigh"), {"model": "fraud", "pod": "b"}, "critical", "firing", AT, model_id="fraud")
    lines = news(at(0, fraud(), alerts=[alert()]), at(15, fraud(), alerts=[alert(), other]))
    assert [line.event for line in lines] == [Event.ALERT_FIRED]


def test_broken_data_that_comes_beside_what_is_worse_is_told_once() -> None:
    slow = msgspec.structs.replace(broken_age(), id="churn/latency_p99", signal="latency_p99", summary="p99 2.40 s")
    before = at(0, predicted("churn", slow))
    beside = predicted("churn", slow, drifted_income())
    lines = news(before, at(15, beside), at(30, beside))
    assert [(line.event, line.text) for line in lines] == [
        (Event.ANOMALY, "beside its worst: `income` drifts, PSI 0.31: 18–25k 4 % → 19 %")
    ]


def test_broken_data_and_its_end_are_changes_of_the_status() -> None:
    lines = news(
        at(0, healthy("churn")), at(15, predicted("churn", broken_age())), at(30, predicted("churn", status=Status.OK))
    )
    assert [(line.event, line.status) for line in lines] == [
        (Event.STATUS, Status.CRITICAL),
        (Event.STATUS, Status.OK),
    ]
    assert "`age` null in 62 % of rows, expected 1 %" in lines[0].text


def test_what_broke_many_models_is_told_when_it_begins_when_it_grows_and_when_it_ends() -> None:
    whole = fleet_wide()
    (shared,) = whole.shared_incidents
    smaller = msgspec.structs.replace(shared, model_ids=shared.model_ids[:3])
    before = msgspec.structs.replace(whole, shared_incidents=())
    steps = [before, msgspec.structs.replace(whole, shared_incidents=(smaller,)), whole, whole, before]
    lines = news(*(msgspec.structs.replace(each, at=AT + 15 * n) for n, each in enumerate(steps)))
    assert [(line.event, line.at - AT) for line in lines] == [
        (Event.SHARED, 15),
        (Event.SHARED, 30),
        (Event.SHARED_ENDED, 60),
    ]
    assert lines[0].text == (
        "fleet-wide: 4 of 5 models on node gpu-3 since 03:08:15 UTC, for 12 min; 5 of 5 on other nodes are well"
    )
    assert news_text(lines[0]).split(" ", 2)[1] == "CRIT"
    assert lines[2].text == "no longer fleet-wide after 12 min: was 4 of 5 models on node gpu-3 since 03:08:15 UTC"


def test_what_broke_many_models_is_not_over_because_a_source_is_down() -> None:
    whole = fleet_wide()
    hidden = msgspec.structs.replace(whole, at=AT + 15, sources=(DOWN,), shared_incidents=())
    assert [line.event for line in news(whole, hidden)] == [Event.SOURCE_DOWN]
