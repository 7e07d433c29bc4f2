"""The parameters of a playbook, typed: values of its actions and texts that the evidence or a person gives."""

from typing import Annotated, Literal

import msgspec

from console.playbooks.head import Title

LONGEST_TEXT = 1000


class IntegerParameter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="integer", tag_field="type"):
    """A whole number; one outside of `min` and `max` refuses the action, it is never bent.

    `default` is a number, or evidence such as `$wanted`. Without one, or while the evidence is unknown, a person is
    asked.
    """

    title: Title
    min: int
    max: int
    default: int | str | None = None


class TextParameter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="text", tag_field="type"):
    """A line of text, for texts and for arguments that take one; without a default a person is asked.

    One that is `optional` may stay empty. `propose: bad_replica` puts the pod into the line that the likeliest cause
    blames, where it is one: a person takes it or types another.
    """

    title: Title
    default: str | None = None
    max_length: Annotated[int, msgspec.Meta(ge=1, le=LONGEST_TEXT)] = 200
    optional: bool = False
    propose: Literal["bad_replica"] | None = None


class ChoiceParameter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="choice", tag_field="type"):
    """One of some words; without a default a person is asked."""

    title: Title
    options: Annotated[tuple[Title, ...], msgspec.Meta(min_length=2)]
    default: str | None = None


Parameter = IntegerParameter | TextParameter | ChoiceParameter
