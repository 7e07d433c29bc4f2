"""Textual's bindings of the registry's actions."""

from collections.abc import Iterable

from textual.binding import Binding

from console.tui.actions.action import Action


def bindings_of(actions: Iterable[Action]) -> list[Binding]:
    """Return the bindings of some actions under their ids; a number key passes its number on.

    Textual looks at the next key while a usual binding is still followed, and before it when a binding has priority.
    """
    bindings = []
    for action in actions:
        for key in action.keys:
            method, name = action.method, action.id
            if action.has_numbers:
                method, name = f"{method}({key})", f"{name}.{key}"
            bindings.append(Binding(key, method, action.label, show=False, id=name, priority=action.opens_field))
    return bindings
