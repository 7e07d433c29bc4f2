"""What is wrong with the limits and approvals of a playbook: times that are none, and what can never be asked for."""

from collections.abc import Iterator

from console.domain.moments import parse_duration
from console.playbooks.document import Playbook
from console.playbooks.problem import Finding, Place
from console.playbooks.steps import ActionStep

LONGEST_SECONDS = 7 * 86_400.0


def about_limits(playbook: Playbook) -> Iterator[Finding]:
    """Yield what is wrong with limits in time and with approvals."""
    limits, approvals = playbook.limits, playbook.approvals
    if limits.cooldown is not None:
        yield from _about_span(("limits", "cooldown"), limits.cooldown)
    if limits.max_runs is not None:
        yield from _about_span(("limits", "max_runs", "per"), limits.max_runs.per)
    if approvals is None:
        return
    yield from _about_span(("approvals", "expires"), approvals.expires)
    for name, values in approvals.when.labels.items():
        if not values:
            yield Finding(("approvals", "when", "labels", name), "no value is named, so approvals are never asked for")
    if not any(isinstance(step, ActionStep) for step in playbook.steps):
        yield Finding(("approvals",), "no step acts, so there is nothing to approve", is_key=True)


def _about_span(place: Place, text: str) -> Iterator[Finding]:
    if not 0 < parse_duration(text) <= LONGEST_SECONDS:
        yield Finding(place, f"expected a duration from more than 0 to 1w; found '{text}'")
