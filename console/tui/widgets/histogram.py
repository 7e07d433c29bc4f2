"""Two histograms of the same bins, one above the other."""

from typing import ClassVar

from console.tui.widgets.canvas import Segments
from console.tui.widgets.histogram_rows import HistogramData, histogram_rows
from console.tui.widgets.picture import Picture


class Histogram(Picture[HistogramData]):
    """The reference above what is now, on one scale; bins that moved have an arrow beside their colour."""

    KIND = "histogram"

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "histogram--above",
        "histogram--below",
        "histogram--empty",
        "histogram--label",
        "histogram--moved",
        "histogram--note",
        "histogram--title",
    }

    DEFAULT_CSS = """
    Histogram {
        width: 1fr;
        height: 1fr;
        & > .histogram--title { color: $foreground; text-style: bold; }
        & > .histogram--note, & > .histogram--label { color: $foreground-muted; }
        & > .histogram--empty { color: $foreground-muted; text-style: italic; }
        & > .histogram--above { color: $foreground-muted; }
        & > .histogram--below { color: $text-primary; }
        & > .histogram--moved { color: $text-warning; }
    }
    """

    def drawn(self, data: HistogramData, width: int, height: int) -> list[Segments]:
        """Return the rows of both histograms."""
        return histogram_rows(data, width, height)
