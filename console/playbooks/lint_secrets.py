"""Secrets that stand in a file as they are, found by the forms that services give them."""

import re
from collections.abc import Iterator

from console.settings.yaml_source import YamlNode

SHORTEST = 16
"""Characters of the shortest text that can hold one."""
_WORDS = "password|passwd|secret|token|api[_-]?key"
_FORMS = (
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY")),
    ("an AWS access key", re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")),
    ("a GitHub token", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})")),
    ("a GitLab token", re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}")),
    ("a Slack token", re.compile(r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}")),
    ("a Slack webhook", re.compile(r"hooks\.slack\.com/services/T[A-Za-z0-9]+/B[A-Za-z0-9]+/[A-Za-z0-9]+")),
    ("a Google API key", re.compile(r"\bAIza[A-Za-z0-9_-]{35}")),
    ("an API key", re.compile(r"\bsk-[A-Za-z0-9_-]{20,}")),
    ("a JSON web token", re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.")),
    ("a bearer token", re.compile(r"\b[Bb]earer\s+(?!\{)[A-Za-z0-9._~+/=-]{20,}")),
    ("a password in an address", re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@{}]+:[^\s/@{}]+@")),
    ("a password", re.compile(rf"\b(?i:{_WORDS})\s*[=:]\s*(?=\S*\d)[A-Za-z0-9._~+/=-]{{12,}}")),
)
"""What a secret looks like; the last asks for a digit and twelve characters, which words have not."""


def secrets_in(node: YamlNode) -> Iterator[tuple[YamlNode, str]]:
    """Yield every text of a document that holds a secret, with what to do about it; the secret is not repeated."""
    value = node.value
    if isinstance(value, dict):
        for child in value.values():
            yield from secrets_in(child)
    elif isinstance(value, list):
        for child in value:
            yield from secrets_in(child)
    elif isinstance(value, str) and len(value) >= SHORTEST:
        found = next((name for name, form in _FORMS if form.search(value)), None)
        if found is not None:
            yield node, f"this looks like {found}; whoever reads the file has it: take it out, and renew it"
