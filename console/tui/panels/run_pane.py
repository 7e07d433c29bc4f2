"""A run between header and footer: its steps, what is measured beside them, and below them the plan that waits.

One widget paints all of it: a plan that comes moves most of what is shown, which would be a layout of many.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Input

from console.domain.run import Run
from console.tui.panels.capacity import capacity_chart, replicas_of
from console.tui.panels.lines import InkOfPicture, Line, PaintedRow, Span, cells_of, lay_out, line
from console.tui.panels.plan_keys import PlanKeys
from console.tui.panels.run_place import place_lines
from console.tui.panels.run_places import Contents, Form, RunPlaces, arrange, seen_cells
from console.tui.panels.span_rows import SpanRows
from console.tui.panels.steps import KeysOfRuns, evidence_line, evidence_lines, step_lines
from console.tui.panels.text_block import PLAIN_CLASS, WHEEL_ROWS
from console.tui.panels.text_window import TextWindow
from console.tui.widgets.chart import Chart
from console.tui.widgets.chart_data import ChartData
from console.tui.widgets.chart_rows import chart_rows
from console.tui.widgets.inked import Ink

_LEAST_READABLE = (30, 4)
"""Cells and rows under which nobody can have read what asks for a confirmation."""
_RULE = "━"
_INK_OF_RULE = InkOfPicture("rule")
_READING = line(Span("reading the playbook and the evidence…", "muted"))


def _ink_of_chart(key: str) -> InkOfPicture:
    return InkOfPicture(f"chart {key}")


class RunPane(SpanRows, can_focus=True):
    """Shows one run and its plan, and has the keys, so that enter cancels and nothing but its key commits.

    `steps_painted` is called whenever the steps are really painted; `plan_keys` is told when the plan is.
    """

    INKS: ClassVar[Mapping[str, Ink]] = {
        **SpanRows.INKS,
        _INK_OF_RULE: Ink("warning"),
        _ink_of_chart(""): Ink("foreground"),
        **{_ink_of_chart(key): ink for key, ink in Chart.INKS.items()},
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "other_focus", show=False, priority=True)  # what is typed behind it is all the name's
    ]

    DEFAULT_CSS = """
    RunPane {
        width: 1fr; height: 1fr;
        & > #name { dock: bottom; height: 1; margin: 0 1 1 1; border: none; background: $surface; }
    }
    """

    class CancelPressed(Message):
        """The person pressed enter or space; `at` is in seconds of the clock of key events."""

        def __init__(self, at: float) -> None:
            super().__init__()
            self.at = at

    def __init__(self, plan_keys: PlanKeys, steps_painted: Callable[[], object]) -> None:
        super().__init__(id="run-pane")
        self.plan_keys = plan_keys
        self._steps_painted = steps_painted
        self._place, self._evidence, self._steps, self._seen, self._plan, self._keys = (TextWindow() for _ in range(6))
        self._chart: ChartData | None = None
        self._contents = Contents()
        self._places = RunPlaces()
        self._name_input = Input(id="name", compact=True, select_on_focus=False)
        self._name_input.display = False  # a rule of the stylesheet would be another one by the first plan: a layout

    def compose(self) -> ComposeResult:
        """Lay out the name, which is hidden until a plan asks for it."""
        yield self._name_input

    def show(
        self,
        run: Run | None,
        now: float,
        *,
        keys: tuple[str, ...],
        named: KeysOfRuns,
        plan: Sequence[Line],
        is_new_plan: bool,
        are_new_keys: bool,
    ) -> None:
        """Show a run at an instant (UTC seconds).

        `keys` are those of its answers that work now, `named` others; `plan` are the lines of what `plan_keys` asks
        about. A new plan, and steps with new keys, are painted even where they look as before: then they are seen.
        """
        steps, seen = ((_READING,), 0) if run is None else step_lines(run, keys, now, named)
        beside = evidence_lines(run.evidence) if run is not None else ()
        place = place_lines(run, named.take_up) if run is not None else ()
        self._steps.set_lines(steps, keep=seen)
        self._evidence.set_lines((evidence_line(run.evidence),) if run is not None else ())
        self._seen.set_lines(beside)
        self._place.set_lines(place)
        self._plan.set_lines(plan, back_to_top=is_new_plan)
        self._chart = _chart(run)
        self._contents = Contents(
            has_place=bool(place),
            has_chart=self._chart is not None,
            seen_rows=len(lay_out(beside, seen_cells(has_chart=self._chart is not None))),
            has_plan=self.plan_keys.plan is not None,
            asks_for_a_name=self.plan_keys.asks_for_a_name,
        )
        if is_new_plan:
            self._ask_anew()
        self._paint()
        if is_new_plan or are_new_keys:
            self.refresh(*filter(None, (self._places.plan, self._places.steps)))

    def _ask_anew(self) -> None:
        self._name_input.value = ""
        self._name_input.display = self.plan_keys.asks_for_a_name
        self._name_input.placeholder = self.plan_keys.asked_name
        focused = self.screen.focused
        if focused is not self and (focused is self._name_input or not isinstance(focused, Input)):
            self.focus()

    def drawn(self, size: Size) -> Sequence[PaintedRow]:
        """Return the rows of everything."""
        self._arrange(size)
        places, reads_aloud = self._places, self._form.is_plain
        rows: list[list[Span]] = [[] for _ in range(size.height)]
        for window, place in (
            (self._place, places.place),
            (self._evidence, places.evidence),
            (self._steps, places.steps),
            (self._seen, places.seen),
            (self._plan, places.plan),
            (self._keys, places.keys),
        ):
            if place:
                window.fit(place.width, place.height, reads_aloud=reads_aloud)
                _put(rows, place, window.rows)
        if places.chart and self._chart is not None:
            _put(rows, places.chart, _chart_rows(self._chart, places.chart.size))
        if places.rule:
            _put(rows, places.rule, [(Span(_RULE * places.rule.width, _INK_OF_RULE),)])
        return list(map(tuple, rows))

    def ground_of(self, y: int) -> str:
        """Return the background of the lines above the steps, and of the keys while they have the focus."""
        if any(part and y == part.y for part in (self._places.place, self._places.evidence)):
            return "surface"
        return "surface-lighten-1" if self.has_focus and self._places.keys and y == self._places.keys.y else ""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return painted rows; those of a plan tell that a person can begin to read it."""
        strips = super().render_lines(crop)
        if crop.overlaps(self._places.steps):
            self._steps_painted()
        if crop.overlaps(self._places.plan) and self.plan_keys.painted():
            self.set_timer(self.plan_keys.arming_seconds, self.paint_keys)
        return strips

    @property
    def _form(self) -> Form:
        has = self.screen.has_class
        return Form(is_low=has("-low"), is_high=has("-high"), is_wide=has("-wide"), is_plain=has(PLAIN_CLASS))

    def _arrange(self, size: Size) -> None:
        self._places = arrange(size.width, size.height, self._form, self._contents)

    def _paint(self) -> None:
        before = self._places
        self._arrange(self.size)
        self._keys.set_lines((self.plan_keys.line(is_readable=self.is_plan_readable),))
        if self._places != before:
            self._drawn_for = None
        self.paint_changes()

    def paint_keys(self) -> None:
        """Show what the keys of the plan do now."""
        self._paint()

    def on_resize(self) -> None:
        """Say so when the plan can no longer be read."""
        self._paint()

    def on_focus(self) -> None:
        """Show that the keys have the focus."""
        self._repaint_keys()

    def on_blur(self) -> None:
        """Show that something else has it."""
        self._repaint_keys()

    def _repaint_keys(self) -> None:
        if self._places.keys:
            self.refresh(Region(0, self._places.keys.y, self.size.width, 1))

    @property
    def is_plan_readable(self) -> bool:
        """Return whether there is so much room that somebody can have read the plan."""
        return _is_readable(self._places.plan)

    @property
    def are_steps_readable(self) -> bool:
        """Return whether there is so much room that somebody can have read the active step."""
        return _is_readable(self._places.steps)

    @property
    def has_plan(self) -> bool:
        """Return whether a plan is shown."""
        return self._contents.has_plan

    @property
    def name_has_focus(self) -> bool:
        """Return whether the name is being typed."""
        return self._name_input.has_focus

    def may_commit(self, pressed_at: float) -> bool:
        """Return whether the key that was pressed at an instant of the key events' clock may commit the plan."""
        return self.is_plan_readable and self.plan_keys.is_ready and self.plan_keys.is_seen(pressed_at)

    def see_anew(self) -> None:
        """Take the keys, and let the arming begin anew: something lay over the plan."""
        self.arm_anew()
        if self.has_plan:
            self.focus()

    def arm_anew(self) -> None:
        """Let the arming begin anew: only now everything is seen, or there, that a commit needs."""
        if self.has_plan:
            self.plan_keys.restart()
            self.set_timer(self.plan_keys.arming_seconds, self.paint_keys)
            self._paint()

    def ask_for_name(self) -> None:
        """Give the keys to the name."""
        self._name_input.focus()

    def scroll_text(self, rows: int) -> None:
        """Scroll the plan, or the steps while there is none."""
        (self._plan if self.has_plan else self._steps).scroll(rows)
        self.paint_changes()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down what is under the mouse."""
        self._scroll_at(event, WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up what is under the mouse."""
        self._scroll_at(event, -WHEEL_ROWS)

    def _scroll_at(self, event: events.MouseEvent, rows: int) -> None:
        event.stop()
        places = self._places
        for window, place in ((self._steps, places.steps), (self._seen, places.seen), (self._plan, places.plan)):
            if place.contains(event.x, event.y):
                window.scroll(rows)
                self.paint_changes()

    def on_key(self, event: events.Key) -> None:
        """Cancel."""
        if event.key in ("enter", "space") and self.has_focus and self.has_plan:
            event.stop()
            self.post_message(self.CancelPressed(event.time))

    def action_other_focus(self) -> None:
        """Go from cancel to the name and back."""
        asks = self.plan_keys.asks_for_a_name and not self.name_has_focus
        self.screen.set_focus(self._name_input if asks else self)

    @on(Input.Changed, "#name")
    def _name_changed(self, event: Input.Changed) -> None:
        if self.plan_keys.take_name(event.value):
            self.arm_anew()
        else:
            self._paint()

    @on(Input.Submitted, "#name")
    def _name_given(self, event: Input.Submitted) -> None:
        event.stop()
        if self.plan_keys.has_name:
            self.arm_anew()
            self.focus()


def _put(rows: list[list[Span]], place: Region, painted: Iterable[PaintedRow]) -> None:
    """Write painted rows into a place that begins behind all that its rows hold so far."""
    for row, new in zip(rows[place.y : place.bottom], painted, strict=False):
        gap = place.x - cells_of(row)
        if gap > 0:
            row.append(Span(" " * gap))
        row.extend(new)


def _chart(run: Run | None) -> ChartData | None:
    """Return how the latency grows with the load of a replica, and where the plan would put it."""
    if run is None:
        return None
    return capacity_chart(run.capacity, planned=replicas_of(run.plan) if run.plan is not None else None)


def _chart_rows(chart: ChartData, size: Size) -> list[PaintedRow]:
    drawn = chart_rows(chart, size.width, size.height)
    return [tuple(Span(text, _ink_of_chart(key)) for text, key in row) for row in drawn]


def _is_readable(place: Region) -> bool:
    return place.width >= _LEAST_READABLE[0] and place.height >= _LEAST_READABLE[1]
