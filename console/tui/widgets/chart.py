"""Lines over time, with all that explains them."""

from typing import ClassVar

from console.tui.widgets.canvas import Segments
from console.tui.widgets.chart_data import ChartData
from console.tui.widgets.chart_rows import chart_rows
from console.tui.widgets.picture import Picture


class Chart(Picture[ChartData]):
    """Lines over time with objective, change markers and axes."""

    KIND = "chart"

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "chart--axis",
        "chart--critical",
        "chart--empty",
        "chart--line-1",
        "chart--line-2",
        "chart--line-3",
        "chart--line-4",
        "chart--marker",
        "chart--muted",
        "chart--note",
        "chart--objective",
        "chart--ok",
        "chart--stale",
        "chart--title",
        "chart--warning",
    }

    DEFAULT_CSS = """
    Chart {
        width: 1fr;
        height: 1fr;
        & > .chart--title { color: $foreground; text-style: bold; }
        & > .chart--note { color: $text-warning; }
        & > .chart--axis { color: $foreground-muted; }
        & > .chart--empty { color: $foreground-muted; text-style: italic; }
        & > .chart--objective { color: $text-warning; }
        & > .chart--marker { color: $foreground; }
        & > .chart--line-1 { color: $text-primary; text-style: bold; }
        & > .chart--line-2 { color: $text-success; }
        & > .chart--line-3 { color: $secondary; }
        & > .chart--line-4 { color: $foreground-muted; }
        & > .chart--ok { color: $text-success; }
        & > .chart--warning { color: $text-warning; }
        & > .chart--critical { color: $text-error; text-style: bold; }
        & > .chart--muted, & > .chart--stale { color: $foreground-disabled; }
    }
    """

    def drawn(self, data: ChartData, width: int, height: int) -> list[Segments]:
        """Return the rows of the chart."""
        return chart_rows(data, width, height)
