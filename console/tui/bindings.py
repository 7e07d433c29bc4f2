"""Textual's bindings of the registry's actions."""

from collections.abc import Iterable

from textual.binding import Binding

from console.tui.actions.action import NUMBER_KEYS, Action


def bindings_of(actions: Iterable[Action]) -> list[Binding]:
    """Return the bindings of some actions under their ids; a number key passes its number on."""
    bindings = []
    for action in actions:
        has_numbers = action.keys == NUMBER_KEYS
        for key in action.keys:
            method, name = (
                (f"{action.method}({key})", f"{action.id}.{key}") if has_numbers else (action.method, action.id)
            )
            bindings.append(Binding(key, method, action.label, show=False, id=name))
    return bindings
