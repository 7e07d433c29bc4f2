"""What is wrong with a playbook, in one line each."""

import msgspec

Place = tuple[str | int, ...]
"""Where something stands in a document: keys and list indices from the top."""


class Finding(msgspec.Struct, frozen=True):
    """Something wrong at a place of one playbook; a warning does not keep the playbook from being used.

    `is_key` says that the last key of the place is wrong itself, not the value that it has.
    """

    place: Place
    text: str
    is_key: bool = False
    is_warning: bool = False


class Problem(msgspec.Struct, frozen=True):
    """A finding in a file; as text it is one line, `scale-out.yaml:12:5: unknown variable 'p9'; …`."""

    file: str
    line: int
    column: int
    text: str
    is_warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {'warning: ' if self.is_warning else ''}{self.text}"
