"""Lines over time, with all that explains them."""

from collections.abc import Mapping
from typing import ClassVar

from console.tui.widgets.canvas import Segments
from console.tui.widgets.chart_data import ChartData
from console.tui.widgets.chart_rows import chart_rows
from console.tui.widgets.inked import Ink
from console.tui.widgets.picture import Picture


class Chart(Picture[ChartData]):
    """Lines over time with objective, change markers and axes."""

    INKS: ClassVar[Mapping[str, Ink]] = {
        "title": Ink("foreground", "bold"),
        "note": Ink("text-warning"),
        "axis": Ink("foreground-muted"),
        "empty": Ink("foreground-muted", "italic"),
        "objective": Ink("text-warning"),
        "marker": Ink("foreground"),
        "line-1": Ink("text-primary", "bold"),
        "line-2": Ink("text-success"),
        "line-3": Ink("secondary"),
        "line-4": Ink("foreground-muted"),
        "ok": Ink("text-success"),
        "warning": Ink("text-warning"),
        "critical": Ink("text-error", "bold"),
        "muted": Ink("foreground-disabled"),
        "stale": Ink("foreground-disabled"),
    }

    DEFAULT_CSS = "Chart { width: 1fr; height: 1fr; }"

    def drawn(self, data: ChartData, width: int, height: int) -> list[Segments]:
        """Return the rows of the chart."""
        return chart_rows(data, width, height)
