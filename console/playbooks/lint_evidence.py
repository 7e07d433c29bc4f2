"""What is wrong with the evidence of a playbook: names, signals, queries."""

from collections.abc import Iterator

from console.domain.moments import in_words, parse_duration
from console.domain.signal import SIGNALS
from console.playbooks.condition import DURATIONS
from console.playbooks.document import Playbook
from console.playbooks.evidence import (
    HEADLINE,
    LONGEST_WITHIN,
    ChangeEvidence,
    EvidenceSource,
    QueryEvidence,
    SignalEvidence,
)
from console.playbooks.lint_names import unknown_name
from console.playbooks.problem import Finding, Place
from console.playbooks.query import REFERENCES, BadQuery, references_of

_RESERVED_NAMES = frozenset({"params", "model", *DURATIONS})


def about_evidence(playbook: Playbook) -> Iterator[Finding]:
    """Yield what is wrong with each piece of evidence by itself."""
    for name, source in playbook.evidence.items():
        if name in _RESERVED_NAMES:
            yield Finding(("evidence", name), f"the name '{name}' means something else; choose another", is_key=True)
        yield from _about_source(("evidence", name), source)


def _about_source(place: Place, source: EvidenceSource) -> Iterator[Finding]:
    if isinstance(source, SignalEvidence):
        yield from unknown_name((*place, "signal"), "signal", source.signal, {**SIGNALS, HEADLINE: None})
    elif isinstance(source, QueryEvidence):
        yield from _about_query((*place, "query"), source.query)
    elif isinstance(source, ChangeEvidence) and not 0 < parse_duration(source.within) <= LONGEST_WITHIN:
        text = f"expected a duration up to {in_words(LONGEST_WITHIN)}; found '{source.within}'"
        yield Finding((*place, "within"), text)


def _about_query(place: Place, query: str) -> Iterator[Finding]:
    try:
        references = references_of(query)
    except BadQuery as error:
        yield Finding(place, str(error))
        return
    for name in dict.fromkeys(references):
        yield from unknown_name(place, "reference", name, REFERENCES)
