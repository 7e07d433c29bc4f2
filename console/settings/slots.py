"""Typed holes in what a configuration lets be sent or run: nothing but a whole, checked value goes in."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, assert_never

import msgspec

from console.domain.label import harmless
from console.settings.bad_document import BadKey
from console.settings.nearest import did_you_mean

SlotName = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$(?!\n)", description="a name such as node_pool")]
Words = Annotated[str, msgspec.Meta(min_length=1)]
SLOT_MARK = "$"
"""Begins a text that stands for the whole value of a slot: `$count`. `$$` begins one that is meant as it stands."""
LONGEST_TEXT = 1000


class IntegerSlot(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="integer", tag_field="type"):
    """A whole number within bounds."""

    title: Words
    min: int
    max: int

    def __post_init__(self) -> None:
        if self.min > self.max:
            raise BadKey(("max",), f"max is {self.max}, which is less than min, {self.min}")


class ChoiceSlot(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="choice", tag_field="type"):
    """One of some words."""

    title: Words
    options: Annotated[tuple[Words, ...], msgspec.Meta(min_length=1)]


class TextSlot(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="text", tag_field="type"):
    """A line that a regular expression matches as a whole."""

    title: Words
    pattern: Words
    max_length: Annotated[int, msgspec.Meta(ge=1, le=LONGEST_TEXT)] = 200

    def __post_init__(self) -> None:
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise BadKey(("pattern",), f"'{harmless(self.pattern)}' is no regular expression: {error}") from None


Slot = IntegerSlot | ChoiceSlot | TextSlot
Slots = Mapping[str, Slot]


def why_not_in_slot(name: str, slot: Slot, value: object) -> str | None:
    """Return why a slot does not take a value, in one line; None where it does."""
    match slot:
        case IntegerSlot():
            is_taken = isinstance(value, int) and not isinstance(value, bool) and slot.min <= value <= slot.max
            expected = f"a whole number from {slot.min} to {slot.max}"
        case ChoiceSlot():
            is_taken, expected = value in slot.options, f"one of {', '.join(slot.options)}"
        case TextSlot():
            is_taken = (
                isinstance(value, str)
                and value.isprintable()
                and len(value) <= slot.max_length
                and re.fullmatch(slot.pattern, value) is not None
            )
            expected = f"a line of at most {slot.max_length} characters that matches {slot.pattern}"
        case _:
            assert_never(slot)
    return None if is_taken else harmless(f"{name}: expected {expected}; found {value!r}", longest=400)


def slot_of(text: str) -> str | None:
    """Return the name of the slot, or fact, that a text stands for as a whole; None where it stands for itself."""
    return text[1:] if text.startswith(SLOT_MARK) and not text.startswith(SLOT_MARK * 2) else None


def slots_in(tree: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the slots that a tree of JSON names, each with the keys that lead to it as far as they are keys."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from (((key, *keys), name) for keys, name in slots_in(value))
    elif isinstance(tree, list):
        for value in tree:
            yield from (((), name) for _, name in slots_in(value))
    elif isinstance(tree, str) and (found := slot_of(tree)) is not None:
        yield (), found


def filled(tree: Any, values: Mapping[str, Any]) -> Any:
    """Return a tree of JSON in which the values of slots stand where their names stood.

    Raises:
        KeyError: a slot has no value.
    """
    if isinstance(tree, dict):
        return {key: filled(value, values) for key, value in tree.items()}
    if isinstance(tree, list):
        return [filled(value, values) for value in tree]
    if not isinstance(tree, str):
        return tree
    name = slot_of(tree)
    return values[name] if name is not None else tree.removeprefix(SLOT_MARK) if tree.startswith(SLOT_MARK) else tree


def require_known(where: tuple[str, ...], name: str, known: Mapping[str, object] | tuple[str, ...]) -> None:
    """Refuse the name of a slot that nobody declared.

    Raises:
        BadKey: there is no such slot.
    """
    if name not in known:
        raise BadKey(where, f"'${harmless(name)}' is no slot, {did_you_mean(name, known)}")
