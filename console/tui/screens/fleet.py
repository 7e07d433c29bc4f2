"""The fleet: all models, worst first, and what to do about the one under the cursor."""

from collections.abc import Iterable
from typing import ClassVar

import msgspec
from textual import on
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Input

from console.domain.anomaly import PlaybookOffer, Status
from console.domain.label import harmless
from console.domain.moments import clock_time
from console.domain.run import Run
from console.domain.snapshot import ModelView, Snapshot
from console.tui.actions.action import Action, Where
from console.tui.actions.registry import actions_in
from console.tui.bindings import bindings_of
from console.tui.fleet_order import SORTABLE, first_order
from console.tui.fleet_rows import EVERYTHING, WITHOUT_DRIFT, columns_of, fleet_rows
from console.tui.panels.lines import Line, Span
from console.tui.panels.notices import Notices, resting_told
from console.tui.panels.summary import model_summary, offers_of
from console.tui.panels.text_block import TextBlock
from console.tui.screens.one_model import OneModelScreen
from console.tui.widgets.columns import Column
from console.tui.widgets.table import LiveTable


class FleetScreen(OneModelScreen):
    """A table of models above the summary of the one under the cursor."""

    WHERE = Where.FLEET
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_of(actions_in(Where.FLEET)))

    DEFAULT_CSS = """
    FleetScreen {
        & > #filter { height: 1; border: none; display: none; background: $surface; }
        & > #filter.shown { display: block; }
        & > #summary { height: 7; border-top: solid $foreground-disabled; padding: 0 1; }
        &.-low > #summary { display: none; }
        &.-plain > #summary { border-top: none; height: 6; }
        &.-low > Notices { max-height: 2; }
    }
    """

    def __init__(self, *, reads_aloud: bool = False) -> None:
        super().__init__()
        self._reads_aloud = reads_aloud
        self._filter: Input | None = None
        self._choice = EVERYTHING
        self._table = LiveTable(
            _columns(reads_aloud=reads_aloud),
            empty_text="reading the sources…",
            gone_text="no longer in the fleet",
            reads_aloud=reads_aloud,
            id="fleet",
        )
        self._notices = Notices()
        self._summary = TextBlock(id="summary")
        self._painted_for: str | None = None
        self._painted_offers: tuple[PlaybookOffer, ...] = ()

    def compose_body(self) -> Iterable[Widget]:
        """Return table, notices and summary."""
        return self._table, self._notices, self._summary

    def on_mount(self) -> None:
        """Give the keys to the table."""
        self._table.focus()

    def view_here(self) -> ModelView | None:
        """Return the model under the cursor."""
        snapshot, model_id = self.console.snapshot, self._table.cursor_id
        return snapshot.find(model_id) if snapshot is not None and model_id is not None else None

    def paint(self) -> None:
        """Show the newest snapshot; the cursor stays on its model."""
        self._paint_notices()
        self._paint_rows(narrowed=False)

    def show_run(self, run: Run) -> None:
        """Show what an open run of the model under the cursor waits for, and which runs nobody follows."""
        if self.is_current:
            self._paint_notices()
            self._paint_summary()

    def _paint_rows(self, *, narrowed: bool) -> None:
        snapshot = self.console.snapshot
        if snapshot is not None:
            rows = fleet_rows(snapshot, self._choice, self.console.keeping.marks, self.console.deltas)
            if not self._reads_aloud:
                self._table.set_columns(columns_of(snapshot))
            else:
                from console.tui.spoken.fleet import spoken_rows

                rows = spoken_rows(rows, snapshot, self.console.keeping.marks)
            self._table.set_rows(rows, narrowed=narrowed, empty_text=self._why_empty(snapshot))
        self._paint_summary()

    def _paint_notices(self) -> None:
        """Show what a person must know under the rows, none of which moves."""
        snapshot, runs = self.console.snapshot, self.console.runs
        told = snapshot.notices if snapshot is not None else ()
        self._notices.tell((*told, *resting_told(runs.resting, self.console.keymap.first_key("app.runs"))))

    def _paint_summary(self) -> None:
        view, snapshot = self.view_here(), self.console.snapshot
        self._painted_for = view.model.id if view is not None else None
        self._painted_offers = offers_of(view)
        lines: tuple[Line, ...] = ()
        if view is not None and snapshot is not None:
            lines = model_summary(view, snapshot.at, self.console.runs.open_of(view.model.id))
        self._summary.set_lines(lines)
        if self._reads_aloud and (place := self._table.cursor_place) is not None:
            self.app.cursor_position = place  # what braille displays show
        self.paint_frame()

    def _why_empty(self, snapshot: Snapshot) -> str:
        if self._choice.wanted:
            return f"no model holds “{harmless(self._choice.wanted)}”; esc clears the filter"
        if self._choice.mine_only:
            return "no model is marked as yours; esc shows all"
        if any(source.status is not Status.OK or source.partial for source in snapshot.sources):
            return "no models: the source does not answer"
        return "no models: no series of a known serving system; try `incident-console config check`"

    def hint(self) -> tuple[Span, ...]:
        """Return what hides models or changes what is told of them, always visible while it does."""
        choice, fixed_at = self._choice, self.console.deltas.fixed_at
        told = [f"filter: {harmless(choice.wanted)}"] if choice.wanted else []
        told += ["only mine"] if choice.mine_only else []
        told += [f"↑↓ since {clock_time(fixed_at)}"] if fixed_at is not None else []
        return tuple(Span(f" {each} ", "loud") for each in told)

    def works(self, action: Action) -> bool:
        """Return whether an action can do something for the model under the cursor."""
        if action.id == "fleet.open":
            return self.view_here() is not None
        if action.id == "fleet.links":
            view = self.view_here()
            return view is not None and bool(view.links)
        if action.id == "fleet.playbook":
            return bool(self._painted_offers)
        if action.id == "fleet.hide_notices":
            return self._notices.is_shown
        if action.id == "app.back":
            return self._choice.mine_only or (self._filter is not None and self._filter.has_class("shown"))
        if action.id == "fleet.sort_reverse":
            return self._choice.order is not None
        return self.works_for_model(action) is not False

    def label_of(self, action: Action) -> str:
        """Return what the footer calls an action here and now."""
        if action.id == "app.back":
            return "clear filter" if self._choice.wanted or not self._choice.mine_only else "show all"
        if action.id == "fleet.mine":
            return "all" if self._choice.mine_only else action.label
        return super().label_of(action)

    @on(LiveTable.RowHighlighted)
    @on(LiveTable.RowGone)
    def _cursor_moved(self) -> None:
        self._paint_summary()

    @on(LiveTable.RowChosen)
    def _row_chosen(self, event: LiveTable.RowChosen) -> None:
        self._open(event.row_id)

    @on(Input.Changed, "#filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        self.choose(wanted=event.value)

    @on(Input.Submitted, "#filter")
    def _filter_done(self) -> None:
        self._table.focus()
        self.paint_frame()

    def action_open(self) -> None:
        """Open the model under the cursor."""
        view = self.view_here()
        if view is not None:
            self._open(view.model.id)

    def _open(self, model_id: str) -> None:
        self.console.open_model(model_id)

    def action_playbook(self, number: int) -> None:
        """Follow the playbook that was painted under a number, for the model that it was painted for.

        A number typed right after a move of the cursor counts for the model that the cursor went to.
        """
        if self._painted_for != self._table.cursor_id:
            self._paint_summary()
        if self._painted_for is not None and number <= len(self._painted_offers):
            self.console.open_playbook(self._painted_for, self._painted_offers[number - 1].id)

    def choose(self, **changed: object) -> None:
        """Show another choice of models, or another order; the fields are those of `Choice`."""
        self._choice = msgspec.structs.replace(self._choice, **changed)
        order = self._choice.order
        self._table.show_order(None if order is None else (order.column, order.mark))
        self._paint_rows(narrowed=True)

    @on(LiveTable.HeaderClicked)
    def _sort_by_clicked(self, event: LiveTable.HeaderClicked) -> None:
        order = self._choice.order
        is_same = order is not None and order.column == event.column
        self.choose(order=order.reversed() if order is not None and is_same else first_order(event.column))

    def put_cursor_on(self, model_id: str) -> None:
        """Put the cursor on a model, if it is shown."""
        self._table.move_cursor(model_id)

    def show_filter(self, text: str) -> None:
        """Show only models that hold a text, all where it is empty."""
        if text:
            self.call_later(self._put_filter, text)
        elif self._choice.wanted:
            self.action_back()

    async def _put_filter(self, text: str) -> None:
        await self.action_filter()
        if self._filter is not None:
            self._filter.value = text
        self._filter_done()

    def action_sort(self) -> None:
        """Sort by the next column that is seen; after the last one the worst stands first again."""
        columns = list(SORTABLE) if self._reads_aloud else self._table.shown_columns
        order = self._choice.order
        place = columns.index(order.column) + 1 if order is not None and order.column in columns else 0
        self.choose(order=first_order(columns[place]) if place < len(columns) else None)

    def action_sort_reverse(self) -> None:
        """Sort the other way round."""
        order = self._choice.order
        if order is not None:
            self.choose(order=order.reversed())

    def action_mine(self) -> None:
        """Show only the person's own models, or all."""
        self.choose(mine_only=not self._choice.mine_only)

    def action_baseline(self) -> None:
        """Compare numbers with this moment from now on, or with that of five minutes ago again."""
        deltas = self.console.deltas
        if deltas.fixed_at is None:
            deltas.fix()
        else:
            deltas.unfix()
        self._paint_rows(narrowed=False)

    def action_hide_notices(self) -> None:
        """Hide the notices, until others come."""
        self._notices.hide()
        self.paint_frame()

    def action_links(self) -> None:
        """List the links of the model under the cursor."""
        view = self.view_here()
        if view is not None and view.links:
            self.console.open_links(view.model.id, view.links)

    async def action_filter(self) -> None:
        """Let the person type what is looked for."""
        if self._filter is None:
            self._filter = Input(placeholder="filter: name, version, status or trouble", id="filter", compact=True)
            await self.mount(self._filter, before=self._table)
        self._filter.add_class("shown")
        self.set_focus(self._filter)
        self.paint_frame()

    def action_back(self) -> None:
        """Clear the filter, else show all models again."""
        if self._filter is not None:
            self._filter.value = ""
            self._filter.remove_class("shown")
        self._table.focus()
        had_filter = bool(self._choice.wanted)
        self.choose(wanted="", mine_only=self._choice.mine_only and had_filter)


def _columns(*, reads_aloud: bool) -> tuple[Column, ...]:
    if not reads_aloud:
        return WITHOUT_DRIFT
    from console.tui.spoken.fleet import spoken_columns

    return spoken_columns()
