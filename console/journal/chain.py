"""The chain of lines that one writer wrote: each names the digest of the line before it."""

import hashlib

import msgspec


class Link(msgspec.Struct, frozen=True):
    """Where a line stands in the chain of its writer.

    `previous` is the digest of the line before it, empty for the first and None where the line tells none. A line of a
    shared journal names its writer, its number (from 1), and how many lines of all writers its console had seen when it
    wrote: two lines of which neither had seen the other were written at once.
    """

    previous: str | None = None
    writer: str = ""
    sequence: int = 0
    seen: int = 0


FIELDS = frozenset(Link.__struct_fields__)


def digest(line: bytes) -> str:
    """Return the SHA-256 of a line without its newline, in hexadecimal."""
    return hashlib.sha256(line).hexdigest()
