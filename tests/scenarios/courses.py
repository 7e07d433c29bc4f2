"""Traffic, slowness and failures of a model over time: season, noise and what happened, at any instants at all."""

import datetime
import math
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tests.scenarios.world import Effect, Quantity, Season, ServedModel

Floats = NDArray[np.float64]

_DAY = 86_400.0
_GRID = 15.0
"""Seconds between the points at which noise is drawn."""


def covered(times: Floats, steps: Floats, begins: float, ends: float) -> Floats:
    """Return the ratio of each step that lies between two instants."""
    overlap = np.minimum(times + steps, ends) - np.maximum(times, begins)
    return np.clip(overlap / steps, 0.0, 1.0)


def strength(effect: Effect, times: Floats, steps: Floats) -> Floats:
    """Return how much of an effect (0 to 1) holds during each step: it rises and passes over its ramp."""
    if effect.ramp <= float(steps.min()):
        return covered(times, steps, effect.begins, effect.ends)
    middle = times + steps / 2.0
    rising = (middle - effect.begins) / effect.ramp
    falling = (effect.ends + effect.ramp - middle) / effect.ramp
    return np.clip(np.minimum(rising, falling), 0.0, 1.0)


def multiplied(effects: Iterable[Effect], quantity: Quantity, times: Floats, steps: Floats) -> Floats:
    """Return what a quantity is multiplied with by all effects on it."""
    product = np.ones_like(times)
    for effect in effects:
        if effect.quantity is quantity:
            product *= 1.0 + (effect.size - 1.0) * strength(effect, times, steps)
    return product


def season(of: Season, times: Floats) -> Floats:
    """Return the seasonal level of traffic, 1 on the average working day, in local time: the clocks change in it."""
    local = times + _offsets(of.zone, times)
    angle = 2.0 * math.pi * (local / _DAY - of.peak / 24.0)
    wave = 1.0 + of.daily * np.cos(angle) + of.second * np.cos(2.0 * angle + 1.0)
    weekday = (np.floor(local / _DAY).astype(np.int64) + 3) % 7  # the first of January 1970 was a Thursday
    weekly = np.where(weekday == 5, of.weekend, np.where(weekday == 6, 0.9 * of.weekend, 1.0))
    growth = 1.0 + of.growth * (times - times[-1]) / (7.0 * _DAY)
    level: Floats = np.maximum(wave, 0.02) * weekly * growth
    return level


def _offsets(zone: str, times: Floats) -> Floats:
    """Return the seconds that local time is ahead of UTC."""
    info = ZoneInfo(zone)
    hours = np.arange(math.floor(times[0] / 3600.0), math.ceil(times[-1] / 3600.0) + 1) * 3600.0
    ahead = [(info.utcoffset(datetime.datetime.fromtimestamp(hour, info)) or datetime.timedelta()) for hour in hours]
    seconds = np.asarray([each.total_seconds() for each in ahead])
    return seconds[np.searchsorted(hours, times, side="right") - 1]


class Noise:
    """Draws the restlessness of one model between two instants."""

    def __init__(self, generator: np.random.Generator, begins: float, ends: float) -> None:
        self._generator = generator
        self._begins = begins
        self._ends = ends
        self._grid = np.arange(begins, ends + _GRID, _GRID)

    def wandering(self, times: Floats, memory: float, deviation: float, freedom: float = 30.0) -> Floats:
        """Return a factor whose logarithm forgets itself within `memory` seconds (an Ornstein-Uhlenbeck process).

        Drawn by its spectrum; `freedom` is that of Student's t, small for heavy tails.
        """
        count = len(self._grid)
        white = self._generator.standard_t(freedom, count)
        frequencies = np.fft.rfftfreq(count, _GRID)
        shaped = np.fft.irfft(np.fft.rfft(white) / np.sqrt(1.0 + (2.0 * math.pi * frequencies * memory) ** 2), count)
        factor: Floats = np.exp(np.interp(times, self._grid, shaped / shaped.std()) * deviation)
        return factor

    def events(
        self, times: Floats, steps: Floats, per_day: float, lasts: tuple[float, float], size: tuple[float, float]
    ) -> Floats:
        """Return what short events at random times add up to: `size` is drawn for each, and averaged over steps."""
        total = np.zeros_like(times)
        for _ in range(int(self._generator.poisson(per_day * (self._ends - self._begins) / _DAY))):
            begins = self._generator.uniform(self._begins, self._ends)
            ends = begins + self._generator.uniform(*lasts)
            height = math.exp(self._generator.uniform(math.log(size[0]), math.log(size[1])))
            first, last = np.searchsorted(times, (begins - 600.0, ends))
            part = slice(int(first), int(last))
            total[part] += height * covered(times[part], steps[part], begins, ends)
        return total


def arrivals(model: ServedModel, noise: Noise, times: Floats, steps: Floats) -> Floats:
    """Return the requests per second that arrive at a model during steps."""
    wobble = model.wobble
    restless = noise.wandering(times, 1500.0, wobble.slow) * noise.wandering(times, 30.0, wobble.fast, freedom=4.0)
    bursts = 1.0 + noise.events(times, steps, wobble.bursts, (30.0, 240.0), (0.05, 0.35))
    happened = multiplied(model.effects, Quantity.TRAFFIC, times, steps)
    return model.profile.traffic * season(model.season, times) * restless * bursts * happened


def slowness(model: ServedModel, noise: Noise, times: Floats, steps: Floats) -> Floats:
    """Return how many times longer than usual requests take at all pods, without what effects add."""
    stalls = 1.0 + noise.events(times, steps, model.wobble.stalls, (8.0, 30.0), (0.1, 0.8))
    return noise.wandering(times, 700.0, model.wobble.latency) * stalls


def failing(model: ServedModel, noise: Noise, times: Floats, steps: Floats) -> Floats:
    """Return the ratio of answers that are errors at all pods, without what effects add."""
    hiccups = noise.events(times, steps, model.wobble.hiccups, (4.0, 30.0), (0.002, 0.02))
    return model.profile.failures * noise.wandering(times, 900.0, 0.5) + hiccups
