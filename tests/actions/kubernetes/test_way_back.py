"""Which kept version a way back leads to by itself, whatever is known of them."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from console.actions.kubernetes.revisions import Revision, way_back
from console.actions.kubernetes.serving_times import SETTLING_SECONDS, DatedRevision, times_alone
from console.actions.kubernetes.way_back import Known, with_records
from console.actions.provider import ActionRefused
from console.domain.served import ServedPast, Verdict, VersionRecord
from tests.detect.served import hours_ago, past_of, served

MET, MISSED, UNKNOWN = (VersionRecord(each, f"is {each.value}") for each in Verdict)


def template(version: int) -> dict[str, Any]:
    container = {"name": "fraud", "image": f"registry/fraud:v{version}"}
    return {"metadata": {"labels": {"version": f"v{version}"}}, "spec": {"containers": [container]}}


def kept(*versions: tuple[int, VersionRecord | None]) -> list[Known[Revision]]:
    """Return revisions, the newest first, by their versions and what is known of these."""
    count = len(versions)
    return [Known(Revision(count - place, template(each)), record) for place, (each, record) in enumerate(versions)]


def test_what_missed_is_passed_over_and_told() -> None:
    way = way_back(kept((19, MISSED), (18, MISSED), (17, MET), (16, MET)), template(19), None)
    assert way.revision.shown == "v17 (revision 2)"
    assert way.notes == ("v17 (revision 2) is met", "passed over: v18 (revision 3) is missed")


def test_of_many_that_are_passed_over_the_newest_are_told() -> None:
    way = way_back(
        kept((19, MET), *((version, MISSED) for version in range(18, 11, -1)), (11, MET)), template(19), None
    )
    assert (way.revision.version, len(way.notes)) == ("v11", 6)
    assert way.notes[-2:] == ("passed over: v15 (revision 5) is missed", "passed over: 3 more")


def test_what_is_not_known_is_not_held_against_a_version() -> None:
    way = way_back(kept((19, MISSED), (18, UNKNOWN), (17, MET)), template(19), None)
    assert (way.revision.version, way.notes) == ("v18", ("v18 (revision 2) is unknown",))


def test_a_version_that_was_left_and_one_that_missed_are_passed_over_alike() -> None:
    revisions = kept((20, MISSED), (19, MET), (18, MISSED), (17, UNKNOWN))
    way = way_back(revisions, template(20), None, [template(19)])
    assert way.revision.version == "v17"
    assert way.notes[1:] == ("passed over: v19 (revision 3) was left before", "passed over: v18 (revision 2) is missed")


def test_a_version_of_several_revisions_is_told_once() -> None:
    way = way_back(kept((19, MET), (18, MISSED), (18, MISSED), (17, MET)), template(19), None)
    assert way.notes[1:] == ("passed over: v18 (revision 3) is missed",)


def test_where_none_is_left_a_person_must_say_which() -> None:
    told = (
        r"^none of the other versions is chosen without you: v18 \(revision 2\) is missed; "
        r"v17 \(revision 1\) was left before; say which revision is meant$"
    )
    with pytest.raises(ActionRefused, match=told):
        way_back(kept((19, MET), (18, MISSED), (17, MET)), template(19), None, [template(17)])


def test_a_person_may_name_one_that_missed_and_is_told() -> None:
    way = way_back(kept((19, MET), (18, MISSED), (17, MET)), template(19), 2)
    assert (way.revision.version, way.notes) == ("v18", ("v18 (revision 2) is missed",))


records = st.sampled_from([MET, MISSED, UNKNOWN, None])
histories = st.lists(st.tuples(st.integers(1, 5), records), min_size=1, max_size=8)


def chosen(history: list[tuple[int, VersionRecord | None]], left: set[int]) -> Revision | None:
    try:
        return way_back(kept(*history), template(history[0][0]), None, [template(each) for each in left]).revision
    except ActionRefused:
        return None


def by_version(history: list[tuple[int, VersionRecord | None]]) -> list[tuple[int, VersionRecord | None]]:
    """Return a history in which all revisions of a version have the record of its newest one."""
    known: dict[int, VersionRecord | None] = {}
    return [(version, known.setdefault(version, record)) for version, record in history]


@given(histories, st.sets(st.integers(1, 5)))
def test_what_is_chosen_is_another_version_that_was_not_left_and_is_not_known_to_have_missed(
    drawn: list[tuple[int, VersionRecord | None]], left: set[int]
) -> None:
    history = by_version(drawn)
    found = chosen(history, left)
    fitting = [
        len(history) - place
        for place, (version, record) in enumerate(history)
        if version != history[0][0] and version not in left and record is not MISSED
    ]
    assert (None if found is None else found.number) == (fitting[0] if fitting else None)


@given(histories, st.integers(0, 7), st.sets(st.integers(1, 5)))
def test_learning_that_a_version_was_bad_never_makes_it_chosen(
    drawn: list[tuple[int, VersionRecord | None]], place: int, left: set[int]
) -> None:
    history = by_version(drawn)
    assume(place < len(history))
    bad = history[place][0]
    found = chosen([(version, MISSED if version == bad else record) for version, record in history], left)
    before = chosen(history, left)
    assert found is None or found.version != f"v{bad}"
    if before is None or before.version != f"v{bad}":
        assert found == before, "what is learnt of a version that was not chosen changes nothing"


def restarted(version: int) -> dict[str, Any]:
    held = template(version)
    return {**held, "metadata": {**held["metadata"], "annotations": {"kubectl.kubernetes.io/restartedAt": "now"}}}


def test_all_revisions_of_a_version_have_one_record() -> None:
    revisions = [Revision(4, template(19)), Revision(3, restarted(18)), Revision(2, template(18))]
    named = past_of([served("v18", hours_ago(9, 6), p99=0.9)])
    known = with_records(revisions, named, alone={})
    assert [each.record is not None and each.record.verdict for each in known[1:]] == [Verdict.MISSED] * 2
    unnamed = past_of([served("", hours_ago(9, 6), p99=0.9)])
    spans = {3: (hours_ago(7, 6.9),), 2: (hours_ago(9, 7),)}
    assert with_records(revisions, unnamed, spans)[1].record == with_records(revisions, unnamed, spans)[2].record
    way = way_back(with_records([*revisions, Revision(1, template(17))], named, {}), template(19), None)
    assert way.revision.version == "v17"


def test_where_nobody_asked_nothing_is_told() -> None:
    revisions = [Revision(2, template(18)), Revision(1, template(17))]
    assert way_back(with_records(revisions, None, {}), template(18), None).notes == ()
    unknown = with_records(revisions, ServedPast(unknown="no Prometheus is configured"), {})
    (note,) = way_back(unknown, template(18), None).notes
    assert note == "v17 (revision 1) is not known to have met its objectives: no Prometheus is configured"


DAY = 86_400.0


def made(number: int, version: int, day: float) -> Known[Revision]:
    """Return a revision whose template was made on a day."""
    return Known(Revision(number, template(version), rollouts=DatedRevision(number, day * DAY)))


def test_a_version_from_which_somebody_went_back_to_that_of_now_was_left() -> None:
    came_back = [made(4, 18, 2.0), made(3, 19, 3.0), made(1, 17, 1.0)]
    way = way_back(came_back, template(18), None)
    assert (way.revision.version, way.notes) == ("v17", ("passed over: v19 (revision 3) was left before",))
    again = [made(4, 18, 4.0), made(3, 19, 3.0), made(2, 18, 2.0), made(1, 17, 1.0)]
    assert way_back(again, template(18), None).revision.version == "v17", "another template of the version came back"
    forward = [made(5, 19, 3.0), made(4, 18, 2.0), made(1, 17, 1.0)]
    assert way_back(forward, template(19), None).revision.version == "v18", "it was left for what is left now"
    with pytest.raises(ActionRefused, match=r"v19 \(revision 3\) was left before; say which revision is meant$"):
        way_back(came_back[:2], template(18), None)


def dated(*each: tuple[int, float | None, tuple[int, ...] | None]) -> list[DatedRevision]:
    return [DatedRevision(*one) for one in each]


def test_a_revision_served_alone_from_when_it_had_settled_until_the_next_was_asked_for() -> None:
    alone = times_alone(dated((3, 3 * DAY, ()), (2, 2 * DAY, ()), (1, DAY, ())), 4 * DAY)
    assert alone == {number: ((number * DAY + SETTLING_SECONDS, (number + 1) * DAY),) for number in (3, 2, 1)}


def test_a_release_that_was_replaced_before_it_settled_never_served_alone() -> None:
    assert times_alone(dated((2, DAY + 60.0, ()), (1, DAY, ())), 2 * DAY)[1] == ()


def test_when_a_template_came_back_is_not_known_nor_how_long_the_one_before_served() -> None:
    noted = times_alone(dated((4, 4 * DAY, ()), (3, DAY, (1,)), (2, 2 * DAY, ())), 5 * DAY)
    assert noted == {4: ((4 * DAY + SETTLING_SECONDS, 5 * DAY),), 3: ((DAY + SETTLING_SECONDS, 2 * DAY),), 2: ()}
    unnoted = times_alone(dated((4, 4 * DAY, None), (3, DAY, None), (2, 2 * DAY, None)), 5 * DAY)
    assert unnoted[3] == unnoted[2] == ()


def test_of_two_that_took_turns_and_do_not_note_it_no_time_is_known() -> None:
    assert times_alone(dated((4, 2 * DAY, None), (3, DAY, None)), 5 * DAY) == {4: (), 3: ()}


def test_where_turns_are_not_noted_the_first_revisions_are_dated_as_they_were_made() -> None:
    assert times_alone(dated((2, 2 * DAY, None), (1, DAY, None)), 3 * DAY) == {
        2: ((2 * DAY + SETTLING_SECONDS, 3 * DAY),),
        1: ((DAY + SETTLING_SECONDS, 2 * DAY),),
    }


def test_a_revision_that_is_not_kept_any_more_leaves_the_one_before_without_an_end() -> None:
    assert times_alone(dated((4, 4 * DAY, ()), (2, 2 * DAY, ())), 5 * DAY)[2] == ()


def kept_after(rollouts: list[int], limit: int, *, notes: bool) -> dict[int, DatedRevision]:
    """Return what a controller keeps after it rolled out templates, one a day, by template."""
    found: dict[int, DatedRevision] = {}
    for number, each in enumerate(rollouts, start=1):
        before = found.get(each, DatedRevision(number, number * DAY, () if notes else None))
        if before.number != number:
            earlier = (*before.earlier, before.number) if before.earlier is not None else None
            before = DatedRevision(number, before.created, earlier)
        found[each] = before
        old = sorted((revision.number, other) for other, revision in found.items() if other != each)
        for _, other in old[: max(0, len(old) - limit)]:
            del found[other]
    return found


@given(st.lists(st.integers(1, 4), min_size=1, max_size=9), st.integers(0, 4), st.booleans())
def test_whatever_was_rolled_out_a_revision_is_only_said_to_have_served_when_it_did(
    drawn: list[int], limit: int, notes: bool
) -> None:
    rollouts = [each for before, each in pairwise([0, *drawn]) if each != before]
    found = kept_after(rollouts, limit, notes=notes)
    alone = times_alone(list(found.values()), (len(rollouts) + 1) * DAY)
    for each, revision in found.items():
        served = [(day * DAY + SETTLING_SECONDS, (day + 1) * DAY) for day in days_of(each, rollouts)]
        assert set(alone[revision.number]) <= set(served)


def days_of(template: int, rollouts: list[int]) -> list[int]:
    return [day for day, each in enumerate(rollouts, start=1) if each == template]


@given(
    st.lists(
        st.tuples(
            st.integers(1, 9), st.none() | st.floats(0.0, 9 * DAY), st.none() | st.sets(st.integers(1, 9), max_size=2)
        ),
        max_size=6,
        unique_by=lambda each: each[0],
    )
)
def test_no_two_revisions_ever_served_alone_at_once(drawn: list[tuple[int, float | None, set[int] | None]]) -> None:
    revisions = [
        DatedRevision(number, created, None if earlier is None else tuple(earlier))
        for number, created, earlier in drawn
    ]
    spans = sorted(span for each in times_alone(revisions, 10 * DAY).values() for span in each)
    assert all(since < until for since, until in spans)
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))
