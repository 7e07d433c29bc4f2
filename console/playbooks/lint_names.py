"""Findings about names that nothing bears, shared by all that look at a playbook."""

from collections.abc import Collection, Iterator, Mapping

from console.domain.signal import SIGNALS
from console.playbooks.condition import REFERENCE_MARK
from console.playbooks.document import Playbook
from console.playbooks.evidence import HEADLINE, SignalEvidence
from console.playbooks.names import PARAMETERS
from console.playbooks.problem import Finding, Place
from console.settings.nearest import did_you_mean


def has_unknown_signal(playbook: Playbook) -> bool:
    """Return whether a piece of evidence is a signal that there is not; its unit is not known then."""
    return any(
        isinstance(source, SignalEvidence) and source.signal not in SIGNALS and source.signal != HEADLINE
        for source in playbook.evidence.values()
    )


def bad_reference(place: Place, text: str, variables: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is wrong with a reference to a variable where a number may stand."""
    if not text.startswith(REFERENCE_MARK) or text.startswith(REFERENCE_MARK + PARAMETERS):
        yield Finding(place, f"expected a number, or a variable such as $latency.objective; found '{text}'")
    else:
        yield from unknown_name(place, "variable", text[1:], variables)


def unknown_name(place: Place, what: str, name: str, known: Collection[str]) -> Iterator[Finding]:
    """Yield a finding with the nearest valid name when a name is not known."""
    if name not in known:
        yield Finding(place, f"unknown {what} '{name}'; {did_you_mean(name, known)}")


def place_of(where: str) -> Place:
    """Return the place that dots and indices spell: `options.0.goto`."""
    return tuple(int(part) if part.isdigit() else part for part in where.split("."))
