"""The rows of a shared journal as entries, and what is wrong with them."""

from collections.abc import Mapping, Sequence

import msgspec

from console.journal.chain import Link, digest
from console.journal.contents import BrokenLine, Contents, Entry
from console.journal.events import Unrecognised, decode_line
from console.journal.file_lines import NOT_FOLLOWING
from console.journal.postgresql.server import NewLine, Row

EVERY_WRITER = "all writers"
"""What problems call the order of all lines, which no one writer made."""


def entry_of(line: NewLine | Row, number: int = 0) -> Entry:
    """Return a line as an entry; one that is no JSON any more is of no kind, and `journal verify` tells of it."""
    try:
        event, link = decode_line(line.line.encode())
    except msgspec.DecodeError:
        event, link = Unrecognised(None, {}), Link()
    return Entry(event, Link(line.previous, line.writer, line.sequence, link.seen), number)


def contents_of(rows: Sequence[Row], here: Mapping[str, Sequence[NewLine]]) -> Contents:
    """Return what a shared journal holds and what is wrong with it.

    Args:
        rows: all of its lines by their position.
        here: the chains on this machine by writer, which are held against it; what it lacks of them is added.
    """
    problems: list[BrokenLine] = []
    last: dict[str, Row] = {}
    of_chains: dict[str, dict[int, str]] = {writer: {} for writer in here}
    expected = 1
    for row in rows:
        if row.position != expected:
            problems.append(_missing(expected, row.position, EVERY_WRITER))
        expected = row.position + 1
        problems += _wrong_with(row, last.get(row.writer))
        last[row.writer] = row
        if row.writer in of_chains:
            of_chains[row.writer][row.sequence] = row.line
    entries = [entry_of(row, row.position) for row in rows]
    for writer, lines in here.items():
        there = of_chains[writer]
        newest = max(there, default=0)
        for line in lines:
            if line.sequence > newest:
                entries.append(entry_of(line))
            elif there.get(line.sequence, line.line) != line.line:
                problems.append(BrokenLine(line.sequence, "is not what its writer keeps on this machine", writer))
    return Contents(tuple(entries), tuple(problems))


def _wrong_with(row: Row, before: Row | None) -> list[BrokenLine]:
    expected = before.sequence + 1 if before is not None else 1
    found = [_missing(expected, row.sequence, row.writer)] if row.sequence != expected else []
    try:
        _, link = decode_line(row.line.encode())
    except msgspec.DecodeError:
        return [*found, BrokenLine(row.sequence, "is no JSON object: it was changed", row.writer)]
    told = Link(row.previous, row.writer, row.sequence, link.seen)
    follows = row.previous == (digest(before.line.encode()) if before is not None else "")
    if link != told:
        found.append(BrokenLine(row.sequence, "stands in another place than it says: it was changed", row.writer))
    elif not found and not follows:
        found.append(BrokenLine(row.sequence, NOT_FOLLOWING, row.writer))
    return found


def _missing(first: int, found: int, chain: str) -> BrokenLine:
    several = found - first
    removed = "is missing: it was removed" if several == 1 else f"and {several - 1} behind it are missing: removed"
    return BrokenLine(first, removed if several > 0 else f"is followed by line {found}: changed", chain)
