"""What a console writes down of incidents: once, when it is news, and never because a source fell silent."""

import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.anomaly import Anomaly, AnomalyKind, Cause, CauseKind, Incident, Progress, Severity, Status
from console.domain.label import Label
from console.domain.model import Model
from console.domain.signal import ERROR_RATIO, LATENCY_P99, Reading, State
from console.domain.snapshot import ModelView, Snapshot
from console.engine.incident_watch import HOLD_SECONDS, IncidentWatch
from console.journal.chain import Link
from console.journal.events import Event, decode_line, encode_event
from console.journal.fleet import Fleet
from console.journal.incident_events import Acknowledged, IncidentChanged, IncidentClosed, IncidentOpened
from console.journal.incidents import Incidents
from console.journal.who import Who

ANN, BOB = Who("ann", "bastion"), Who("bob", "laptop")
ONSET = 1_795_317_000.0
SURGE, RELEASE = Cause(CauseKind.TRAFFIC_SURGE, 0.5, "twice the traffic"), Cause(CauseKind.NEW_VERSION, 0.9, "v42")


def latency(**changes: object) -> Anomaly:
    anomaly = Anomaly(
        "fraud/latency_p99", AnomalyKind.LATENCY, "latency_p99", Severity.WARNING, ONSET, "p99 2.4 s", "s", 2.4
    )
    return msgspec.structs.replace(anomaly, **changes)


def errors(**changes: object) -> Anomaly:
    anomaly = Anomaly(
        "fraud/error_ratio", AnomalyKind.ERRORS, "error_ratio", Severity.CRITICAL, ONSET + 60, "errors 8 %", "ratio"
    )
    return msgspec.structs.replace(anomaly, **changes)


def fleet(at: float, *anomalies: Anomaly, state: State = State.OK, onset: float = ONSET) -> Snapshot:
    readings = {signal.name: Reading(signal, state, 0.1) for signal in (LATENCY_P99, ERROR_RATIO)}
    incident = Incident("fraud", onset, anomalies) if anomalies else None
    status = Status.CRITICAL if anomalies else Status.OK
    return Snapshot(at, (), (ModelView(Model("fraud", Label("fraud")), status, readings, incident=incident),))


class Console:
    """A console before a shared journal."""

    def __init__(self, journal: Incidents, who: Who = ANN) -> None:
        self.journal = journal
        self.watch = IncidentWatch(who)
        self.written: list[Event] = []

    def see(self, seconds: float, *anomalies: Anomaly, **changes: object) -> list[str]:
        """Look at the fleet so many seconds after the onset; return the kinds of lines that were written."""
        snapshot = fleet(ONSET + seconds, *anomalies, **changes)  # type: ignore[arg-type]  # of fleet()
        lines = self.watch.lines(snapshot, self.journal, ONSET + seconds)
        self.journal.take(lines)
        self.written += lines
        return [type(line).__name__.removeprefix("Incident").lower() for line in lines]


@pytest.fixture
def console() -> Console:
    return Console(Incidents())


def test_an_incident_is_opened_once_and_closed_when_it_recovered(console: Console) -> None:
    assert console.see(60, latency()) == ["opened"]
    assert console.see(75, latency()) == []
    over = latency(progress=Progress.RECOVERED, ended=ONSET + 500)
    assert console.see(630, over) == ["closed"]
    assert console.see(645, over) == []
    (record,) = console.journal
    assert record.closed is not None
    assert (record.closed.recovered, record.closed.at_latest) == (ONSET + 500, False)


def test_what_is_worse_is_told_at_once(console: Console) -> None:
    console.see(60, latency())
    assert console.see(75, errors(), latency()) == ["changed"]
    assert console.written[-1].detail == "critical now; errors broke too"  # type: ignore[union-attr]


def test_the_first_cause_is_told_at_once_and_another_one_once_it_lasts(console: Console) -> None:
    console.see(60, latency())
    assert console.see(75, latency(causes=(SURGE,))) == ["changed"]
    assert console.see(90, latency(causes=(RELEASE, SURGE))) == []
    assert console.see(105, latency(causes=(SURGE, RELEASE))) == []
    assert console.see(120, latency(causes=(RELEASE, SURGE))) == []
    assert console.see(120 + HOLD_SECONDS, latency(causes=(RELEASE, SURGE))) == ["changed"]
    assert console.written[-1].detail == "likeliest cause: new version (90 %)"  # type: ignore[union-attr]


def test_an_older_onset_that_moves_opens_no_second_incident(console: Console) -> None:
    console.see(60, latency())
    assert console.see(7200, latency(onset=ONSET - 400), onset=ONSET - 400) == []
    assert console.see(7300, latency(onset=ONSET + 90_000, onset_is_earlier=True), onset=ONSET + 90_000) == []
    assert len(console.journal) == 1


def test_another_one_hours_later_is_another_one(console: Console) -> None:
    console.see(60, latency())
    console.see(700, latency(progress=Progress.RECOVERED, ended=ONSET + 500))
    assert console.see(9060, latency(onset=ONSET + 9000), onset=ONSET + 9000) == ["opened"]


def test_one_that_comes_back_is_the_same(console: Console) -> None:
    console.see(60, latency())
    console.see(700, latency(progress=Progress.RECOVERED, ended=ONSET + 500))
    assert console.see(900, latency(returns=1)) == ["changed"]
    assert console.written[-1].detail == "it came back"  # type: ignore[union-attr]
    over = latency(progress=Progress.RECOVERED, ended=ONSET + 1500)
    assert console.see(1700, over) == ["closed"]
    (record,) = console.journal
    assert [closing.recovered - ONSET for closing in record.closings] == [500, 1500]


@pytest.mark.parametrize("state", [State.SOURCE_DOWN, State.NO_DATA, State.STALE, State.ERROR])
def test_silence_closes_nothing(console: Console, state: State) -> None:
    console.see(60, latency())
    for seconds in range(75, 2000, 15):
        assert console.see(seconds, state=state) == []


def test_what_nobody_watched_recover_is_closed_by_the_latest_time(console: Console) -> None:
    console.see(60, latency())
    assert console.see(9000) == []
    assert console.see(9000 + HOLD_SECONDS) == ["closed"]
    (record,) = console.journal
    assert record.closed is not None
    assert (record.closed.recovered, record.closed.at_latest) == (ONSET + 9000, True)


def test_one_that_was_gone_for_a_while_comes_back(console: Console) -> None:
    console.see(60, latency())
    console.see(9000)
    assert console.see(9000 + HOLD_SECONDS) == ["closed"]
    assert console.see(9200, latency()) == ["changed"]
    (record,) = console.journal
    assert record.closed is None


def test_of_several_consoles_the_first_says_it(console: Console) -> None:
    other = Console(console.journal, BOB)
    assert console.see(60, latency()) == ["opened"]
    assert other.see(61, latency()) == []
    assert other.see(76, errors(), latency()) == ["changed"]
    assert console.see(77, errors(), latency()) == []


def test_a_thousand_incidents_of_one_model_hold_nobody_up() -> None:
    events: list[Event] = []
    for number in range(1000):
        onset, incident_id = ONSET + number * 3600.0, f"fraud@{number}"
        events += [
            IncidentOpened(
                at=onset + 60,
                who=ANN,
                incident_id=incident_id,
                model_id="fraud",
                model_name="fraud",
                onset=onset,
                anomalies=(latency(onset=onset),),
            ),
            IncidentClosed(at=onset + 700, who=ANN, incident_id=incident_id, recovered=onset + 600),
        ]
    lines = [encode_event(event, Link()) for event in events]
    began = time.process_time()
    for line in lines:
        decode_line(line)
    read = time.process_time()
    assert len(Incidents(events)) == 1000
    assert time.process_time() - read < 60 * (read - began)


def test_two_that_disagree_do_not_contradict_each_other_for_ever(console: Console) -> None:
    other = Console(console.journal, BOB)
    console.see(60, latency(causes=(SURGE,)))
    for seconds in range(75, 4000, 15):
        console.see(seconds, latency(causes=(SURGE,)))
        other.see(seconds, latency(causes=(RELEASE,)))
    assert len(console.written) + len(other.written) == 2


def test_lines_that_were_written_twice_are_told_once() -> None:
    first, second = Console(Incidents()), Console(Incidents(), BOB)
    for each in (first, second):
        each.see(60, latency())
        each.see(75, errors(), latency())
        each.see(900, errors(progress=Progress.RECOVERED, ended=ONSET + 800))
    both = [line for pair in zip(first.written, second.written, strict=True) for line in pair]
    (record,) = Incidents(both)
    assert record.opened.who == ANN
    assert (len(record.changes), len(record.closings)) == (1, 1)


def test_two_that_could_not_see_each_other_opened_one() -> None:
    """Their shared journal was out of reach; an onset that is older than an hour is not the same everywhere."""
    first, second = Console(Incidents()), Console(Incidents(), BOB)
    first.see(7200, latency())
    second.see(7200, latency(onset=ONSET + 300), onset=ONSET + 300)
    (opened,) = second.written
    assert isinstance(opened, IncidentOpened)
    taken = Acknowledged(at=ONSET + 7300, who=BOB, incident_id=opened.incident_id)
    journal = Incidents([*first.written, opened, taken])
    (record,) = journal
    assert record.taken_by is not None
    assert record.taken_by.by == "bob@laptop"
    assert journal.find(opened.incident_id) is record


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (Fleet("eu", ("http://p1:9090",)), Fleet("us", ("http://p1:9090",)), False),
        (Fleet("eu", ("http://p1:9090",)), Fleet("eu", ("http://p2:9090",)), False),
        (Fleet("eu", ("http://p1:9090", "http://p2:9090")), Fleet(None, ("http://p2:9090",)), True),
        (Fleet(None, ()), Fleet("us", ("http://p1:9090",)), True),
    ],
)
def test_one_journal_serves_consoles_of_several_fleets(one: Fleet, other: Fleet, is_same: bool) -> None:
    """A model of the same name is well elsewhere: that closes nothing here, and what is said here is not of it."""
    opening = IncidentWatch(ANN, one).lines(fleet(ONSET + 60, latency()), Incidents(fleet=one), ONSET + 60)
    lines: list[Event] = [*opening]
    assert len(Incidents(lines, one)) == 1
    elsewhere, watch = Incidents(lines, other), IncidentWatch(BOB, other)
    assert watch.lines(fleet(ONSET + 75), elsewhere, ONSET + 75) == ()
    closing = watch.lines(fleet(ONSET + 75 + HOLD_SECONDS), elsewhere, ONSET + 75 + HOLD_SECONDS)
    assert (len(elsewhere), len(closing)) == ((1, 1) if is_same else (0, 0))
    again = watch.lines(fleet(ONSET + 75, latency()), Incidents(fleet=other), ONSET + 75)
    assert [record.opened.who for record in Incidents([*lines, *again])] == [ANN]
    late = fleet(ONSET + 300, latency(onset=ONSET + 90), onset=ONSET + 90)
    lines += watch.lines(late, elsewhere, ONSET + 300)
    assert len(Incidents(lines)) == (1 if is_same else 2)


@given(st.lists(st.tuples(st.sampled_from(["bad", "worse", "well", "silent", "over"]), st.booleans()), max_size=60))
def test_whatever_is_seen_the_lines_tell_one_story(seen: list[tuple[str, bool]]) -> None:
    journal = Incidents()
    consoles = Console(journal), Console(journal, BOB)
    seconds = 0.0
    for what, is_other in seen:
        seconds += 15
        console = consoles[is_other]
        ended = ONSET + seconds - 5
        match what:
            case "bad":
                console.see(seconds, latency())
            case "worse":
                console.see(seconds, errors(), latency())
            case "over":
                console.see(seconds, latency(progress=Progress.RECOVERED, ended=ended))
            case "well":
                console.see(seconds)
            case _:
                console.see(seconds, state=State.SOURCE_DOWN)
    lines = sorted((line for console in consoles for line in console.written), key=lambda line: line.at)
    opened = {line.incident_id for line in lines if isinstance(line, IncidentOpened)}
    assert len(opened) == len([line for line in lines if isinstance(line, IncidentOpened)]) == len(journal)
    assert all(line.incident_id in opened for line in lines if isinstance(line, IncidentChanged | IncidentClosed))
    assert all(closing.recovered >= record.opened.onset for record in journal for closing in record.closings)
