"""Two histograms of the same bins, one above the other."""

from collections.abc import Mapping
from typing import ClassVar

from console.tui.widgets.canvas import Segments
from console.tui.widgets.histogram_rows import HistogramData, histogram_rows
from console.tui.widgets.inked import Ink
from console.tui.widgets.picture import Picture


class Histogram(Picture[HistogramData]):
    """The reference above what is now, on one scale; bins that moved have an arrow beside their colour."""

    INKS: ClassVar[Mapping[str, Ink]] = {
        "title": Ink("foreground", "bold"),
        "note": Ink("foreground-muted"),
        "label": Ink("foreground-muted"),
        "empty": Ink("foreground-muted", "italic"),
        "above": Ink("foreground-muted"),
        "below": Ink("text-primary"),
        "moved": Ink("text-warning"),
    }

    DEFAULT_CSS = "Histogram { width: 1fr; height: 1fr; }"

    def drawn(self, data: HistogramData, width: int, height: int) -> list[Segments]:
        """Return the rows of both histograms."""
        return histogram_rows(data, width, height)
