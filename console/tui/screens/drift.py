"""The drift of one model: its columns by what they contribute, with both histograms of the one under the cursor."""

from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widgets import Input

from console.domain.drift import ColumnDrift, DriftView
from console.domain.label import harmless
from console.domain.signal import FEATURE_DRIFT
from console.headless.drift.words import WORD_OF_VERDICT, psi_in_words, what_moved
from console.tui.actions.action import Action, Where
from console.tui.actions.registry import actions_in
from console.tui.bindings import bindings_of
from console.tui.panels.drift import (
    COLUMNS,
    SORTINGS,
    column_lines,
    drift_rows,
    find_column,
    histogram_of,
    place_lines,
)
from console.tui.panels.lines import Span
from console.tui.screens.predictions import PredictionScreen
from console.tui.spoken.drift import bins_line, spoken_drift_columns, spoken_drift_rows
from console.tui.widgets.histogram import Histogram
from console.tui.widgets.histogram_rows import HistogramData
from console.tui.widgets.table import LiveTable

_NOTHING = HistogramData("", "")


class DriftScreen(PredictionScreen):
    """A row per column; the cursor stays on its column, however the rows are sorted."""

    WHERE = Where.DRIFT
    SIGNAL = FEATURE_DRIFT
    PICTURE = "histograms"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_of(actions_in(Where.DRIFT)))

    DEFAULT_CSS = """
    DriftScreen {
        & > #filter { height: 1; border: none; display: none; background: $surface; }
        & > #filter.shown { display: block; }
    }
    """

    def __init__(self, model_id: str, *, reads_aloud: bool = False) -> None:
        self._reads_aloud = reads_aloud
        columns = spoken_drift_columns() if reads_aloud else COLUMNS
        self._histogram = Histogram(id="picture")
        super().__init__(model_id, LiveTable(columns, empty_text="", reads_aloud=reads_aloud), self._histogram)
        self._sorting = 0
        self._filter: Input | None = None
        self._wanted = ""

    @property
    def _view(self) -> DriftView | None:
        """Return what is shown: all versions together, or one of them."""
        view = self._detail.drift if self._detail is not None else None
        if view is None or self._version is None:
            return view
        return next((each for each in self._all_versions if each.version == self._version), view)

    @property
    def _all_versions(self) -> tuple[DriftView, ...]:
        view = self._detail.drift if self._detail is not None else None
        return view.versions if view is not None else ()

    @property
    def versions(self) -> tuple[str, ...]:
        """Return the versions that can be shown alone."""
        return tuple(each.version for each in self._all_versions if each.version is not None)

    def paint(self) -> None:
        """Show the newest drift."""
        self._paint_rows(narrowed=False)
        self.paint_selected(back_to_top=False)
        self.paint_frame()

    def _paint_rows(self, *, narrowed: bool) -> None:
        view, sorting = self._view, SORTINGS[self._sorting]
        if view is None:
            self.show_place(self.why_nothing("drift"), has_rows=False)
            self.table.set_rows((), empty_text="")
            return
        self.show_place(place_lines(view), has_rows=bool(view.columns))
        rows = (spoken_drift_rows if self._reads_aloud else drift_rows)(view, sorting, self._wanted)
        self.table.show_order((sorting.column, "▼" if self._sorting < len(SORTINGS) - 1 else "▲"))
        why = f"no column holds “{harmless(self._wanted)}”; esc clears the filter" if self._wanted else "no columns"
        self.table.set_rows(rows, narrowed=narrowed, empty_text=why)

    def _selected(self) -> ColumnDrift | None:
        return find_column(self._view, self.table.cursor_id)

    def paint_selected(self, *, back_to_top: bool) -> None:
        """Paint the histograms and the words of the column under the cursor."""
        view, column = self._view, self._selected()
        if view is None or column is None:
            self._histogram.update_data(_NOTHING)
            self.words.set_lines(())
            return
        self._histogram.update_data(histogram_of(view, column))
        at = self._detail.at if self._detail is not None else view.end
        told = column_lines(view, column, at, self._all_versions)
        self.words.set_lines((*told, bins_line(column)) if self._reads_aloud else told, back_to_top=back_to_top)
        if self._reads_aloud and (place := self.table.cursor_place) is not None:
            self.app.cursor_position = place  # what braille displays show

    def hint(self) -> tuple[Span, ...]:
        """Return what hides columns, always visible while it does, and the order."""
        hidden = (Span(f" filter: {harmless(self._wanted)} ", "loud"),) if self._wanted else ()
        order = (Span(f"by {SORTINGS[self._sorting].name}", "muted"),)
        return (*hidden, *super().hint(), *order)

    def works(self, action: Action) -> bool:
        """Return whether an action can do something now."""
        if action.id == "drift.copy":
            return self._selected() is not None
        if action.id in ("drift.export", "drift.sort_columns", "drift.filter_columns"):
            return self._view is not None
        return super().works(action)

    def label_of(self, action: Action) -> str:
        """Return what the footer calls an action here and now."""
        return "clear filter" if action.id == "app.back" and self._wanted else super().label_of(action)

    def action_sort(self) -> None:
        """Sort in the next order."""
        self._sorting = (self._sorting + 1) % len(SORTINGS)
        self._paint_rows(narrowed=False)
        self.paint_frame()

    def action_to_quality(self) -> None:
        """Show the quality of the model instead."""
        if self.is_in_front:
            self.leave()
            self.console.open_quality(self.model_id)

    def action_copy(self) -> None:
        """Copy how the column is."""
        if (column := self._selected()) is not None:
            word = WORD_OF_VERDICT[column.verdict]
            told = f"{self.model_id} {column.name} {word}, PSI {psi_in_words(column)}: {what_moved(column)}"
            self.console.ways_out.copy(told.removesuffix(": "))

    def action_export(self) -> None:
        """Write all columns as CSV."""
        if self._detail is not None and self._detail.drift is not None:
            from console.headless.drift.csv_table import drift_csv

            self.console.ways_out.export_text(self.subject, ".csv", drift_csv(self._detail.drift))

    async def action_filter(self) -> None:
        """Let the person type what is looked for."""
        if self._filter is None:
            self._filter = Input(placeholder="filter: column, verdict or words", id="filter", compact=True)
            await self.mount(self._filter, before=self.table)
        self._filter.add_class("shown")
        self.set_focus(self._filter)
        self.paint_frame()

    @on(Input.Changed, "#filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        self._wanted = event.value
        self._paint_rows(narrowed=True)
        self.paint_selected(back_to_top=True)
        self.paint_frame()

    @on(Input.Submitted, "#filter")
    def _filter_done(self) -> None:
        self.set_focus(self.table)
        self.paint_frame()

    def action_back(self) -> None:
        """Clear the filter, else go one level up."""
        if self._filter is not None and self._filter.has_class("shown"):
            self._filter.value = ""
            self._filter.remove_class("shown")
            self.set_focus(self.table)
            self.paint_frame()
        else:
            super().action_back()
