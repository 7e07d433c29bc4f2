"""How many requests arrive at a model: the day's wave, noise, and the surges of a scenario."""

import math
from collections.abc import Iterable

import numpy as np

from console.simulation.fleet.fault import Fault, Surge
from console.simulation.fleet.noise import Floats, noise
from console.simulation.fleet.profile import Profile

_DAY = 86400.0


def arrivals(profile: Profile, faults: Iterable[Fault], seed: int, started: float, times: Floats) -> Floats:
    """Return the requests per second that arrive at instants (UTC seconds) in a world that started at `started`."""
    since = times - started
    level = _wave(profile, since / _DAY) / _wave(profile, np.zeros(1))
    traffic = profile.traffic * level * (1.0 + profile.jitter * noise(seed, f"{profile.name}/traffic", times))
    for fault in faults:
        if isinstance(fault, Surge) and fault.model == profile.name:
            traffic = traffic * np.asarray([fault.factor_at(seconds) for seconds in since.tolist()])
    return traffic


def _wave(profile: Profile, days: Floats) -> Floats:
    """Return the level of traffic over a day: one hump, a little steeper in the morning than in the evening."""
    angle = 2.0 * math.pi * days + profile.phase
    return 1.0 + profile.daily * (np.cos(angle) - 0.2 * np.sin(2.0 * angle))
