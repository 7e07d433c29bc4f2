"""The links of a playbook for one model: what stands in braces is percent-encoded, and never part of the host."""

import re
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from console.domain.label import harmless
from console.domain.link import Link, web_address
from console.playbooks.document import Playbook
from console.playbooks.names import placeholders, replaced

FACTS_OF_LINKS = ("model.id", "model.name")
"""What an address may be made of."""


def links_of(playbook: Playbook, facts: Mapping[str, str]) -> tuple[Link, ...]:
    """Return the pages of a playbook; `facts` are the raw values of `FACTS_OF_LINKS`."""
    links = []
    for link in playbook.metadata.links:
        address = web_address(replaced(link.url, lambda name: quote(facts[name], safe="", errors="replace")))
        title = replaced(link.title, lambda name: harmless(facts[name]))
        if address is not None:
            links.append(Link(title, address))
    return tuple(links)


def has_placeholder_in_host(url: str) -> bool:
    """Return whether something in braces stands where the host is: a model's name must not choose whom to ask."""
    host = re.match(r"https?://[^/?#]*", url)
    return host is not None and (bool(placeholders(host[0])) or "{" in urlsplit(host[0]).netloc)
