"""A chart that repaints only the cells that changed and never asks for a layout."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from console.tui.widgets.canvas import Segments
from console.tui.widgets.changed import changed_cells
from console.tui.widgets.chart_data import ChartData
from console.tui.widgets.chart_rows import chart_rows


class Chart(Widget):
    """Lines over time with objective, change markers and axes; its size comes from its container.

    Every style key of the picture is a component class `chart--KEY` that a theme may restyle.
    """

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

    def __init__(
        self,
        data: ChartData | None = None,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - every Textual widget calls it so
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._data = data
        self._rows: list[Segments] = []
        self._width = 0
        self._painted_size: Size | None = None
        self._styles_by_key: dict[str, Style] = {}

    @property
    def data(self) -> ChartData | None:
        """Return what is shown."""
        return self._data

    def update_data(self, data: ChartData) -> None:
        """Show other data: equal data costs nothing, else the cells that look different are painted again."""
        if data == self._data:
            return
        self._data = data
        before = self._rows
        if self._painted_size != self.outer_size:
            self.refresh()
            return
        self._draw()
        if len(before) != len(self._rows):  # a border came or went since, inside the same outer size
            self.refresh()
            return
        changed = [
            Region(x, y, width, 1)
            for y, (old, new) in enumerate(zip(before, self._rows, strict=True))
            for x, width in (changed_cells(old, new),)
            if width
        ]
        if changed:
            self.refresh(*changed)

    def notify_style_update(self) -> None:
        """Draw anew: colours, or the room inside the border, may have changed."""
        super().notify_style_update()
        self._styles_by_key.clear()
        self._painted_size = None

    def render_line(self, y: int) -> Strip:
        """Return one painted row."""
        if self._painted_size != self.outer_size:
            self._draw()
        if y >= len(self._rows):
            return Strip.blank(self.size.width, self._style(""))
        return Strip([Segment(text, self._style(key)) for text, key in self._rows[y]], self._width)

    def _draw(self) -> None:
        self._width, height = self.size
        self._rows = chart_rows(self._data, self._width, height) if self._data else []
        self._painted_size = self.outer_size if self._data else None

    def _style(self, key: str) -> Style:
        style = self._styles_by_key.get(key)
        if style is None:
            style = self.get_component_rich_style(f"chart--{key}") if key else self.rich_style
            self._styles_by_key[key] = style
        return style
