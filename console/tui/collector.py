"""The cyclic garbage collector, set for a process of hours that never frees most of its 200,000 objects."""

import gc

YOUNG_OBJECTS = 5_000
"""How many objects are made before the young ones are walked: a screen is made of some thousands, and mostly stays."""


def spare_what_stays() -> None:
    """Never walk what exists now again: imported code, styles and settings stay until the end.

    A walk of all of it takes a fifth of a second, in which no key is looked at, and comes with every third plan. What
    is made from now on is collected as before.
    """
    gc.freeze()
    _, middle, old = gc.get_threshold()
    gc.set_threshold(YOUNG_OBJECTS, middle, old)
