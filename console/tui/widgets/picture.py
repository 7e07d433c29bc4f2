"""A drawing that repaints only the cells that changed and never asks for a layout."""

from abc import abstractmethod
from typing import Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip

from console.tui.widgets.canvas import Segments
from console.tui.widgets.changed import changed_cells
from console.tui.widgets.inked import Inked

Data = TypeVar("Data")


class Picture(Inked, Generic[Data]):
    """Draws its data in a size that comes from its container; `drawn` says how, in the inks of its style keys."""

    def __init__(
        self,
        data: Data | None = None,
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

    @abstractmethod  # Textual's metaclass rules out ABC: the type check refuses whoever lacks it, not the construction
    def drawn(self, data: Data, width: int, height: int) -> list[Segments]:
        """Return `height` rows of exactly `width` cells."""

    @property
    def data(self) -> Data | None:
        """Return what is shown."""
        return self._data

    def update_data(self, data: Data) -> None:
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
        self._rows = self.drawn(self._data, self._width, height) if self._data is not None else []
        self._painted_size = self.outer_size if self._data is not None else None

    def _style(self, key: str) -> Style:
        style = self._styles_by_key.get(key)
        if style is None:
            style = self.inked(key) if key else self.rich_style
            self._styles_by_key[key] = style
        return style
