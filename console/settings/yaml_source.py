"""YAML from a person's hand: values with their positions, and nothing that YAML 1.1 reads other than it looks.

What is accepted is the common ground of YAML 1.1 and 1.2: text, decimal numbers, true, false, null, lists, mappings.
Whatever else a parser would guess (`yes`, `0755`, `12:30:00`, tags, merge keys) is refused with what to write instead.
"""

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from console.domain.label import harmless
from console.settings.bad_document import BadYaml

if TYPE_CHECKING:
    from yaml.events import Event, ScalarEvent

LARGEST_BYTES = 1_000_000
DEEPEST = 40
LONGEST_INTEGER = 15
MOST_VALUES = 50_000
"""Values of one file once every alias is written out: what stops an alias bomb."""

Scalar = str | int | float | bool | None

_SUFFIXES = frozenset({".yaml", ".yml"})
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_BOOLEANS_OF_YAML_1_1 = re.compile(r"(?:yes|no|on|off)", re.IGNORECASE)
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?")
_NUMBER_TO_A_PARSER = re.compile(
    r"[-+]?(?:0[0-7_]+|0o[0-7_]+|0b[01_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*_[0-9_]*(?:\.[0-9_]*)?|[0-9]+(?::[0-5]?[0-9])+"
    r"(?:\.[0-9]*)?|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)"
)


class YamlNode:
    """One value and where it stands (`line` and `column` count from 1).

    `value` is a scalar, a list of nodes, or a mapping from keys to nodes; `key_positions` holds (line, column) of the
    keys of a mapping. `size` counts the values inside once every alias is written out.
    """

    __slots__ = ("column", "key_positions", "line", "size", "value")

    def __init__(self, value: "Scalar | list[YamlNode] | dict[str, YamlNode]", line: int, column: int) -> None:
        self.value = value
        self.line = line
        self.column = column
        self.size = 1
        self.key_positions: dict[str, tuple[int, int]] = {}

    def plain(self) -> object:
        """Return the value as plain lists, dictionaries and scalars."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


def yaml_files(directory: Path) -> list[Path]:
    """Return the files of a directory that are YAML by their names, sorted.

    Raises:
        OSError: the directory cannot be read.
    """
    return sorted(path for path in directory.iterdir() if path.suffix in _SUFFIXES and not path.is_dir())


def read_yaml(path: Path, name: str | None = None) -> YamlNode:
    """Return the one document of a UTF-8 file; `name` (the path if None) is what messages call it.

    Raises:
        BadYaml: the file is too large, not UTF-8, or not the YAML that is accepted.
        OSError: the file cannot be read.
    """
    called = harmless(name if name is not None else str(path))
    with path.open("rb") as file:
        content = file.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise BadYaml(f"{called}:1:1: the file is larger than {LARGEST_BYTES // 1_000_000} MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadYaml(f"{called}:{line}:1: the file is not UTF-8") from None
    return parse_yaml(text, called)


def parse_yaml(text: str, name: str) -> YamlNode:
    """Return the one document of a text; an empty one is a node whose value is None.

    Raises:
        BadYaml: the text is not the YAML that is accepted; `name` is what the message calls it.
    """
    if len(text) > LARGEST_BYTES:
        raise BadYaml(f"{name}:1:1: the file is larger than {LARGEST_BYTES // 1_000_000} MB")
    import yaml

    try:
        return _Composer(text, name).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
        raise BadYaml(f"{name}:{where}: not YAML: {harmless(error.problem or 'it does not parse')}") from None
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        where = f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
        raise BadYaml(f"{name}:{where}: not YAML: {harmless(error.reason)}") from None


class _Composer:
    """Builds nodes from libyaml's events, so that depth and size are checked before anything grows."""

    def __init__(self, text: str, name: str) -> None:
        from yaml import CSafeLoader, events

        self._events = events
        self._parser = CSafeLoader(text)
        self._name = name
        self._anchors: dict[str, YamlNode] = {}
        self._size = 0

    def document(self) -> YamlNode:
        events = self._events
        self._next()
        event = self._next()
        if isinstance(event, events.StreamEndEvent):
            return YamlNode(None, 1, 1)
        root = self._node(self._next(), 0)
        self._next()
        event = self._next()
        if not isinstance(event, events.StreamEndEvent):
            self._refuse(event, "a second document begins; one file holds one document")
        return root

    def _next(self) -> "Event":
        event = self._parser.get_event()
        assert event is not None  # noqa: S101  # libyaml ends a stream with an event and raises on errors
        return event

    def _node(self, event: "Event", depth: int) -> YamlNode:
        events = self._events
        if isinstance(event, events.AliasEvent):
            node = self._anchors.get(event.anchor)
            if node is None:
                self._refuse(event, f"the alias *{harmless(event.anchor)} stands before the end of its anchor")
            self._count(event, node.size)
            return node
        if depth > DEEPEST:
            self._refuse(event, f"nested deeper than {DEEPEST} levels")
        self._count(event, 1)
        if isinstance(event, events.ScalarEvent):
            node = self._at(event, self._scalar(event))
        elif isinstance(event, events.SequenceStartEvent):
            node = self._list(event, depth)
        else:
            assert isinstance(event, events.MappingStartEvent)  # noqa: S101  # a parser has no other event here
            node = self._mapping(event, depth)
        anchor = event.anchor
        if anchor is not None:
            self._anchors[anchor] = node
        return node

    def _list(self, event: "Event", depth: int) -> YamlNode:
        self._refuse_tag(event)
        children: list[YamlNode] = []
        node = self._at(event, children)
        while not isinstance(following := self._next(), self._events.SequenceEndEvent):
            child = self._node(following, depth + 1)
            children.append(child)
            node.size += child.size
        return node

    def _mapping(self, event: "Event", depth: int) -> YamlNode:
        self._refuse_tag(event)
        children: dict[str, YamlNode] = {}
        node = self._at(event, children)
        while not isinstance(following := self._next(), self._events.MappingEndEvent):
            key = self._key(following)
            if key in children:
                line, _ = node.key_positions[key]
                self._refuse(following, f"the key '{harmless(key)}' stands a second time; the first is on line {line}")
            node.key_positions[key] = _position(following)
            child = children[key] = self._node(self._next(), depth + 1)
            node.size += child.size
        return node

    def _key(self, event: "Event") -> str:
        if not isinstance(event, self._events.ScalarEvent):
            self._refuse(event, "a key must be text")
        if event.value == "<<":
            self._refuse(event, "merge keys (<<) are not read; write the keys out")
        self._scalar(event)
        return event.value

    def _scalar(self, event: "ScalarEvent") -> Scalar:
        self._refuse_tag(event)
        text = event.value
        if not event.implicit[0]:
            return text
        if text in _NULLS:
            return None
        if text in _BOOLEANS:
            return _BOOLEANS[text]
        shown = harmless(text)
        if _BOOLEANS_OF_YAML_1_1.fullmatch(text):
            self._refuse(event, f"{shown} is a boolean to some YAML parsers; write true or false, or '{shown}' as text")
        if _INTEGER.fullmatch(text):
            if len(text) > LONGEST_INTEGER:
                self._refuse(event, f"{shown} is too large a number")
            return int(text)
        if _FLOAT.fullmatch(text):
            if math.isinf(number := float(text)):
                self._refuse(event, f"{shown} is too large a number")
            return number
        if _NUMBER_TO_A_PARSER.fullmatch(text):
            self._refuse(event, f"{shown} is a number to some YAML parsers; write it in decimal, or '{shown}' as text")
        return text

    def _at(self, event: "Event", value: "Scalar | list[YamlNode] | dict[str, YamlNode]") -> YamlNode:
        return YamlNode(value, *_position(event))

    def _count(self, event: "Event", values: int) -> None:
        self._size += values
        if self._size > MOST_VALUES:
            self._refuse(event, f"the file holds more than {MOST_VALUES} values once its aliases are written out")

    def _refuse_tag(self, event: "Event") -> None:
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._refuse(event, f"the tag {harmless(tag)} is not read; write the value without it")

    def _refuse(self, event: "Event", what: str) -> NoReturn:
        line, column = _position(event)
        raise BadYaml(f"{self._name}:{line}:{column}: {what}")


def _position(event: "Event") -> tuple[int, int]:
    mark = event.start_mark
    assert mark is not None  # noqa: S101  # libyaml marks every event
    return mark.line + 1, mark.column + 1
