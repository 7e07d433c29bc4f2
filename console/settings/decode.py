"""From YAML nodes to typed values: every problem as one line with its position, not only the first."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo, fields

from console.domain.label import harmless
from console.domain.moments import BadMoment, parse_duration
from console.settings.bad_document import BadDocument, BadKey, Mistake
from console.settings.nearest import did_you_mean, nearest
from console.settings.words import expected_words, is_duration, is_union, told, told_error
from console.settings.written import from_text_of, is_one_or_several
from console.settings.yaml_source import Scalar, YamlNode

Result = TypeVar("Result")


class _Wrong(Exception):
    """A value that is already on the list of problems."""


def decode(node: YamlNode, expected: type[Result], name: str) -> Result:
    """Return a document as the type it should have; `name` is what problems call the file.

    Structs refuse unknown keys. In a union a struct is told by its tag; where the tag is the name of one of its own
    keys, by that key (a step with `check` is a check), and the tag is not written. A number of seconds
    (`console.domain.moments.Seconds`) is written as a duration, `15s`. `console.settings.written` names short forms.

    Raises:
        BadDocument: something in it is not what the type asks for.
    """
    decoder = _Decoder()
    try:
        value = decoder.read(node, expected, "")
    except _Wrong:
        raise BadDocument(name, decoder.mistakes) from None
    return value  # type: ignore[no-any-return]  # read() returns what `expected` says, which mypy cannot follow


class _Decoder:
    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    def read(self, node: YamlNode, expected: Any, path: str) -> Any:
        """Return the value of a node as a type; raise _Wrong after noting every problem inside it."""
        if expected is Any:
            return node.plain()
        if is_one_or_several(expected) and not isinstance(node.value, list):
            return (self.read(node, get_args(get_args(expected)[0])[0], path),)
        if get_origin(expected) is Annotated and not _is_scalar(get_args(expected)[0]):
            return self._annotated(node, get_args(expected), path)
        origin = get_origin(expected)
        if is_union(expected):
            return self._union(node, get_args(expected), path)
        if isinstance(expected, type) and issubclass(expected, msgspec.Struct):
            return self._struct(node, expected, path)
        if origin is dict:
            return self._mapping(node, get_args(expected), path)
        if origin in (tuple, list):
            items = self._items(node, get_args(expected)[0], path)
            return items if origin is list else tuple(items)
        return self._scalar(node, expected, path)

    def _annotated(self, node: YamlNode, expected: tuple[Any, ...], path: str) -> Any:
        kind, *notes = expected
        value = self.read(node, kind, path)
        least = max((note.min_length or 0 for note in notes if isinstance(note, msgspec.Meta)), default=0)
        if len(value) < least:
            raise self._wrong(node, path, f"expected at least {least}, found {len(value) or 'none'}")
        return value

    def _struct(self, node: YamlNode, expected: type[msgspec.Struct], path: str) -> msgspec.Struct:
        if (from_text := from_text_of(expected)) is not None and not isinstance(node.value, dict):
            return self._short_form(node, from_text, path)
        children = self._children(node, path)
        known = _fields_of(expected)
        configuration = expected.__struct_config__
        tag_field = None if _key_of(expected) else configuration.tag_field
        values: dict[str, Any] = {}
        misspelt: set[str | None] = set()
        wrong = tag_field is not None and not self._has_tag(node, children.get(tag_field), expected, path)
        for key, child in children.items():
            field = known.get(key)
            if field is None:
                if key != tag_field:
                    names = [*known, *([tag_field] if tag_field else [])]
                    self._note(*node.key_positions[key], f"unknown key '{harmless(key)}', {did_you_mean(key, names)}")
                    misspelt.add(nearest(key, names))
                    wrong = True
                continue
            try:
                values[field.name] = self.read(child, field.type, _join(path, key))
            except _Wrong:
                wrong = True
        for name, field in known.items():
            if _is_required(field) and name not in children and name not in misspelt:
                self._note(node.line, node.column, f"{path + ': ' if path else ''}the key '{name}' is missing")
                wrong = True
        if wrong:
            raise _Wrong
        try:
            return expected(**values)
        except BadKey as error:
            *outer, key = error.keys
            for name in outer:
                node, path = self._children(node, path)[name], _join(path, name)
            raise self._wrong(YamlNode(key, *node.key_positions[key]), path, str(error)) from None
        except ValueError as error:
            raise self._wrong(node, path, str(error)) from None

    def _short_form(self, node: YamlNode, from_text: Callable[[str], msgspec.Struct], path: str) -> msgspec.Struct:
        if not isinstance(node.value, str):
            raise self._wrong(node, path, f"expected text or a mapping, found {told(node.value)}")
        try:
            return from_text(node.value)
        except ValueError as error:
            raise self._wrong(node, path, str(error)) from None

    def _has_tag(self, node: YamlNode, given: YamlNode | None, expected: type[msgspec.Struct], path: str) -> bool:
        tag, field = str(expected.__struct_config__.tag), str(expected.__struct_config__.tag_field)
        if given is None:
            self._note(node.line, node.column, f"{path + ': ' if path else ''}the key '{field}' is missing: {tag}")
        elif given.value != tag:
            self._note(given.line, given.column, f"{_join(path, field)}: expected {tag}, found {told(given.value)}")
        return given is not None and given.value == tag

    def _mapping(self, node: YamlNode, expected: tuple[Any, ...], path: str) -> dict[Any, Any]:
        key_type, value_type = expected
        values: dict[Any, Any] = {}
        wrong = False
        for key, child in self._children(node, path).items():
            try:
                read_key = self._scalar(YamlNode(key, *node.key_positions[key]), key_type, path)
                values[read_key] = self.read(child, value_type, _join(path, key))
            except _Wrong:
                wrong = True
        if wrong:
            raise _Wrong
        return values

    def _children(self, node: YamlNode, path: str) -> dict[str, YamlNode]:
        if not isinstance(node.value, dict):
            raise self._wrong(node, path, f"expected a mapping (key: value), found {told(node.value)}")
        return node.value

    def _items(self, node: YamlNode, expected: Any, path: str) -> list[Any]:
        if not isinstance(node.value, list):
            raise self._wrong(node, path, f"expected a list, found {told(node.value)}")
        values = []
        wrong = False
        for index, child in enumerate(node.value):
            try:
                values.append(self.read(child, expected, f"{path}[{index}]"))
            except _Wrong:
                wrong = True
        if wrong:
            raise _Wrong
        return values

    def _union(self, node: YamlNode, members: tuple[Any, ...], path: str) -> Any:
        if node.value is None and type(None) in members:
            return None
        others = [member for member in members if member is not type(None)]
        if len(others) == 1:
            return self.read(node, others[0], path)
        fitting = [member for member in others if _fits(member, node.value)]
        if not fitting:
            expected = " or ".join(expected_words(member) for member in others)
            raise self._wrong(node, path, f"expected {expected}, found {told(node.value)}")
        if len(fitting) == 1:
            return self.read(node, fitting[0], path)
        if isinstance(node.value, dict):
            return self._struct(node, self._tagged(node, fitting, path), path)
        return self._scalar(node, Union[tuple(fitting)], path)  # noqa: UP007  # the members are known at run time

    def _tagged(self, node: YamlNode, structs: list[type[msgspec.Struct]], path: str) -> type[msgspec.Struct]:
        if all(_key_of(struct) for struct in structs):
            return self._by_key(node, {str(_key_of(struct)): struct for struct in structs}, path)
        field = structs[0].__struct_config__.tag_field
        tags = {str(struct.__struct_config__.tag): struct for struct in structs}
        children = self._children(node, path)
        if field is None or field not in children:
            raise self._wrong(node, path, f"the key '{field}' is missing, expected one of {', '.join(sorted(tags))}")
        tag = str(children[field].value)
        if tag not in tags:
            told = f"'{harmless(tag)}' is none, {did_you_mean(tag, tags)}"
            raise self._wrong(children[field], _join(path, field), told)
        return tags[tag]

    def _by_key(self, node: YamlNode, structs: dict[str, type[msgspec.Struct]], path: str) -> type[msgspec.Struct]:
        given = [key for key in structs if key in self._children(node, path)]
        if len(given) != 1:
            found = f"both '{given[0]}' and '{given[1]}'" if given else "none of them"
            raise self._wrong(node, path, f"expected exactly one of the keys {', '.join(structs)}; found {found}")
        return structs[given[0]]

    def _scalar(self, node: YamlNode, expected: Any, path: str) -> Any:
        value = node.value
        if isinstance(value, dict | list):
            raise self._wrong(node, path, f"expected {expected_words(expected)}, found {told(value)}")
        try:
            return msgspec.convert(self._seconds(node, value, path) if is_duration(expected) else value, expected)
        except msgspec.ValidationError as error:
            raise self._wrong(node, path, told_error(error, value, expected)) from None

    def _seconds(self, node: YamlNode, value: Scalar, path: str) -> float:
        if not isinstance(value, str):
            raise self._wrong(node, path, f"expected a duration with its unit, such as 15s, found {told(value)}")
        try:
            return parse_duration(value)
        except BadMoment as error:
            raise self._wrong(node, path, str(error)) from None

    def _wrong(self, node: YamlNode, path: str, what: str) -> _Wrong:
        self._note(node.line, node.column, f"{path}: {what}" if path else what)
        return _Wrong()

    def _note(self, line: int, column: int, what: str) -> None:
        self.mistakes.append(Mistake(line, column, what))


def _fits(expected: Any, value: object) -> bool:
    """Return whether a value has the shape of a type: mapping, list or scalar."""
    if get_origin(expected) is Annotated:
        return _fits(get_args(expected)[0], value)
    origin = get_origin(expected)
    if origin is dict or (isinstance(expected, type) and issubclass(expected, msgspec.Struct)):
        return isinstance(value, dict)
    return isinstance(value, list) == (origin in (tuple, list)) and not isinstance(value, dict)


def _is_scalar(expected: Any) -> bool:
    is_struct = isinstance(expected, type) and issubclass(expected, msgspec.Struct)
    return not is_struct and not is_union(expected) and get_origin(expected) not in (dict, tuple, list)


def _key_of(struct: type[msgspec.Struct]) -> str | None:
    """Return the key that tells a struct from others: its tag, where that is the name of one of its keys."""
    tag = struct.__struct_config__.tag
    return str(tag) if tag in _fields_of(struct) else None


@cache
def _fields_of(struct: type[msgspec.Struct]) -> Mapping[str, FieldInfo]:
    """Return the fields of a struct by their keys; msgspec would resolve its annotations with every call."""
    return {field.encode_name: field for field in fields(struct)}


def _join(path: str, key: str) -> str:
    return f"{path}.{harmless(key)}" if path else harmless(key)


def _is_required(field: FieldInfo) -> bool:
    return field.default is msgspec.NODEFAULT and field.default_factory is msgspec.NODEFAULT
