"""What a playbook that fits the language may still have wrong: names, targets, conditions that cannot be told."""

from collections.abc import Iterator
from datetime import date, timedelta

from console.actions.registry import KnownActions, known_actions
from console.playbooks.document import Playbook
from console.playbooks.head import Link
from console.playbooks.links import FACTS_OF_LINKS, has_placeholder_in_host
from console.playbooks.lint_conditions import about_conditions
from console.playbooks.lint_evidence import about_evidence
from console.playbooks.lint_limits import about_limits
from console.playbooks.lint_match import about_match
from console.playbooks.lint_names import has_unknown_signal, place_of, unknown_name
from console.playbooks.lint_parameters import about_parameters
from console.playbooks.lint_steps import about_steps
from console.playbooks.names import (
    MODEL_FACTS,
    PARAMETERS,
    has_open_placeholder,
    parameters_of,
    placeholders,
    variables_of,
)
from console.playbooks.parameters import parameters_used
from console.playbooks.problem import Finding, Place
from console.playbooks.steps import ActionStep, texts_of

REVIEW_HOLDS = timedelta(days=180)
TIME_ZONES = timedelta(days=1)
"""How far ahead the day of a reviewer may be."""


def lint(playbook: Playbook, actions: KnownActions | None = None) -> list[Finding]:
    """Return everything that makes a playbook unusable, and what could not be checked.

    `actions` are those that are known; left out, it is those of a console without a configuration.
    """
    found = [finding for about in _LOOKED_AT for finding in about(playbook)]
    return [*found, *about_steps(playbook, actions or known_actions())]


def advice(playbook: Playbook) -> list[Finding]:
    """Return warnings about what is allowed and hardly meant."""
    used = {name for step in playbook.steps for name in parameters_used(step)}
    unused = [
        Finding(("params", name), f"nothing uses the parameter '{name}'", is_key=True, is_warning=True)
        for name in playbook.params
        if PARAMETERS + name not in used
    ]
    if playbook.limits.cooldown is not None:
        return unused
    told = "limits.cooldown is not given: how long is its target left alone before another run may act on it?"
    return unused + [
        Finding(("steps", index, "action"), told, is_key=True, is_warning=True)
        for index, step in enumerate(playbook.steps)
        if isinstance(step, ActionStep)
    ]


def stale_review(playbook: Playbook, today: date) -> Finding | None:
    """Return a warning when nobody has read the playbook through for half a year, or on a day that has not come."""
    place = ("metadata", "reviewed")
    if playbook.metadata.reviewed - today > TIME_ZONES:
        return Finding(place, f"reviewed on {playbook.metadata.reviewed}, which has not come yet", is_warning=True)
    if today - playbook.metadata.reviewed <= REVIEW_HOLDS:
        return None
    return Finding(place, f"last reviewed on {playbook.metadata.reviewed}; read it again", is_warning=True)


def _about_texts(playbook: Playbook) -> Iterator[Finding]:
    if has_unknown_signal(playbook):
        return
    known = (*variables_of(playbook), *parameters_of(playbook), *MODEL_FACTS)
    texts: list[tuple[Place, str]] = [
        (("guards", index, "otherwise"), guard.otherwise) for index, guard in enumerate(playbook.guards)
    ]
    for index, step in enumerate(playbook.steps):
        texts.extend((("steps", index, *place_of(where)), text) for where, text in texts_of(step))
    for index, link in enumerate(playbook.metadata.links):
        yield from _about_link(("metadata", "links", index), link)
    for place, text in texts:
        for name in placeholders(text):
            yield from unknown_name(place, "name", name, known)
        if has_open_placeholder(text):
            yield Finding(place, "'{{' and '}}' stand in pairs around one name, such as {{ latency }}")


def _about_link(place: Place, link: Link) -> Iterator[Finding]:
    for key, text in (("title", link.title), ("url", link.url)):
        for name in placeholders(text):
            yield from unknown_name((*place, key), "name", name, FACTS_OF_LINKS)
    if has_placeholder_in_host(link.url):
        yield Finding((*place, "url"), "a value of the model may not stand in the host of an address")


_LOOKED_AT = (
    about_match,
    about_evidence,
    about_parameters,
    about_conditions,
    about_limits,
    _about_texts,
)
