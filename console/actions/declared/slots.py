"""The slots of a declared action as its arguments, and the values that an occasion puts into them."""

from collections.abc import Iterator, Mapping
from typing import Any

from console.actions.provider import ActionRefused, Occasion
from console.actions.specification import Argument
from console.domain.action import FieldChange, RiskTier
from console.domain.label import harmless
from console.settings.nearest import did_you_mean
from console.settings.slots import ChoiceSlot, IntegerSlot, Slots, TextSlot, why_not_in_slot

NOTHING_BEFORE = "-"
"""What stands before the arrow where something is given to a system, not changed in it."""


def arguments_of(slots: Slots) -> Iterator[Argument]:
    """Yield the arguments that an action with these slots takes."""
    for name, slot in slots.items():
        match slot:
            case IntegerSlot():
                yield Argument(name=name, meaning=slot.title, kind="integer", least=slot.min, most=slot.max)
            case ChoiceSlot():
                yield Argument(name=name, meaning=slot.title, choices=slot.options)
            case TextSlot():
                yield Argument(name=name, meaning=slot.title, pattern=slot.pattern)


def slot_values(action: str, slots: Slots, arguments: Mapping[str, object]) -> dict[str, Any]:
    """Return the value of every slot.

    Raises:
        ActionRefused: one is missing, unknown, or none that its slot takes.
    """
    for name in arguments:
        if name not in slots:
            known = did_you_mean(name, slots) if slots else "it takes none"
            raise ActionRefused(f"{action} has no argument {harmless(name)!r}, {known}")
    for name, slot in slots.items():
        if name not in arguments:
            raise ActionRefused(f"{action} needs {name}: {harmless(slot.title)}")
        wrong = why_not_in_slot(name, slot, arguments[name])
        if wrong is not None:
            raise ActionRefused(f"{action}: {wrong}")
    return dict(arguments)


def facts_of(occasion: Occasion) -> dict[str, str | None]:
    """Return what a body may name beside its slots."""
    model = occasion.view.model
    return {
        "model.id": model.id,
        "model.name": model.name.raw,
        "incident.id": occasion.incident_id or (occasion.view.incident.id if occasion.view.incident else None),
        "by": occasion.by,
    }


def given(values: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """Return what is put into the slots, as a plan shows it."""
    return tuple(FieldChange(f"${name}", NOTHING_BEFORE, str(value)) for name, value in values.items())


def values_given(changes: tuple[FieldChange, ...]) -> dict[str, str]:
    """Return what was put into the slots of a plan, as texts."""
    return {change.field[1:]: change.after for change in changes if change.field.startswith("$")}


def declared_tier(configured: int | None, *, is_tame: bool, critical: bool) -> RiskTier:
    """Return the tier of an action that nothing bounds; one that `is_tame` can be rehearsed and taken back."""
    computed = RiskTier.WIDE if is_tame and not critical else RiskTier.HARD_TO_UNDO
    return max(computed, RiskTier(configured or computed))
