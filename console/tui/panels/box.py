"""A container that asks for no second layout when the first one gave it another size: nothing in it scrolls."""

from textual.containers import Container
from textual.geometry import Size
from textual.reactive import Reactive


class Box(Container):
    """Lays out its widgets in the room that it has."""

    virtual_size = Reactive(Size(0, 0), layout=False)
