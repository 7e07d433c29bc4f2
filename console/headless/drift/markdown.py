"""Drift as Markdown, to paste into a chat or a ticket."""

from console.domain.drift import DriftView, Verdict
from console.domain.label import harmless
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
    version_in_words,
    what_moved,
    window_in_words,
    worst_verdict,
)
from console.headless.markdown_text import escaped, table

_TITLES = ("verdict", "column", "psi", "share", "null", "what moved")


def drift_markdown(view: DriftView) -> str:
    """Return the verdict in a line, a table of the columns that are not well, and versions, slices and notes in lists.

    Where all columns are well, all are listed.
    """
    word = WORD_OF_VERDICT[worst_verdict(view)].upper()
    head = f"{harmless(view.model)}: {columns_in_words(view)}, {window_in_words(view)}; {rows_in_words(view)}"
    blocks = [f"**{word}** {escaped(head)}"]
    listed = [column for column in view.columns if column.verdict is not Verdict.OK] or list(view.columns)
    rows = [
        (
            WORD_OF_VERDICT[column.verdict],
            escaped(name_of(column)),
            escaped(psi_in_words(column)),
            share_in_words(column),
            null_in_words(column),
            escaped(what_moved(column)),
        )
        for column in listed
    ]
    if rows:
        blocks.append(table(_TITLES, rows))
    further = (
        *(f"version {version_in_words(each)}" for each in view.versions),
        *(f"slice {slice_in_words(each)}" for each in view.slices),
        *(harmless(note, LONGEST_DETAIL) for note in view.notes),
    )
    if further:
        blocks.append("\n".join(f"- {escaped(told)}" for told in further))
    return "\n\n".join(blocks) + "\n"
