"""Addresses of pages about a model: which may be opened, and templates that become one."""

import re
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

import msgspec

PLACEHOLDERS = (
    "model",
    "namespace",
    "cluster",
    "version",
    "workload",
    "from",
    "to",
    "from_s",
    "to_s",
    "from_ms",
    "to_ms",
)
"""What a template may hold in braces; `from` and `to` are RFC 3339, the others of them seconds and milliseconds."""

LONGEST_ADDRESS = 4000
_STAYS = "%:/?#[]@!$&'()*+,;=-._~"
_TOKEN = re.compile(r"\{\{|\}\}|\{[^{}]*\}|[{}]")
_OF_THE_HOST = re.compile(r"[a-z]+://[^/?#]*", re.IGNORECASE)
_NO_ADDRESS = "it is no address such as https://grafana.example/d/abc?var-model={model}"
_STEPS_OF_A_PATH = (".", "..")


class Link(msgspec.Struct, frozen=True):
    """A page about a model; `url` is a whole http(s) address where the link `opens`, else whatever stands instead."""

    title: str
    url: str
    opens: bool = True


class BadTemplate(ValueError):
    """A template that cannot become an address; `unknown` is the name in braces that nobody knows, if it is that."""

    def __init__(self, why: str, unknown: str | None = None) -> None:
        super().__init__(why)
        self.unknown = unknown


def web_address(text: str) -> str | None:
    """Return a text as an http(s) address, everything else in it percent-encoded; None where it is none.

    A user or password in front of the host is refused: it makes a host look like another one. So is a host that is not
    ASCII, and a text with characters that cannot be seen.
    """
    stripped = text.strip()
    if not stripped.isprintable() or len(stripped) > LONGEST_ADDRESS:
        return None
    try:
        parts = urlsplit(stripped)
        port_is_one = parts.port is None or parts.port >= 0
    except ValueError:
        return None
    host = parts.netloc
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in host:
        return None
    if not port_is_one or not re.fullmatch(r"[A-Za-z0-9.:\[\]_-]+", host):
        return None
    address = quote(stripped, safe=_STAYS)
    return address if len(address) <= LONGEST_ADDRESS else None


class Template:
    """A template of an address, such as `https://grafana/d/abc?var-model={model}`; `{{` and `}}` are braces."""

    def __init__(self, text: str) -> None:
        """Read a template.

        Raises:
            BadTemplate: it is no http(s) address, or holds braces that mean nothing.
        """
        self._pieces = _pieces(text)
        sample = self.fill(dict.fromkeys(PLACEHOLDERS, "x"))
        if sample is None:
            raise BadTemplate(_NO_ADDRESS)

    def fill(self, values: Mapping[str, str | None]) -> str | None:
        """Return the address for some values, percent-encoded; None where one of those that it needs is not known."""
        filled = ""
        for literal, name in self._pieces:
            filled += literal
            if name:
                value = values.get(name)
                if not value or value in _STEPS_OF_A_PATH:
                    return None
                filled += quote(value, safe="", errors="replace")
        return web_address(filled)


def _pieces(text: str) -> list[tuple[str, str]]:
    """Return (literal text, placeholder behind it or nothing) from left to right."""
    pieces: list[tuple[str, str]] = []
    literal, end = "", 0
    host = _OF_THE_HOST.match(text)
    for token in _TOKEN.finditer(text):
        literal += text[end : token.start()]
        end = token.end()
        name = token[0][1:-1]
        if token[0] in ("{{", "}}"):
            literal += quote(token[0][0])
        elif len(token[0]) == 1:
            raise BadTemplate(f"a '{token[0]}' stands alone; a brace that is meant is written twice")
        elif name not in PLACEHOLDERS:
            raise BadTemplate(f"unknown placeholder '{name}'", name)
        elif host is None:
            raise BadTemplate(_NO_ADDRESS)
        elif token.start() < host.end():
            raise BadTemplate(f"{{{name}}} stands in the host; a placeholder may only stand behind it")
        else:
            pieces.append((literal, name))
            literal = ""
    return [*pieces, (literal + text[end:], "")]
