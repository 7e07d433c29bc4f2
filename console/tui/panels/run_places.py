"""Where the parts of a run stand in the room between header and footer: no widget here, so that nothing is laid out."""

import msgspec
from textual.geometry import Region

_SIDE_CELLS, _CHARTED_SIDE_CELLS = 36, 44
"""What stands beside the steps, its margins included."""
_RUN_SHARE, _PLAN_SHARE = 2, 3
"""How the height is shared while a plan is shown."""
_NOWHERE = Region()


class Form(msgspec.Struct, frozen=True):
    """How much room a screen has, and how it is read.

    `is_low` has no room for a run beside its plan, `is_high` room for blank rows, `is_wide` room beside the steps.
    """

    is_low: bool = False
    is_high: bool = False
    is_wide: bool = False
    is_plain: bool = False

    @property
    def has_side(self) -> bool:
        """Return whether something stands beside the steps."""
        return self.is_wide and not self.is_low and not self.is_plain

    @property
    def has_rule(self) -> bool:
        """Return whether a rule separates the plan from the run."""
        return not self.is_low and not self.is_plain


class Contents(msgspec.Struct, frozen=True):
    """What there is to show; `seen_rows` are those of the evidence beside the steps."""

    has_place: bool = False
    has_chart: bool = False
    seen_rows: int = 0
    has_plan: bool = False
    asks_for_a_name: bool = False


class RunPlaces(msgspec.Struct, frozen=True):
    """The cells of each part; one that is not shown has none."""

    place: Region = _NOWHERE
    evidence: Region = _NOWHERE
    steps: Region = _NOWHERE
    seen: Region = _NOWHERE
    chart: Region = _NOWHERE
    rule: Region = _NOWHERE
    plan: Region = _NOWHERE
    name: Region = _NOWHERE
    keys: Region = _NOWHERE


def seen_cells(*, has_chart: bool) -> int:
    """Return how wide the evidence is where it stands beside the steps."""
    return (_CHARTED_SIDE_CELLS if has_chart else _SIDE_CELLS) - 2


def arrange(width: int, height: int, form: Form, contents: Contents) -> RunPlaces:
    """Return where everything stands in so many cells and rows; where both have too little, the plan has it all."""
    places = RunPlaces()
    run_height = height
    if contents.has_plan:
        run_height = 0 if form.is_low else height * _RUN_SHARE // (_RUN_SHARE + _PLAN_SHARE)
        places = _with_plan(places, Region(0, run_height, width, height - run_height), form, contents)
    return _with_run(places, Region(0, 0, width, run_height), form, contents)


def _with_plan(places: RunPlaces, room: Region, form: Form, contents: Contents) -> RunPlaces:
    x, width = room.x + 1, max(0, room.width - 2)
    rule = Region(0, room.y, room.width, 1) if form.has_rule else _NOWHERE
    keys = Region(x, room.bottom - 1, width, 1)
    name = Region(x, keys.y - 1, width, 1) if contents.asks_for_a_name else _NOWHERE
    top = room.y + rule.height
    plan = Region(x, top, width, max(0, keys.y - name.height - top))
    return msgspec.structs.replace(places, rule=rule, plan=plan, name=name, keys=keys)


def _with_run(places: RunPlaces, room: Region, form: Form, contents: Contents) -> RunPlaces:
    if not room:
        return places
    top, within = 0, max(0, room.width - 2)
    place = evidence = seen = chart = _NOWHERE
    if contents.has_place:
        place, top = Region(1, top, within, 1), top + 1
    if not form.has_side:
        evidence, top = Region(1, top, within, 1), top + 1
    if form.is_high:
        top += 1
    height = max(0, room.height - top)
    side = 0
    if form.has_side:
        within_side = seen_cells(has_chart=contents.has_chart)
        side = within_side + 2
        seen = Region(room.width - side + 1, top, within_side, min(contents.seen_rows, height))
        if contents.has_chart:
            chart = Region(seen.x, seen.bottom, seen.width, height - seen.height)
    steps = Region(1, top, max(0, room.width - side - 2), height)
    return msgspec.structs.replace(places, place=place, evidence=evidence, steps=steps, seen=seen, chart=chart)
