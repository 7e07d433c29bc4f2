"""A snapshot as Markdown, to paste into a chat or a ticket."""

import re

from console.domain.snapshot import Snapshot
from console.headless.summary.words import (
    best_playbook,
    fleet_in_words,
    is_worth_a_line,
    model_in_words,
    moment_in_words,
    troubled_sources,
)

_ACTIVE = re.compile(r"[\\`*_\[\]<>#|~&$@]|(?<=:)/(?=/)|(?<=www)\.", re.IGNORECASE)


def summary_markdown(snapshot: Snapshot, *, every_model: bool = False) -> str:
    """Return the fleet as a line, troubled sources as a list and models as a table (GitHub-flavoured Markdown)."""
    head = f"**{snapshot.status.value.upper()}** {_escaped(f'{fleet_in_words(snapshot)} {moment_in_words(snapshot)}')}"
    blocks = [head]
    if troubled := troubled_sources(snapshot):
        blocks.append(
            "\n".join(f"- **{word}** {_escaped(name)}: {_escaped(detail)}" for word, name, detail in troubled)
        )
    listed = [view for view in snapshot.models if every_model or is_worth_a_line(view)]
    if listed:
        rows = ["| status | model | what happened | playbook |", "| --- | --- | --- | --- |"]
        for view in listed:
            cells = (
                view.status.value,
                _escaped(view.model.shown_id),
                _escaped(model_in_words(view, snapshot.at)),
                _escaped(best_playbook(view) or ""),
            )
            rows.append(f"| {' | '.join(cells)} |")
        blocks.append("\n".join(rows))
    return "\n\n".join(blocks) + "\n"


def _escaped(text: str) -> str:
    """Return a text in which nothing is Markdown: no table cell ends early, no link, mention or HTML begins."""
    return _ACTIVE.sub(lambda found: "\\" + found[0], text)
