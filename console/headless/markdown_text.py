"""Text from outside inside Markdown."""

import re
from collections.abc import Sequence

_ACTIVE = re.compile(r"[\\`*_\[\]<>#|~&$@]|(?<=:)/(?=/)|(?<=www)\.", re.IGNORECASE)


def escaped(text: str) -> str:
    """Return a text in which nothing is Markdown: no table cell ends early, no link, mention or HTML begins."""
    return _ACTIVE.sub(lambda found: "\\" + found[0], text)


def table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table (GitHub-flavoured Markdown) of cells that are escaped already."""
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
