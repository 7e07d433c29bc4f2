"""The table of columns for a terminal, a log or a pipe: 80 columns hold it, and each line can be read aloud."""

from collections.abc import Iterable, Iterator

from console.domain.drift import DriftView
from console.domain.label import harmless
from console.headless.cells import cell_width, cut, pad
from console.headless.drift.words import (
    LONGEST_DETAIL,
    WORD_OF_VERDICT,
    columns_in_words,
    name_of,
    null_in_words,
    psi_in_words,
    rows_in_words,
    share_in_words,
    slice_in_words,
    status_of,
    version_in_words,
    what_moved,
    window_in_words,
    worst_verdict,
)
from console.headless.summary.text import Paint

WIDEST_NAME = 28
"""Cells up to which the column of names grows; what is longer is cut, for the numbers to stay below each other."""
_WIDTHS = (6, 6, 6)
"""Cells of PSI, share and null."""


def drift_text(view: DriftView, *, width: int | None = None, colours: bool = False) -> str:
    """Return lines, each ended by a newline: the verdict, what is compared, a line per column, versions, slices, notes.

    Lines are cut to `width` cells if one is given.
    """
    paint = Paint(colours)
    verdict = worst_verdict(view)
    word = WORD_OF_VERDICT[verdict].upper()
    head = f"  {harmless(view.model)}  {columns_in_words(view)}"
    lines = [paint(status_of(verdict), word) + _fit(head, width, taken=len(word))]
    lines += [_fit(told, width) for told in (window_in_words(view), rows_in_words(view))]
    lines += _table(view, width, paint)
    lines += [_fit(f"{kind}  {told}", width) for kind, told in _further(view)]
    return "".join(line.rstrip() + "\n" for line in lines)


def _table(view: DriftView, width: int | None, paint: Paint) -> Iterator[str]:
    if not view.columns:
        return
    word_width = max(map(len, WORD_OF_VERDICT.values()))
    names = [cut(name_of(column), WIDEST_NAME) for column in view.columns]
    name_width = max(map(cell_width, (*names, "column")))
    titles = _numbers(("psi", "share", "null"))
    yield _fit(f"{pad('', word_width)}  {pad('column', name_width)}  {titles}  what moved", width)
    for column, name in zip(view.columns, names, strict=True):
        word = pad(WORD_OF_VERDICT[column.verdict], word_width)
        numbers = _numbers((psi_in_words(column), share_in_words(column), null_in_words(column)))
        body = f"  {pad(name, name_width)}  {numbers}  {what_moved(column)}"
        yield paint(status_of(column.verdict), word) + _fit(body, width, taken=word_width)


def _numbers(told: Iterable[str]) -> str:
    return "  ".join(f"{text:>{cells}}" for text, cells in zip(told, _WIDTHS, strict=True))


def _further(view: DriftView) -> Iterator[tuple[str, str]]:
    yield from (("version", version_in_words(each)) for each in view.versions)
    yield from (("slice", slice_in_words(each)) for each in view.slices)
    yield from (("note", harmless(note, LONGEST_DETAIL)) for note in view.notes)


def _fit(text: str, width: int | None, taken: int = 0) -> str:
    return text if width is None else cut(text, max(0, width - taken))
