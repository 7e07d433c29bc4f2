"""How a file of a person's own can be wrong; apart from what reads it, so that naming an error loads no parser."""

from collections.abc import Iterable

import msgspec


class BadYaml(ValueError):
    """A file that is not the YAML that is accepted; the text is one line with file, line and column."""


class Mistake(msgspec.Struct, frozen=True, order=True):
    """Something that is not what its type asks for, at a place that counts from 1."""

    line: int
    column: int
    text: str


class BadDocument(ValueError):
    """A document that is not what its type asks for; `problems` are lines `file:line:column: what`, in file order."""

    def __init__(self, name: str, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes))
        self.problems = tuple(f"{name}:{found.line}:{found.column}: {found.text}" for found in self.mistakes)
        super().__init__("\n".join(self.problems))


class BadKey(ValueError):
    """A key that a struct refuses when it is made; `keys` lead to it from the struct, itself the last."""

    def __init__(self, keys: tuple[str, ...], text: str) -> None:
        self.keys = keys
        super().__init__(text)
