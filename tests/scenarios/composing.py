"""Puts stories together to a fleet: one after the other in time, so that they are not one incident of the fleet."""

import math
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from tests.scenarios.drawing import Drawer
from tests.scenarios.stories import Drawn, Story
from tests.scenarios.world import Theatre, World

APART = 8 * 60.0
"""Seconds between two onsets."""
LEAD = 65 * 60.0
"""Seconds from the begin of a theatre to the first onset: what is judged closely is an hour."""
REST = 35 * 60.0
"""Seconds from the last onset to the end of a theatre."""

_DAY = 86_400.0
_BLOCK = 486 * 3600.0
"""promtool makes blocks of 2 h × 3ⁿ, and reads its input once for each."""
_LOOKED_AT_EVERY = 30 * 60.0
_WATCHED_SPACING = 75.0
"""Seconds between the samples of a fleet that is looked at for days."""
_CLOCK_CHANGES = (1_774_746_000.0, 1_772_953_200.0, 1_792_890_000.0, 1_793_512_800.0)
"""2026-03-29 and 10-25 in Berlin, 2026-03-08 and 11-01 in New York."""
_YEAR_BEGINS = 1_767_225_600.0


class Plan(msgspec.Struct, frozen=True):
    """What a fleet is drawn from: incidents are drawn from in turn, look-alikes as well; `days` of history."""

    incidents: Sequence[Story]
    look_alikes: Sequence[Story]
    days: float = 7.2
    spacing: float = 15.0


def compose(seed: int, plan: Plan) -> World:
    """Draw a fleet; equal arguments give an equal one."""
    generator = np.random.default_rng((seed, 0xF1EE7))
    steps = max(len(plan.incidents), math.ceil(len(plan.look_alikes) / 2))
    span = LEAD + steps * APART + REST
    theatre = _theatre(generator, span, plan)
    draw = Drawer(generator, theatre)
    drawn: list[Drawn] = []
    for number, story in enumerate(plan.incidents):
        drawn.append(story(draw, _onset(generator, theatre, number)))
    for number, story in enumerate(plan.look_alikes):
        turn = number * (steps - 1) // len(plan.look_alikes)
        drawn.append(story(draw, _onset(generator, theatre, turn)))
    return World(
        seed=seed,
        begins=theatre.ends - plan.days * _DAY,
        theatres=(theatre,),
        models=tuple(model for each in drawn for model in each.models),
        labels=tuple(label for each in drawn for label in each.labels),
        dependencies=tuple(dependency for each in drawn for dependency in each.dependencies),
    )


def compose_healthy(seed: int, stories: Sequence[Story], *, days: float, watched: float) -> World:
    """Draw a fleet in which nothing is wrong, looked at for so many days (`watched`) after `days` of history.

    Over the night in the middle the clocks change in Berlin or in New York.
    """
    generator = np.random.default_rng((seed, 0x0F1E7))
    change = _CLOCK_CHANGES[seed % len(_CLOCK_CHANGES)]
    begins = change - watched * _DAY / 2.0 + float(generator.uniform(-6.0, 6.0)) * 3600.0
    theatre = Theatre(begins, begins + watched * _DAY, _WATCHED_SPACING)
    draw = Drawer(generator, theatre, largest=3)
    drawn = [story(draw, float(generator.uniform(begins + LEAD, theatre.ends - REST))) for story in stories]
    return World(
        seed=seed,
        begins=begins - days * _DAY,
        theatres=(theatre,),
        models=tuple(model for each in drawn for model in each.models),
        labels=tuple(label for each in drawn for label in each.labels),
        looked_at_every=_LOOKED_AT_EVERY,
    )


def _theatre(generator: np.random.Generator, span: float, plan: Plan) -> Theatre:
    """Return when things happen: at any hour of a year, but within one of promtool's blocks with its history."""
    while True:
        begins = _YEAR_BEGINS + 60.0 * float(generator.integers(60 * 24 * 340))
        ends = begins + span
        if math.floor(ends / _BLOCK) == math.floor((ends - plan.days * _DAY) / _BLOCK):
            return Theatre(begins, ends, plan.spacing)


def _onset(generator: np.random.Generator, theatre: Theatre, number: int) -> float:
    """Return the onset of a story: on no round second."""
    return theatre.begins + LEAD + number * APART + float(generator.uniform(0.0, 60.0))


def in_turn(stories: Mapping[str, Story], count: int, first: int = 0) -> list[Story]:
    """Return so many stories, each as often as the others."""
    names = list(stories)
    return [stories[names[(first + number) % len(names)]] for number in range(count)]
