"""A snapshot as Markdown, to paste into a chat or a ticket."""

from console.domain.label import harmless
from console.domain.snapshot import ModelView, Snapshot
from console.headless.markdown_text import escaped, table
from console.headless.summary.words import (
    fleet_in_words,
    is_worth_a_line,
    moment_in_words,
    shared_in_words,
    told_with_who,
    troubled_sources,
)


def summary_markdown(snapshot: Snapshot, *, every_model: bool = False) -> str:
    """Return the fleet as a line, troubled sources as a list and models as a table (GitHub-flavoured Markdown)."""
    head = f"**{snapshot.status.value.upper()}** {escaped(f'{fleet_in_words(snapshot)} {moment_in_words(snapshot)}')}"
    blocks = [head]
    if troubled := troubled_sources(snapshot):
        blocks.append("\n".join(f"- **{word}** {escaped(name)}: {escaped(detail)}" for word, name, detail in troubled))
    if snapshot.shared_incidents:
        told = ((each.severity.value, shared_in_words(each, snapshot.at)) for each in snapshot.shared_incidents)
        blocks.append("\n".join(f"- **{severity}** {escaped(text)}" for severity, text in told))
    listed = [view for view in snapshot.models if every_model or is_worth_a_line(view)]
    if listed:
        has_links = any(_links(view) for view in listed)
        titles = ("status", "model", "what happened", "playbook", *(("links",) if has_links else ()))
        rows = [
            (
                view.status.value,
                escaped(view.model.shown_id),
                escaped(told_with_who(view, snapshot.at)),
                escaped(_playbooks(view)),
                *((_links(view),) if has_links else ()),
            )
            for view in listed
        ]
        blocks.append(table(titles, rows))
    return "\n\n".join(blocks) + "\n"


def _playbooks(view: ModelView) -> str:
    """Return the ids of the playbooks in their order; those that fit exactly as well as one before are said so."""
    told = ""
    for before, offer in zip((None, *view.playbooks), view.playbooks, strict=False):
        told += "" if before is None else " or " if before.id in offer.ties else ", then "
        told += harmless(offer.id)
    return told


def _links(view: ModelView) -> str:
    """Return the links of a model; an address holds nothing that would end angle brackets or a table cell."""
    return ", ".join(f"[{escaped(harmless(link.title))}](<{link.url}>)" for link in view.links if link.opens)
