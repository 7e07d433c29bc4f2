r"""PromQL in playbooks: which values of the model it refers to, and what is plainly wrong with it.

A reference such as `$model.name` stands only within the quotes of a label matcher. There the value is escaped: as a
string for `=` and `!=`, as a regular expression for `=~` and `!~`. What the server alone can know is left to it.
"""

import re
from collections.abc import Iterator, Mapping

import msgspec

from console.domain.label import harmless
from console.settings.nearest import did_you_mean
from console.sources.prometheus.promql import quote, regex_literal

REFERENCES = ("model.cluster", "model.id", "model.name", "model.namespace", "workload.name", "workload.namespace")
"""What a query may refer to; `model.name` is the raw label value."""
LONGEST_QUERY = 4000

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|\#[^\n]*)
  | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)
  | (?P<matcher>=~|!~|!=|==|=)
  | (?P<open>[(\[{])
  | (?P<close>[)\]}])
  | (?P<word>[a-zA-Z_:][a-zA-Z0-9_:]*)
  | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[a-zA-Z]*[0-9a-zA-Z]*)
  | (?P<operator>[-+*/%^<>@,:]|<=|>=)
    """,
    re.VERBOSE,
)
_REFERENCE = re.compile(r"\$([a-z]+(?:\.[a-z_]+)*)")
_MISSPELT = re.compile(r"\$\{?([A-Za-z][A-Za-z0-9_.]*)")
"""What looks like a reference and is none; `$` ends a regular expression, and `$1` stands for a group."""
_QUOTED_QUOTE = re.compile(r"\\.|'", re.DOTALL)
_SPELLED = {'\\"': r"\x22", "'": r"\x27"}
"""How quotes are spelled so that they may stand between either kind of quotes."""
_CLOSED_BY = {"(": ")", "[": "]", "{": "}"}
_MATCHERS = frozenset({"=", "!=", "=~", "!~"})


class BadQuery(ValueError):
    """What is wrong with a query, in one line."""


class Reference(msgspec.Struct, frozen=True):
    """A place of a query where a value of the model stands, in a matcher of a text or of a regular expression."""

    name: str
    is_regex: bool


Piece = str | Reference
"""Text that stands as it is, or a reference."""


def pieces_of(query: str) -> tuple[Piece, ...]:
    """Return a query taken apart at its references.

    Raises:
        BadQuery: it cannot be PromQL, or a reference stands where it must not.
    """
    if not query.strip():
        raise BadQuery("expected PromQL, found nothing")
    if "{{" in query:
        raise BadQuery('{{ }} stands in texts only; here a value stands in a matcher, such as {model="$model.name"}')
    found: list[Piece] = []
    opened: list[str] = []
    matcher = ""
    for kind, text in _tokens(query):
        if kind == "string":
            is_matched = matcher in _MATCHERS and opened[-1:] == ["{"]
            found.extend(_string(text, is_regex=matcher in ("=~", "!~"), is_matched=is_matched))
        else:
            found.append(text)
        if kind == "open":
            opened.append(text)
        elif kind == "close":
            _close(opened, text)
        if kind != "space":
            matcher = text if kind == "matcher" else ""
    if opened:
        raise BadQuery(f"'{opened[-1]}' is never closed")
    return tuple(found)


def references_of(query: str) -> tuple[str, ...]:
    """Return the names that a query refers to.

    Raises:
        BadQuery: it cannot be PromQL, or a reference stands where it must not.
    """
    return tuple(piece.name for piece in pieces_of(query) if isinstance(piece, Reference))


def filled(query: str, facts: Mapping[str, str | None]) -> str:
    """Return the query for one model, every value escaped for where it stands.

    Raises:
        BadQuery: it cannot be PromQL, or a fact is not known that it refers to.
    """
    return "".join(piece if isinstance(piece, str) else _escaped(piece, facts) for piece in pieces_of(query))


def _close(opened: list[str], text: str) -> None:
    if not opened:
        raise BadQuery(f"'{text}' closes nothing")
    last = opened.pop()
    if _CLOSED_BY[last] != text:
        raise BadQuery(f"'{text}' stands where '{last}' must be closed by '{_CLOSED_BY[last]}'")


def _tokens(query: str) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(query):
        token = _TOKEN.match(query, place)
        if token is None:
            raise BadQuery(_not_a_token(query[place:]))
        yield str(token.lastgroup), token[0]
        place = token.end()


def _not_a_token(rest: str) -> str:
    reference = _REFERENCE.match(rest)
    if reference is not None:
        return f'${reference[1]} stands outside of a quoted label matcher, such as {{model="${reference[1]}"}}'
    if rest[0] in "\"'`":
        return f"the text that begins with {harmless(rest, 20)} is never closed"
    return f"'{harmless(rest[0])}' is no PromQL"


def _string(text: str, *, is_regex: bool, is_matched: bool) -> Iterator[Piece]:
    end = 0
    for reference in _REFERENCE.finditer(text):
        if not is_matched or text[0] == "`":
            where = "in backquotes, where nothing can be escaped" if is_matched else "outside of a label matcher"
            raise BadQuery(f'${reference[1]} stands {where}; write it as {{model="${reference[1]}"}}')
        before = text[end : reference.start()]
        if (len(before) - len(before.rstrip("\\"))) % 2:
            raise BadQuery(f"a backslash stands before ${reference[1]}: it would change what the value begins with")
        yield _plain(before, is_matched=is_matched)
        yield Reference(reference[1], is_regex)
        end = reference.end()
    yield _plain(text[end:], is_matched=is_matched)


def _plain(text: str, *, is_matched: bool) -> str:
    misspelt = _MISSPELT.search(text) if is_matched else None
    if misspelt is not None:
        raise BadQuery(f"{misspelt[0]} is no reference; {did_you_mean(misspelt[1].lower(), REFERENCES)}")
    return text


def _escaped(reference: Reference, facts: Mapping[str, str | None]) -> str:
    value = facts.get(reference.name)
    if value is None:
        raise BadQuery(f"{reference.name.replace('.', ' ')} is not known")
    try:
        text = quote(regex_literal(value) if reference.is_regex else value)
    except ValueError as error:
        raise BadQuery(str(error)) from None
    return _QUOTED_QUOTE.sub(lambda found: _SPELLED.get(found[0], found[0]), text[1:-1])
