"""All runs of playbooks that are known: those that need this person first."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from console.domain.command import EndRun, TakeUpRun
from console.domain.run import Run
from console.tui.actions.action import Action, Where
from console.tui.actions.registry import actions_in
from console.tui.bindings import bindings_of
from console.tui.drafts import NoteSubject
from console.tui.ending import Ending
from console.tui.panels.runs import RUN_COLUMNS, run_rows, run_told
from console.tui.panels.text_block import TextBlock
from console.tui.run_words import is_resting, subject_of
from console.tui.screens.base import ConsoleScreen
from console.tui.spoken.runs import spoken_run_columns, spoken_run_rows
from console.tui.trail import FLEET_CRUMB, Crumb
from console.tui.widgets.table import LiveTable


class RunsScreen(ConsoleScreen):
    """A list above what is known of the run under the cursor; the cursor stays on its run."""

    WHERE = Where.RUNS
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_of(actions_in(Where.RUNS)))

    DEFAULT_CSS = """
    RunsScreen {
        & > #runs { height: 1fr; }
        & > #told { height: 1fr; border-top: solid $foreground-disabled; padding: 0 1; }
        &.-low > #told { display: none; }
        &.-plain > #told { border-top: none; padding: 0; }
    }
    """

    def __init__(self, *, reads_aloud: bool = False) -> None:
        super().__init__()
        self._reads_aloud = reads_aloud
        self._table = LiveTable(
            spoken_run_columns() if reads_aloud else RUN_COLUMNS,
            empty_text="no runs; a number follows a playbook, on the fleet and on a model",
            gone_text="no longer listed",
            reads_aloud=reads_aloud,
            id="runs",
        )
        self._told = TextBlock(id="told")
        self._ending = Ending()

    def compose_body(self) -> Iterable[Widget]:
        """Return the list and what is known of one."""
        return self._table, self._told

    def on_mount(self) -> None:
        """Give the keys to the list."""
        if self.focused is None:
            self.set_focus(self._table)

    def paint(self) -> None:
        """Show the newest runs."""
        runs = self.console.runs.listed
        self._table.set_rows(spoken_run_rows(runs) if self._reads_aloud else run_rows(runs))
        self._paint_told(back_to_top=False)

    def show_run(self, run: Run) -> None:
        """Show a new state of a run."""
        if self.is_current:
            self.paint()

    def tell_ages(self) -> None:
        """Show how long ago things were."""
        self._paint_told(back_to_top=False)

    def _paint_told(self, *, back_to_top: bool) -> None:
        run = self._selected()
        self._told.set_lines(() if run is None else run_told(run, self.console.present), back_to_top=back_to_top)
        self.paint_frame()

    def _selected(self) -> Run | None:
        run_id = self._table.cursor_id
        return None if run_id is None or self._table.cursor_is_gone else self.console.runs.find(run_id)

    def trail(self) -> tuple[Crumb, ...]:
        """Return the way to this screen."""
        return FLEET_CRUMB, Crumb("runs")

    @property
    def model_here(self) -> str | None:
        """Return the model of the run under the cursor."""
        run = self._selected()
        return None if run is None else run.model_id

    def works(self, action: Action) -> bool:
        """Return whether an action can do something for the run under the cursor."""
        run = self._selected()
        match action.id:
            case "app.runs":
                return False
            case "runs.open":
                return run is not None
            case "runs.note":
                return run is not None and run.ended is None
            case "runs.take_up":
                return run is not None and is_resting(run)
            case "runs.end":
                return run is not None and run.is_mine and run.ended is None
            case _:
                return True

    def note_subject(self) -> NoteSubject | None:
        """Return the run under the cursor."""
        run = self._selected()
        return None if run is None else subject_of(run)

    @on(LiveTable.RowHighlighted)
    @on(LiveTable.RowGone)
    def _cursor_moved(self) -> None:
        self._paint_told(back_to_top=True)

    @on(LiveTable.RowChosen)
    def _row_chosen(self, message: LiveTable.RowChosen) -> None:
        """Open the run whose row was chosen; the cursor may be on another by now."""
        run = self.console.runs.find(message.row_id)
        if run is not None:
            self.console.open_run(run)

    def action_open(self) -> None:
        """Open the run under the cursor."""
        run = self._selected()
        if run is not None:
            self.console.open_run(run)

    def action_take_up(self) -> None:
        """Go on with the run under the cursor, and open it."""
        run = self._selected()
        if run is not None:
            self.send(TakeUpRun(run.id))
            self.console.open_run(run)

    def action_end(self) -> None:
        """End the run under the cursor, once that was asked for twice."""
        run = self._selected()
        if run is None:
            return
        if self._ending.is_meant(run):
            self.send(EndRun(run.id))
        else:
            key = self.console.keymap.first_key("runs.end")
            self.console.say(f"{key} again ends {run.playbook_id} for good", is_bad=True)
