"""Where the parts of a run stand, in every room and with everything that there may be to show."""

import itertools

from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Region

from console.tui.panels.run_places import Contents, Form, RunPlaces, arrange

rooms = st.tuples(st.integers(20, 300), st.integers(3, 100))
"""Cells and rows between header and footer."""
contents = st.builds(
    Contents,
    has_place=st.booleans(),
    has_chart=st.booleans(),
    seen_rows=st.integers(0, 60),
    has_plan=st.booleans(),
    asks_for_a_name=st.booleans(),
)


def form_of(room: tuple[int, int], *, is_plain: bool) -> Form:
    """Return how much room a screen has of which so much lies between header and footer."""
    width, height = room[0], room[1] + 3
    return Form(is_low=height < 16, is_high=height >= 30, is_wide=width >= 100, is_plain=is_plain)


def parts(places: RunPlaces) -> list[Region]:
    every = (getattr(places, name) for name in RunPlaces.__struct_fields__)
    return [part for part in every if part]


@given(rooms, st.booleans(), contents)
def test_nothing_stands_outside_or_on_something_else(room: tuple[int, int], is_plain: bool, contents: Contents) -> None:
    shown = parts(arrange(*room, form_of(room, is_plain=is_plain), contents))
    assert all(Region(0, 0, *room).contains_region(part) for part in shown)
    assert not any(one.overlaps(other) for one, other in itertools.combinations(shown, 2))


@given(rooms, st.booleans(), contents)
def test_a_plan_has_the_larger_part_and_its_keys_the_last_row(
    room: tuple[int, int], is_plain: bool, contents: Contents
) -> None:
    form = form_of(room, is_plain=is_plain)
    places = arrange(*room, form, contents)
    if not contents.has_plan:
        assert {places.plan, places.keys, places.rule, places.name} == {Region()}
        return
    above = places.rule.y if places.rule else places.plan.y
    assert above <= room[1] * 2 / 5
    assert places.plan.bottom + places.name.height == places.keys.y == room[1] - 1
    assert bool(places.steps) == (not form.is_low)


def test_the_evidence_stands_beside_the_steps_where_there_is_room_and_above_them_else() -> None:
    wide = arrange(120, 37, Form(is_wide=True, is_high=True), Contents(seen_rows=4))
    assert (wide.seen, wide.evidence) == (Region(85, 1, 34, 4), Region())
    assert wide.steps == Region(1, 1, 82, 36)
    narrow = arrange(80, 21, Form(), Contents(seen_rows=4))
    assert (narrow.seen, narrow.evidence) == (Region(), Region(1, 0, 78, 1))
