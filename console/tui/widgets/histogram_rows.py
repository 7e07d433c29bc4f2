"""The picture of two histograms of the same bins, one above the other and on one scale: purely, as rows of text."""

import msgspec
from rich.cells import cell_len

from console.domain.quantity import how_many
from console.tui.widgets.canvas import Canvas, Segments
from console.tui.widgets.cells import fit, shorten

_BARS = "▁▂▃▄▅▆▇█"
_EIGHTHS = len(_BARS)
_WIDEST_BIN = 12
_NARROWEST_BIN = 6
"""Cells of a bin with its gap below which a label says nothing: then the bins that moved least give way."""
_LOWEST_WITH_NUMBERS = 3
"""Rows of one histogram from which on its shares are written above its bars."""
_ROWS_OF_WORDS = 3
"""Two titles and the labels."""
_LEAST_TOLD = 0.01


class Bin(msgspec.Struct, frozen=True):
    """One bin by its label, with its share of the rows (ratio) in the upper and in the lower histogram."""

    label: str
    above: float
    below: float
    has_moved: bool = False


class HistogramData(msgspec.Struct, frozen=True):
    """Two histograms of the same bins, in the bins' order; `no_data` is the reason why there is nothing to draw."""

    above: str
    below: str
    bins: tuple[Bin, ...] = ()
    no_data: str = ""


def histogram_rows(data: HistogramData, width: int, height: int) -> list[Segments]:
    """Return `height` rows of exactly `width` cells.

    Where the room is too narrow for all bins, those that moved most are shown; where it is too low for bars, nothing
    but the titles is.
    """
    if width < 1 or height < 1:
        return []
    canvas = Canvas(width, height)
    if not data.bins:
        canvas.put(0, 0, shorten(data.above, width), "title")
        canvas.put(0, min(1, height - 1), data.no_data or "no bins", "empty")
        return canvas.rows()
    shown = _shown_bins(data.bins, width)
    bin_width = max(2, min(_WIDEST_BIN, width // len(shown)))
    bars = max(0, height - _ROWS_OF_WORDS) // 2
    most = max(max(each.above, each.below) for each in shown)
    _draw_title(canvas, 0, data.above, _hidden(data, shown))
    _draw_bars(canvas, 1, bars, [(each.above, "above", "") for each in shown], bin_width, most)
    _draw_title(canvas, 1 + bars, data.below, "")
    _draw_bars(canvas, 2 + bars, bars, [_below(each) for each in shown], bin_width, most)
    for index, each in enumerate(shown):
        style = "moved" if each.has_moved else "label"
        mark = _mark(each) if bars < _LOWEST_WITH_NUMBERS else ""
        canvas.put(index * bin_width, 2 + 2 * bars, shorten(each.label, bin_width - 1) + mark, style)
    return canvas.rows()


def _below(each: Bin) -> tuple[float, str, str]:
    return each.below, "moved" if each.has_moved else "below", _mark(each)


def _mark(each: Bin) -> str:
    """Return the arrow of a bin that moved: a colour alone would say nothing to some eyes."""
    if not each.has_moved:
        return ""
    return "▲" if each.below > each.above else "▼"


def _shown_bins(bins: tuple[Bin, ...], width: int) -> tuple[Bin, ...]:
    """Return the bins that have room, in their order."""
    most = max(1, width // _NARROWEST_BIN)
    if len(bins) <= most:
        return bins
    by_weight = sorted(range(len(bins)), key=lambda index: -_weight(bins[index]))
    return tuple(bins[index] for index in sorted(by_weight[:most]))


def _weight(each: Bin) -> float:
    """Return how much a bin has to say: those that moved, then the largest."""
    return abs(each.below - each.above) + 0.01 * max(each.above, each.below) + (1.0 if each.has_moved else 0.0)


def _hidden(data: HistogramData, shown: tuple[Bin, ...]) -> str:
    hidden = len(data.bins) - len(shown)
    return how_many(hidden, "more bin") if hidden else ""


def _draw_title(canvas: Canvas, y: int, title: str, note: str) -> None:
    if y >= canvas.height:
        return
    taken = canvas.put(0, y, title, "title")
    x = canvas.width - cell_len(note)
    if note and x > taken + 1:
        canvas.put(x, y, note, "note")


def _draw_bars(
    canvas: Canvas, top: int, rows: int, shares: list[tuple[float, str, str]], bin_width: int, most: float
) -> None:
    """Draw a histogram whose fullest bar takes the rows that its number leaves."""
    if rows < 1:
        return
    has_numbers = rows >= _LOWEST_WITH_NUMBERS
    full = (rows - 1 if has_numbers else rows) * _EIGHTHS
    for index, (share, style, mark) in enumerate(shares):
        x = index * bin_width
        eighths = _eighths(share, most, full)
        for row in range(-(-eighths // _EIGHTHS)):
            level = min(_EIGHTHS, eighths - row * _EIGHTHS)
            canvas.put_cells(x, top + rows - 1 - row, _BARS[level - 1] * (bin_width - 1), style)
        if has_numbers:
            y = top + rows - 1 - -(-eighths // _EIGHTHS)
            canvas.put(x, y, fit(_number(share, mark, bin_width - 1), bin_width - 1), style if mark else "label")


def _eighths(share: float, most: float, full: int) -> int:
    """Return how high a bar is; one that is not empty is seen."""
    if share <= 0 or most <= 0:
        return 0
    return max(1, round(share / most * full))


def _number(share: float, mark: str, width: int) -> str:
    if share <= 0:
        return mark
    told = "<1 %" if share < _LEAST_TOLD else f"{share * 100:.0f} %"
    marked = f"{mark}{told}"
    return marked if cell_len(marked) <= width else told
