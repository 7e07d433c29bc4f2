"""The names that the texts and references of a playbook may use, and their units."""

import re
from collections.abc import Callable, Mapping

from console.domain.label import harmless
from console.domain.quantity import format_quantity
from console.playbooks.document import Playbook
from console.playbooks.evidence import SignalEvidence, unit_of

BEFORE = "before"
PARAMETERS = "params."
MODEL_FACTS = ("model.id", "model.kubectl", "model.name", "model.workload")

_LONGEST_LINE = 1200
_PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")


def variables_of(playbook: Playbook) -> dict[str, str]:
    """Return the unit of every variable that conditions may name: `latency`, `latency.expected`, `latency.before`."""
    units = {}
    for name, source in playbook.evidence.items():
        unit = unit_of(source)
        units[name] = units[f"{name}.{BEFORE}"] = unit
        if isinstance(source, SignalEvidence):
            units[f"{name}.expected"] = units[f"{name}.objective"] = unit
    return units


def parameters_of(playbook: Playbook) -> tuple[str, ...]:
    """Return the names by which texts and `with` refer to parameters."""
    return tuple(PARAMETERS + name for name in playbook.params)


def placeholders(text: str) -> tuple[str, ...]:
    """Return the names that stand in `{{ }}` in a text."""
    return tuple(found.strip() for found in _PLACEHOLDER.findall(text))


def replaced(text: str, value_of: Callable[[str], str]) -> str:
    """Return a text with every `{{ name }}` replaced."""
    return _PLACEHOLDER.sub(lambda found: value_of(found[1].strip()), text)


def has_open_placeholder(text: str) -> bool:
    """Return whether braces stand in a text that begin or end no placeholder: it would be shown as it is."""
    left = _PLACEHOLDER.sub("", text)
    return "{{" in left or "}}" in left


def render(text: str, values: Mapping[str, float | None], units: Mapping[str, str], facts: Mapping[str, str]) -> str:
    """Return a text with every `{{ name }}` replaced by its value and unit, `unknown` where there is none.

    The result is harmless to a terminal, its lines are kept; it is for people, never part of a request.
    """

    def shown(name: str) -> str:
        if name in facts:
            return facts[name]
        value = values.get(name)
        return "unknown" if value is None else format_quantity(value, units.get(name, "1"))

    return "\n".join(harmless(replaced(one, shown), longest=_LONGEST_LINE) for one in text.split("\n") if one.strip())
