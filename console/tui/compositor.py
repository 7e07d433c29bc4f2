"""What puts a screen together from its widgets, as Textual's does, at the cost of the rows that are painted anew."""

from collections.abc import Iterable

from textual._compositor import Compositor
from textual.geometry import Region
from textual.strip import Strip


class RowsCompositor(Compositor):
    """Asks each widget for the rows that an update paints.

    Textual's own asks every widget whose container reaches into the update for all its rows, and drops most of them: a
    clock's eight cells cost as much as a screen.
    """

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """Return (region of a widget, part of it that can be seen, rows of that part), in front to back."""
        if crop is None:
            yield from super()._get_renders(crop)
            return
        for widget, (region, clip) in self.visible_widgets.items():
            if region.overlaps(crop):
                rows = Region(clip.x, crop.y, clip.width, crop.height).intersection(clip)
                if part := region.intersection(rows):
                    yield region, rows, widget.render_lines(part.translate(-region.offset))
