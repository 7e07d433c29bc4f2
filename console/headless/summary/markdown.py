"""A snapshot as Markdown, to paste into a chat or a ticket."""

import re

from console.domain.label import harmless
from console.domain.snapshot import ModelView, Snapshot
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
        has_links = any(_links(view) for view in listed)
        titles = ("status", "model", "what happened", "playbook", *(("links",) if has_links else ()))
        rows = [f"| {' | '.join(titles)} |", f"| {' | '.join('---' for _ in titles)} |"]
        for view in listed:
            cells = (
                view.status.value,
                _escaped(view.model.shown_id),
                _escaped(model_in_words(view, snapshot.at)),
                _escaped(best_playbook(view) or ""),
                *((_links(view),) if has_links else ()),
            )
            rows.append(f"| {' | '.join(cells)} |")
        blocks.append("\n".join(rows))
    return "\n\n".join(blocks) + "\n"


def _links(view: ModelView) -> str:
    """Return the links of a model; an address holds nothing that would end angle brackets or a table cell."""
    return ", ".join(f"[{_escaped(harmless(link.title))}](<{link.url}>)" for link in view.links if link.opens)


def _escaped(text: str) -> str:
    """Return a text in which nothing is Markdown: no table cell ends early, no link, mention or HTML begins."""
    return _ACTIVE.sub(lambda found: "\\" + found[0], text)
