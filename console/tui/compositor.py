"""What puts a screen together from its widgets, as Textual's does, at the cost of the cells that are painted anew."""

from collections.abc import Iterable

from textual._compositor import Compositor
from textual.geometry import Region
from textual.strip import Strip


class FrugalCompositor(Compositor):
    """Asks each widget for the rows of it that an update shows.

    Textual's own asks every widget whose container reaches into the update for all its rows, containers that lie behind
    their children too, and drops most of them: of the rows of a screen two of three, of a clock's eight cells nearly
    all. Widgets are opaque, and the one in front wins: what lies behind others entirely need not be painted.
    """

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """Return (region of a widget, part of it that can be seen, rows of that part), in front to back."""
        open_parts = [self.size.region if crop is None else crop]
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            shown = [common for part in open_parts if (common := part.intersection(seen))]
            if not shown:
                continue
            top = min(part.y for part in shown)
            rows = Region(seen.x, top, seen.width, max(part.bottom for part in shown) - top)
            yield region, rows, widget.render_lines(rows.translate(-region.offset))
            open_parts = [rest for part in open_parts for rest in _around(part, seen)]


def _around(part: Region, hole: Region) -> Iterable[Region]:
    """Return what is left of a part of the screen once another one is taken out of it."""
    common = part.intersection(hole)
    if not common:
        return (part,)
    x, y, width, height = part
    sides = (
        Region(x, y, width, common.y - y),
        Region(x, common.bottom, width, y + height - common.bottom),
        Region(x, common.y, common.x - x, common.height),
        Region(common.right, common.y, x + width - common.right, common.height),
    )
    return [side for side in sides if side]
