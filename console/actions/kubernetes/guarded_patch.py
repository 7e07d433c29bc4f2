"""A change of one Kubernetes object that is only made where the object is as it was seen, and what becomes of it.

A `GuardedPatch` is a pure value. It is sent as one JSON Patch (RFC 6902) whose `test` operations are its preconditions,
so that the server checks and changes in one step: the uid, the value that every changed field was seen to have, and
`guards`, fields that are not changed but on which the change rests. A field that is not there is tested against null:
the RFC has no test for absence, but the library of the API server (evanphx/json-patch, `TestTest` in its tests) lets a
missing member equal null, and no Kubernetes object holds a null. `resourceVersion` is never tested, because every
change of a status raises it.

All that is needed later stands in the request, which the journal keeps: `GuardedPatch.of(plan.request)` is the patch.
Nothing can be told apart that the server does not tell apart: `read` credits a change to this program only where
`managedFields` names it as the last writer of every field that was set; a patch that only removes leaves no such mark.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from console.actions.kubernetes.address import Address
from console.domain.action import FieldChange, Outcome, Request
from console.sources.cluster.fields import (
    NOT_SET,
    differences,
    holds,
    pointer_of,
    same_value,
    segments_of,
    shown_field,
    shown_value,
    value_at,
)
from console.sources.cluster.writers import LiveObject
from console.transport.kubernetes import FIELD_MANAGER, PatchType

_UID = "/metadata/uid"
_OF_BEFORE = frozenset({"/metadata/generation", "/metadata/resourceVersion"})
"""Fields that every change moves: as guards they hold for the change and not for its inverse."""
_SCALE, _REPLICAS = "scale", "/spec/replicas"
"""The subresource and the field in which 0 is served as nothing (`omitempty`), unlike in the object itself."""


class Edit(msgspec.Struct, frozen=True):
    """A changed field (JSON pointer): the value that was seen and the one to be set; None is a field that is absent."""

    pointer: str
    before: Any
    after: Any

    @property
    def inverse(self) -> "Edit":
        """Return the edit that takes this one back.

        Where a field was set together with the parents that it lacked, only the field is taken back: somebody else may
        have put another one beside it since.
        """
        pointer, before, after = self.pointer, self.before, self.after
        while before is None and isinstance(after, dict) and len(after) == 1:
            ((key, after),) = after.items()
            pointer += pointer_of(key)
        return Edit(pointer, after, before)

    @property
    def changes(self) -> tuple[FieldChange, ...]:
        """Return what it changes, as it is shown: field by field where the value holds several."""
        name = shown_field(self.pointer)
        return tuple(
            FieldChange(found.field, found.before, found.after) for found in differences(name, self.before, self.after)
        ) or (FieldChange(name, shown_value(self.before), shown_value(self.after)),)


class Guard(msgspec.Struct, frozen=True):
    """A field (JSON pointer) on whose value a change rests without changing it; None is a field that is absent."""

    pointer: str
    value: Any


class _Operation(msgspec.Struct, frozen=True):
    op: str
    path: str
    value: Any = None


def edit(live: LiveObject, pointer: str, after: Any) -> Edit:
    """Return the edit that sets a field of an object as it is seen now, with the parents that it lacks.

    Raises:
        MalformedAnswer: the object has another shape.
    """
    *parents, key = segments_of(pointer)
    if after is None or not parents or live.at(pointer_of(*parents)) is not None:
        return Edit(pointer, live.at(pointer), after)
    return edit(live, pointer_of(*parents), {key: after})


class GuardedPatch(msgspec.Struct, frozen=True):
    """A change of one object, with its preconditions.

    `address` is what the request is sent to, which may be a subresource (`scale`, `status`) of the object; the pointers
    hold in both.
    """

    address: Address
    uid: str
    edits: tuple[Edit, ...]
    guards: tuple[Guard, ...] = ()

    @classmethod
    def of(cls, request: Request) -> "GuardedPatch":
        """Return the patch that a request sends.

        Raises:
            ValueError: it sends none.
        """
        try:
            operations = msgspec.convert(request.body, type=tuple[_Operation, ...])
        except msgspec.ValidationError:
            operations = ()
        tests = {operation.path: operation.value for operation in operations if operation.op == "test"}
        sets = {operation.path: operation for operation in operations if operation.op != "test"}
        if not sets or _UID not in tests or not sets.keys() <= tests.keys():
            raise ValueError(f"{request.shown} is no patch with preconditions")
        address = Address.of(request.path)
        if address.subresource == _SCALE and _REPLICAS in tests and tests[_REPLICAS] is None:
            tests[_REPLICAS] = 0
        edits = tuple(Edit(path, tests[path], operation.value) for path, operation in sets.items())
        guards = tuple(Guard(path, value) for path, value in tests.items() if path != _UID and path not in sets)
        return cls(address, str(tests[_UID]), edits, guards)

    @property
    def request(self) -> Request:
        """Return the one request that makes the change, its preconditions inside."""
        body = [_test(_UID, self.uid), *(_test(guard.pointer, guard.value) for guard in self.guards)]
        for each in self.edits:
            served = msgspec.structs.replace(each, before=None) if self._serves_nothing_for(each) else each
            body += [_test(served.pointer, served.before), _setting(served)]
        return Request(method="PATCH", path=self.address.path, content_type=PatchType.JSON.value, body=body)

    def _serves_nothing_for(self, each: Edit) -> bool:
        is_count = self.address.subresource == _SCALE and each.pointer == _REPLICAS
        return is_count and same_value(each.before, 0)

    @property
    def inverse(self) -> "GuardedPatch":
        """Return the patch that takes this one back where the object is still as this one left it."""
        guards = tuple(guard for guard in self.guards if guard.pointer not in _OF_BEFORE)
        return GuardedPatch(self.address, self.uid, tuple(each.inverse for each in reversed(self.edits)), guards)

    @property
    def changes(self) -> tuple[FieldChange, ...]:
        """Return what it changes, as it is shown."""
        return tuple(change for each in self.edits for change in each.changes)

    def edit_of(self, pointer: str) -> Edit | None:
        """Return the edit of a field (JSON pointer), None where the patch leaves it."""
        return next((each for each in self.edits if each.pointer == pointer), None)

    def answered(self, answer: Mapping[str, Any]) -> "GuardedPatch":
        """Return the patch with what the server made of its values, such as the defaults that it filled in.

        Raises:
            MalformedAnswer: the answer has another shape.
        """
        made = [(each, value_at(answer, each.pointer)) for each in self.edits]
        edits = tuple(
            each if value is None and holds(None, each.after) else Edit(each.pointer, each.before, value)
            for each, value in made
        )
        return msgspec.structs.replace(self, edits=edits)

    def why_not_as_asked(self, answer: Mapping[str, Any]) -> str | None:
        """Return the first field that an answer of the server has otherwise than asked: `replicas 5, not 6`.

        Raises:
            MalformedAnswer: the answer has another shape.
        """
        for each in self.edits:
            made = value_at(answer, each.pointer)
            if not _is_as_asked(each, made):
                name, found, asked = _first_difference(each.pointer, each.after, made)
                return f"{name} {found}, not {asked}"
        return None

    def is_another(self, live: LiveObject) -> bool:
        """Tell whether the object of this name is not the one that was planned for."""
        return live.metadata.uid != self.uid

    def is_made(self, live: LiveObject) -> bool:
        """Tell whether every field has the value that the patch sets."""
        return all(_has_after(each, live) for each in self.edits)

    def as_made(self, live: LiveObject) -> str:
        """Return in words that the fields have the values that the patch sets, and who set them."""
        return ", ".join(_told(each.pointer, each.after, live, "already") for each in self.edits)

    def moved(self, live: LiveObject) -> str | None:
        """Return which field is not as it was seen, and who set it; None where the patch would apply."""
        seen = [(each.pointer, each.before) for each in self.edits] + [(one.pointer, one.value) for one in self.guards]
        for pointer, value in seen:
            holder = pointer.rpartition("/")[0]
            if holder and live.at(holder) is None:
                return f"{shown_field(holder)} is not there any more{_set_by(holder, live)}"
            if not same_value(live.at(pointer), value):
                return _moved(pointer, value, live)
        return None

    def moved_since(self, live: LiveObject) -> str | None:
        """Return which field has not the value that the patch sets, and who set it; None where all have."""
        return next((_moved(one.pointer, one.after, live) for one in self.edits if not _has_after(one, live)), None)

    def others(self, live: LiveObject) -> str | None:
        """Return which changed field the server says that another program set, as it is told; None where none."""
        for each in self.edits:
            writer = live.writer(each.pointer)
            if writer is not None and writer.manager != FIELD_MANAGER:
                return _told(each.pointer, live.at(each.pointer), live)
        return None

    def read(self, live: LiveObject, sent_at: float, *, ended: bool) -> tuple[Outcome, str]:
        """Return whether the patch was applied, as far as its object tells, and why.

        Values that were asked for are credited to the patch only where the server says that this program set every one
        of them. Values of before mean `not applied` only once the request cannot arrive any more, and unless somebody
        set one of them since.

        Args:
            live: the object as it is now.
            sent_at: when the patch was sent (UTC seconds).
            ended: whether the request is known to have ended, so that it cannot arrive any more.
        """
        if self.is_another(live):
            return Outcome.UNKNOWN, f"{self.address.name} was deleted and made anew: whether it was applied is unknown"
        if all(same_value(live.at(each.pointer), each.before) for each in self.edits):
            return self._read_unchanged(live, sent_at, ended=ended)
        moved = self.moved_since(live)
        if moved is not None:
            return Outcome.UNKNOWN, f"{moved}: somebody else changed {self._pronoun} since"
        told = ", ".join(_told(each.pointer, each.after, live, "now") for each in self.edits)
        if self._is_credited(live):
            return Outcome.APPLIED, f"{told}: it was applied, unless another console asked for the same"
        return Outcome.UNKNOWN, f"{told}: whether this request set {self._pronoun} is unknown"

    def is_made_by_a_console(self, live: LiveObject) -> bool:
        """Tell whether every field has the value that the patch sets, and the server says that this program set it.

        Which console did is not known: all of them write under one name.
        """
        return self.is_made(live) and self._is_credited(live)

    def _is_credited(self, live: LiveObject) -> bool:
        # A field that was taken away has no writer; it went with the others of the same request, or not at all.
        writers = [live.writer(each.pointer) for each in self.edits if each.after is not None]
        return bool(writers) and all(writer is not None and writer.manager == FIELD_MANAGER for writer in writers)

    def _read_unchanged(self, live: LiveObject, sent_at: float, *, ended: bool) -> tuple[Outcome, str]:
        for each in self.edits:
            writer, told = live.writer(each.pointer), _told(each.pointer, each.before, live)
            # Servers record whole seconds: a change of the second in which it was sent may have come after it.
            if writer is not None and writer.at is not None and writer.at >= math.floor(sent_at):
                return Outcome.UNKNOWN, f"{told}: somebody set {_pronoun([each])} since"
            # No write through `scale` is dated, so a colleague's may be of any time; consoles exclude each other.
            if writer is not None and writer.at is None and writer.manager != FIELD_MANAGER:
                since = f"somebody may have set {_pronoun([each])} since, the server does not say when"
                return Outcome.UNKNOWN, f"{told}: {since}"
        still = ", ".join(_state(each.pointer, each.before, "still") for each in self.edits)
        left_no_trace = any(each.before is None for each in self.edits)  # a field that is removed has no last writer
        moved = next((_moved(one.pointer, one.value, live) for one in self.guards if _is_moved(one, live)), None)
        if left_no_trace and moved is not None:
            return Outcome.UNKNOWN, f"{still}, and {moved}: whether it was applied and taken back since is unknown"
        if not ended:
            return Outcome.UNKNOWN, f"{still}: the request may arrive yet"
        return Outcome.NOT_APPLIED, f"{still}: it was not applied"

    @property
    def _pronoun(self) -> str:
        return _pronoun(self.edits)


def _has_after(each: Edit, live: LiveObject) -> bool:
    return _is_as_asked(each, live.at(each.pointer))


def _is_as_asked(each: Edit, value: Any) -> bool:
    """Tell whether a value is the one that an edit sets; the value of before is not, even where it means the same.

    Servers leave out what is empty, but a field that was absent before may mean something else than 0.
    """
    is_before = same_value(value, each.before) and not same_value(each.before, each.after)
    return holds(value, each.after) and not is_before


def _is_moved(guard: Guard, live: LiveObject) -> bool:
    return not same_value(live.at(guard.pointer), guard.value)


def _test(pointer: str, value: Any) -> dict[str, Any]:
    return {"op": "test", "path": pointer, "value": value}


def _setting(each: Edit) -> dict[str, Any]:
    if each.after is None:
        return {"op": "remove", "path": each.pointer}
    return {"op": "add" if each.before is None else "replace", "path": each.pointer, "value": each.after}


def _pronoun(edits: Iterable[Edit]) -> str:
    names = [shown_field(each.pointer) for each in edits]
    return "them" if len(names) > 1 or _is_plural(names[0]) else "it"


def _is_plural(name: str) -> bool:
    return name.endswith("s") and not name.startswith(("annotation ", "label "))


def _state(pointer: str, value: Any, when: str) -> str:
    """Return `replicas are 3 now`; of a value that holds several, only that it is the one that is meant."""
    name = shown_field(pointer)
    verb = "are" if _is_plural(name) else "is"
    unfolded = "as before" if when == "still" else "as planned"
    shown = unfolded if isinstance(value, dict | list) else shown_value(value)
    return f"{name} {verb} {when} {shown}" if when == "still" else f"{name} {verb} {shown} {when}".strip()


def _told(pointer: str, value: Any, live: LiveObject, when: str = "") -> str:
    """Return `replicas are 6 now (by kubectl at 03:21:05 UTC)`."""
    return _state(pointer, value, when) + _set_by(pointer, live)


def _set_by(pointer: str, live: LiveObject) -> str:
    writer = live.writer(pointer)
    return f" (by {writer.shown})" if writer is not None else ""


def _moved(pointer: str, expected: Any, live: LiveObject) -> str:
    name, found, asked = _first_difference(pointer, expected, live.at(pointer))
    verb = "are" if _is_plural(name) else "is"
    otherwise = "it was not set" if asked == NOT_SET else f"not {asked}"
    return f"{name} {verb} {found} now, {otherwise}{_set_by(pointer, live)}"


def _first_difference(pointer: str, expected: Any, found: Any) -> tuple[str, str, str]:
    """Return the name of the first field that differs, what it is, and what was expected."""
    name = shown_field(pointer)
    for difference in differences(name, expected, found):
        return difference.field, difference.after, difference.before
    return name, shown_value(found), shown_value(expected)
