"""Series for tests of the detector, at five-minute points; each draws from a seed."""

import numpy

from console.detect.baseline.arrays import Numbers

STEP = 300.0
DAY = 288


def noise(days: float, *, level: float = 50.0, sigma: float = 2.0, seed: int = 1) -> Numbers:
    """Return independent normal values."""
    return level + sigma * numpy.random.default_rng(seed).normal(size=int(days * DAY))


def daily(days: float, *, level: float = 50.0, swing: float = 30.0, sigma: float = 1.0, seed: int = 1) -> Numbers:
    """Return values that swing once a day."""
    waves = numpy.sin(2 * numpy.pi * numpy.arange(int(days * DAY)) / DAY)
    return noise(days, level=level, sigma=sigma, seed=seed) + swing * waves


def working_hours(days: int, *, sigma: float = 1.0, seed: int = 1) -> Numbers:
    """Return values that stand at 80 from 9 to 18 o'clock and at 20 else."""
    of_day = numpy.where((numpy.arange(DAY) >= 108) & (numpy.arange(DAY) < 216), 80.0, 20.0)
    values: Numbers = noise(days, level=0.0, sigma=sigma, seed=seed) + numpy.tile(of_day, days)
    return values
