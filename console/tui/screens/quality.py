"""The quality of one model: its metrics with their intervals, beside training, over time, and what labels there are."""

from typing import ClassVar

from textual.binding import BindingType

from console.domain.quality import MetricReading, QualityView
from console.domain.signal import MODEL_QUALITY
from console.headless.quality.words import metric_in_words
from console.tui.actions.action import Action, Where
from console.tui.actions.registry import actions_in
from console.tui.bindings import bindings_of
from console.tui.panels.quality import COLUMNS, chart_of, find_reading, place_lines, quality_lines, quality_rows
from console.tui.screens.predictions import PredictionScreen
from console.tui.spoken.quality import spoken_quality_columns, spoken_quality_lines, spoken_quality_rows
from console.tui.widgets.chart import Chart
from console.tui.widgets.chart_data import ChartData
from console.tui.widgets.table import LiveTable

_NOTHING = ChartData("", 0.0, 1.0, (), str)


class QualityScreen(PredictionScreen):
    """A row per metric, what was measured before what is estimated."""

    WHERE = Where.QUALITY
    SIGNAL = MODEL_QUALITY
    PICTURE = "chart"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_of(actions_in(Where.QUALITY)))

    def __init__(self, model_id: str, *, reads_aloud: bool = False) -> None:
        self._reads_aloud = reads_aloud
        columns = spoken_quality_columns() if reads_aloud else COLUMNS
        self._chart = Chart(id="picture")
        super().__init__(model_id, LiveTable(columns, empty_text="", reads_aloud=reads_aloud), self._chart)

    @property
    def _whole(self) -> QualityView | None:
        return self._detail.quality if self._detail is not None else None

    @property
    def _view(self) -> QualityView | None:
        """Return what is shown: all versions together, or one of them."""
        view = self._whole
        if view is None or self._version is None:
            return view
        return next((each for each in view.versions if each.version == self._version), view)

    @property
    def versions(self) -> tuple[str, ...]:
        """Return the versions that can be shown alone."""
        view = self._whole
        return tuple(each.version for each in view.versions if each.version is not None) if view is not None else ()

    def paint(self) -> None:
        """Show the newest quality."""
        view = self._view
        if view is None:
            self.show_place(self.why_nothing("quality"), has_rows=False)
            self.table.set_rows((), empty_text="")
        else:
            self.show_place(place_lines(view), has_rows=bool(view.metrics or view.estimated))
            rows = (spoken_quality_rows if self._reads_aloud else quality_rows)(view)
            self.table.set_rows(rows, empty_text="no metrics")
        self.paint_selected(back_to_top=False)
        self.paint_frame()

    def _selected(self) -> tuple[MetricReading, bool] | None:
        return find_reading(self._view, self.table.cursor_id)

    def paint_selected(self, *, back_to_top: bool) -> None:
        """Paint the chart of the metric under the cursor, and the words."""
        view, found = self._view, self._selected()
        if view is None:
            self._chart.update_data(_NOTHING)
            self.words.set_lines(())
            return
        reading, is_estimate = found if found is not None else (None, False)
        self._chart.update_data(chart_of(view, reading, is_estimate=is_estimate) if reading is not None else _NOTHING)
        if self._reads_aloud:
            told = spoken_quality_lines(view, self.table.cursor_id)
            if (place := self.table.cursor_place) is not None:
                self.app.cursor_position = place  # what braille displays show
        else:
            told = quality_lines(view, reading, is_estimate=is_estimate)
        self.words.set_lines(told, back_to_top=back_to_top)

    def works(self, action: Action) -> bool:
        """Return whether an action can do something now."""
        if action.id == "quality.copy":
            return self._selected() is not None
        if action.id == "quality.export":
            return self._view is not None
        return super().works(action)

    def action_to_drift(self) -> None:
        """Show the drift of the model instead."""
        if self.is_in_front:
            self.leave()
            self.console.open_drift(self.model_id)

    def action_copy(self) -> None:
        """Copy how the metric is."""
        if (found := self._selected()) is not None:
            reading, is_estimate = found
            self.console.ways_out.copy(f"{self.model_id} {metric_in_words(reading, is_estimate=is_estimate)}")

    def action_export(self) -> None:
        """Write all metrics as CSV."""
        if self._whole is not None:
            from console.headless.quality.csv_table import quality_csv

            self.console.ways_out.export_text(self.subject, ".csv", quality_csv(self._whole))
