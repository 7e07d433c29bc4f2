"""The folds behind a report: times, what was done, what is left, which runs belong to it."""

import random
import re
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.action import Outcome
from console.domain.anomaly import Progress
from console.headless.report.choice import NoSuchIncident, choose
from console.headless.report.evidence import Panel
from console.headless.report.handoff import tell_handoff
from console.headless.report.story import IncidentStory
from console.headless.report.svg_chart import svg_chart
from console.headless.report.text_chart import COLUMNS, Mark, text_chart
from console.journal.events import Event, Intent, OutcomeRecorded, RunLine, Verification
from console.journal.incident_events import Acknowledged, Course, IncidentChanged, IncidentClosed, IncidentOpened, Noted
from console.journal.incidents import Incidents
from console.playbooks.events import Ended
from tests.headless.report.telling import every_format, story
from tests.journal.incident_samples import (
    ANN,
    BOB,
    ID,
    ONSET,
    RUN,
    errors,
    incident,
    latency,
    night,
    run,
    run_line,
    scale_plan,
)

MINUTE = 60.0
DAY = 86_400.0


def without(kind: type, events: tuple[Event, ...] | None = None) -> list[Event]:
    return [event for event in events or night() if not isinstance(event, kind)]


def test_how_long_everything_took() -> None:
    times = story().times
    after = {
        "detected": times.since_onset(times.opened),
        "acknowledged": times.since_onset(times.acknowledged),
        "mitigated": times.since_onset(times.mitigated),
        "recovered": times.since_onset(times.recovered),
    }
    assert after == {
        "detected": 105.0,
        "acknowledged": 7 * MINUTE,
        "mitigated": 10 * MINUTE + 140.0,
        "recovered": 31 * MINUTE,
    }


def test_without_a_verified_action_the_recovery_is_the_mitigation() -> None:
    times = story(without(Verification)).times
    assert times.mitigated == times.recovered


def test_what_an_incident_came_to() -> None:
    told = story()
    p99, errors = told.impacts
    assert (p99.signal, p99.limit, p99.expected) == ("latency_p99", 0.5, 0.31)
    assert p99.worst == pytest.approx(2.4, rel=0.05)
    assert p99.beyond == pytest.approx(30 * MINUTE, rel=0.05)
    assert errors.worst == pytest.approx(0.06, rel=0.05)
    assert told.requests is not None
    assert told.requests.failed == pytest.approx(860 * 0.06 * 26 * MINUTE, rel=0.1)
    spent = told.requests.failed / (0.001 * told.requests.served / (31 * MINUTE) * 30 * 86_400)
    assert told.requests.budget_spent == pytest.approx(spent, rel=0.02)


def left(events: Sequence[Event]) -> list[str]:
    return [each.text for each in story(events).follow_ups]


def test_what_is_left_to_do() -> None:
    assert left(list(night())) == [
        "ask marketing to tell us of campaigns",
        "The run is open at “Raise the floor of the autoscaler”: end it or go on with it",
        "Decide whether “Scale fraud from 3 to 6 replicas” stays (replicas 3 → 6 on prod-eu Deployment ml/fraud)",
    ]


def test_a_run_that_was_left_leaves_its_manual_step() -> None:
    ended = run_line(Ended(at=ONSET + 20 * MINUTE))
    assert "Do, or decide against: Raise the floor of the autoscaler" in left([*night(), ended])
    assert not any(text.startswith("The run is open") for text in left([*night(), ended]))


def test_an_action_that_nobody_knows_of_is_to_be_found_out() -> None:
    crashed = [event for event in night() if not isinstance(event, OutcomeRecorded | Verification)]
    assert "Find out whether “Scale fraud from 3 to 6 replicas” was applied to prod-eu Deployment ml/fraud" in left(
        crashed
    )


def test_an_action_that_was_taken_back_is_not_left() -> None:
    plan = scale_plan(6, 3, ONSET + 25 * MINUTE)
    sent = next(event for event in run() if isinstance(event, Intent))
    back = msgspec.structs.replace(sent, at=ONSET + 25 * MINUTE, intent_id="i2", plan=plan, undoes="i1")
    word = OutcomeRecorded(
        at=back.at + 1, who=ANN, intent_id="i2", run_id=RUN, outcome=Outcome.APPLIED, detail="replicas are 3"
    )
    told = story([*night(), back, word])
    assert not any("stays" in each.text for each in told.follow_ups)
    first, second = told.runs[0].actions
    assert first.undone_at == back.at
    assert second.undoes == first.title
    assert told.times.mitigated_by == "it recovered"


def test_what_the_plan_said_before_the_key_is_told_with_the_action() -> None:
    said = "passed over: v18 (revision 7) missed its latency objective"
    events = [
        msgspec.structs.replace(event, plan=msgspec.structs.replace(event.plan, notes=(said,)))
        if isinstance(event, Intent)
        else event
        for event in night()
    ]
    assert story(events).runs[0].actions[0].notes == (said,)
    formats = every_format(events)
    assert all(said in formats[f"incident.{ending}"] for ending in ("md", "html", "json"))


def test_a_rehearsal_leaves_nothing() -> None:
    events = [
        msgspec.structs.replace(event, payload={**event.payload, "rehearsal": True})
        if isinstance(event, RunLine) and event.name == "started"
        else event
        for event in night()
    ]
    assert left(events) == ["ask marketing to tell us of campaigns"]


def test_a_run_without_an_incident_belongs_to_the_one_of_its_model() -> None:
    def begun(incident_id: str | None, model: str = "fraud") -> list[Event]:
        return [
            msgspec.structs.replace(event, payload={**event.payload, "incident_id": incident_id, "model_id": model})
            if isinstance(event, RunLine) and event.name == "started"
            else event
            for event in night()
        ]

    assert len(story(begun(None)).runs) == 1
    assert len(story(begun("fraud@2026-11-22T03:01:00Z")).runs) == 1
    assert len(story(begun(None, "ads")).runs) == 0


def test_a_run_whose_start_cannot_be_read_is_told_by_what_it_sent() -> None:
    events = [
        msgspec.structs.replace(event, payload={**event.payload, "playbook": None})
        if isinstance(event, RunLine) and event.name == "started"
        else event
        for event in night()
    ]
    (told,) = story(events).runs
    assert told.unexplained == "this version cannot read how it began"
    assert [action.outcome for action in told.actions] == [Outcome.VERIFIED]


def test_an_incident_that_is_not_over_says_so() -> None:
    told = story(without(IncidentClosed))
    assert told.is_open
    assert told.times.since_onset(told.times.recovered) is None
    assert "not over" in every_format(without(IncidentClosed))["incident.md"]


def _durations(told: IncidentStory) -> list[float]:
    times = told.times
    found = map(times.since_onset, (times.opened, times.acknowledged, times.mitigated, times.recovered))
    return [each for each in found if each is not None]


@given(st.randoms(use_true_random=False), st.lists(st.integers(-4000, 4000), min_size=30, max_size=30))
def test_whatever_the_clocks_said_no_time_is_negative_and_nothing_is_told_twice(
    chance: random.Random, shifts: list[int]
) -> None:
    """Consoles have clocks of their own: lines may stand in any order and at any time."""
    moved: list[Event] = [
        msgspec.structs.replace(event, at=event.at + shift) for event, shift in zip(incident(), shifts, strict=False)
    ]
    runs = run()
    for event in moved:
        runs.insert(chance.randint(0, len(runs)), event)
    told = story([moved[0], *(event for event in runs if event is not moved[0])])
    assert all(seconds >= 0 for seconds in _durations(told))
    times = [moment.at for moment in told.timeline]
    assert times == sorted(times)
    assert len(set(told.timeline)) == len(told.timeline)
    assert len(set(told.follow_ups)) == len(told.follow_ups)


@given(st.randoms(use_true_random=False))
def test_what_two_consoles_wrote_is_told_as_if_one_had(chance: random.Random) -> None:
    twice: list[Event] = []
    for event in night():
        twice.append(event)
        if not isinstance(event, RunLine) and chance.random() < 0.5:
            twice.append(event)
    assert story(twice) == story()


def test_a_note_of_a_run_is_told_with_its_incident() -> None:
    """Its run began when the onset was found elsewhere: the id that it knows is not that of the journal."""
    note = Noted(
        at=ONSET + 12 * MINUTE, who=BOB, text="see ticket 7", incident_id="fraud@x", run_id=RUN, follow_up=True
    )
    told = story([*night(), note, note])
    assert [moment.text for moment in told.timeline if "ticket" in moment.text] == ["Follow-up: see ticket 7"]
    assert [each.text for each in told.follow_ups if "ticket" in each.text] == ["see ticket 7"]


def test_a_cooldown_is_handed_over_until_it_is_over() -> None:
    def cooling(event: Event) -> Event:
        if not isinstance(event, RunLine) or event.name != "started":
            return event
        playbook = {**event.payload["playbook"], "limits": {"cooldown": "30m"}}
        return msgspec.structs.replace(event, payload={**event.payload, "playbook": playbook})

    events = tuple(map(cooling, night()))
    left_alone = "prod-eu Deployment ml/fraud is left alone by scale-out until 03:48:15 UTC"
    sent = ONSET + 10 * MINUTE
    assert tell_handoff(events, ONSET, sent + 29 * MINUTE).held == (left_alone,)
    assert tell_handoff(events, ONSET, sent + 30 * MINUTE).held == ()


def test_who_took_part_is_told_once_each() -> None:
    again = Acknowledged(at=ONSET + 9 * MINUTE, who=BOB, incident_id=ID)
    assert story([*night(), again]).people == ("ann@bastion", "bob@laptop")


@pytest.mark.parametrize("wanted", [None, "fraud", ID, "fraud@2026", "f"])
def test_which_incident_is_meant(wanted: str | None) -> None:
    assert choose(Incidents(night()), wanted).id == ID


def test_it_is_said_when_it_is_not_known_which_one_is_meant() -> None:
    later = [
        msgspec.structs.replace(
            event, incident_id="fraud@2026-11-23T03:08:15Z", at=event.at + 86_400, onset=ONSET + 86_400
        )
        for event in incident()[:1]
        if isinstance(event, IncidentOpened)
    ]
    both = Incidents([*night(), *later])
    assert choose(both, "fraud").id == "fraud@2026-11-23T03:08:15Z"
    with pytest.raises(NoSuchIncident, match="'fraud@2026-11-2' is the beginning of 2 incidents"):
        choose(both, "fraud@2026-11-2")
    with pytest.raises(NoSuchIncident, match="no incident is 'frauds'; nearest: fraud"):
        choose(both, "frauds")
    with pytest.raises(NoSuchIncident, match="the journal holds no incident yet"):
        choose(Incidents(), None)


@given(
    st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=150),
    st.one_of(st.none(), st.floats(-1e6, 1e6)),
    st.floats(1.0, 600.0),
)
def test_a_chart_of_text_has_one_width_whatever_it_shows(
    values: list[float | None], limit: float | None, step: float
) -> None:
    course = Course("latency_p99", "s", ONSET, step, tuple(values), limit)
    chart = text_chart(course, [Mark(ONSET, "▲", "onset")], ONSET, ONSET + step * len(values))
    rows = [line for line in chart.splitlines() if "│" in line]
    assert {line.index("│") for line in rows} in (set(), {chart.splitlines()[0].index("│")} if rows else set())
    assert all(len(line) - line.index("│") - 1 <= COLUMNS for line in rows)


def test_a_signal_that_kept_its_limit_again_is_not_worst_where_it_was_best() -> None:
    well = latency(value=0.3, progress=Progress.RECOVERED, ended=ONSET + 28 * MINUTE, causes=())
    recovered = IncidentChanged(
        at=ONSET + 29 * MINUTE, who=BOB, incident_id=ID, anomalies=(errors(), well), detail="p99 latency recovered"
    )
    told = {each.signal: each for each in story(sorted([*night(), recovered], key=lambda event: event.at)).impacts}
    assert told["latency_p99"].worst == pytest.approx(2.4, rel=0.05)
    assert told["latency_p99"].beyond == pytest.approx(30 * MINUTE, rel=0.05)


def test_a_cause_that_was_told_is_not_forgotten_when_it_is_over() -> None:
    well = latency(progress=Progress.RECOVERED, ended=ONSET + 28 * MINUTE, causes=())
    over = IncidentChanged(at=ONSET + 29 * MINUTE, who=BOB, incident_id=ID, anomalies=(well,), detail="it is over")
    events = [event for event in night() if not isinstance(event, IncidentChanged)]
    text = every_format(sorted([*events, over], key=lambda event: event.at))["incident.md"]
    assert "The likeliest cause was a traffic surge (71 %)" in text
    assert "No cause was found" not in text


def test_a_run_for_an_incident_that_two_consoles_opened_is_told() -> None:
    opened = next(event for event in night() if isinstance(event, IncidentOpened))
    twin = msgspec.structs.replace(
        opened, incident_id="fraud@2026-11-22T03:09:15Z", onset=ONSET + MINUTE, at=ONSET + 2 * MINUTE, who=BOB
    )
    events = [
        msgspec.structs.replace(event, payload={**event.payload, "incident_id": twin.incident_id})
        if isinstance(event, RunLine) and event.name == "started"
        else event
        for event in (*night(), twin)
    ]
    events.sort(key=lambda event: event.at)
    assert len(Incidents(events)) == 1
    assert [run.id for run in story(events).runs] == [RUN]


def test_an_action_that_made_it_worse_after_all_is_no_mitigation() -> None:
    verified = next(event for event in night() if isinstance(event, Verification))
    worse = msgspec.structs.replace(verified, at=verified.at + MINUTE, outcome=Outcome.WORSE, detail="worse")
    told = story(sorted([*night(), worse], key=lambda event: event.at))
    assert told.times.mitigated_by == "it recovered"


def test_what_happened_on_another_day_is_told_with_its_date() -> None:
    events = [
        msgspec.structs.replace(event, at=event.at + DAY) if isinstance(event, Intent | IncidentClosed) else event
        for event in night()
    ]
    texts = every_format(events, ONSET + 3 * DAY)
    for name in ("incident.md", "incident.html"):
        assert "was sent at 2026-11-23 03:18:15" in texts[name]
        assert "from 03:16:15" in texts[name]
        assert "UTC, of the day of the onset" in texts[name]
    assert "by ann\\@bastion since 2026-11-22 03:16:15" in texts["handoff.md"]
    chart = text_chart(Course("traffic", "1/s", ONSET, DAY, (1.0, 2.0), None), (), ONSET, ONSET + DAY)
    assert chart.splitlines()[-1].split() == ["2026-11-22", "03:08", "2026-11-23", "03:08", "UTC"]


def test_a_shift_hands_over_what_began_before_it() -> None:
    note = next(event for event in night() if isinstance(event, Noted) and event.follow_up)
    events = [event for event in night() if not isinstance(event, IncidentClosed | OutcomeRecorded | Verification)]
    told = tell_handoff(events, note.at + MINUTE, note.at + 60 * MINUTE)
    assert note.text in [each.text for each in told.follow_ups]
    assert any(each.text.startswith("Find out whether") for each in told.follow_ups)
    assert [action.outcome for action in told.left] == [Outcome.UNKNOWN]


def test_what_a_page_leaves_out_is_counted() -> None:
    opened = next(event for event in night() if isinstance(event, IncidentOpened))
    many = [
        msgspec.structs.replace(opened, incident_id=f"m{number}@x", model_id=f"m{number}", anomalies=())
        for number in range(25)
    ]
    assert "Without 5 earlier incidents." in every_format(many)["handoff.md"]


def test_marks_of_one_column_stand_beside_each_other() -> None:
    marks = (Mark(ONSET, "▲", "onset"), Mark(ONSET + 60, "a", "acknowledged"), Mark(ONSET + 90, "1", "scaled"))
    chart = text_chart(Course("traffic", "1/s", ONSET, DAY, (1.0, 2.0), None), marks, ONSET, ONSET + DAY)
    assert chart.splitlines()[-2].strip() == "▲a1"


def test_dates_below_a_picture_leave_room_for_each_other() -> None:
    def labels(seconds: float) -> list[str]:
        course = Course("traffic", "1/s", ONSET, seconds, (1.0, 2.0), None)
        picture = svg_chart(Panel("traffic", course, ONSET, ONSET + seconds), (), (ONSET, ONSET))
        return re.findall(r'<text class="time"[^>]*>([^<]*)<', picture)

    assert labels(4 * 60 * MINUTE) == ["03:08", "04:08", "05:08", "06:08", "07:08 UTC"]
    assert labels(2 * DAY) == ["2026-11-22 03:08", "2026-11-23 03:08", "2026-11-24 03:08 UTC"]


def test_a_long_note_is_told_to_its_end() -> None:
    text = " ".join(f"word{number}" for number in range(200))
    events = [msgspec.structs.replace(each, text=text) if isinstance(each, Noted) else each for each in night()]
    texts = every_format(events)
    assert texts["incident.md"].count("word199") == 3
    assert texts["incident.html"].count("word199") == 3
