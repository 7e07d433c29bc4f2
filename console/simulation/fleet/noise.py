"""Noise that is a pure function of (seed, stream, time): the past and the present agree without keeping any state."""

import hashlib

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST_MULTIPLIER = np.uint64(0xBF58476D1CE4E5B9)
_SECOND_MULTIPLIER = np.uint64(0x94D049BB133111EB)

OCTAVES = ((11.0, 0.35), (53.0, 0.3), (310.0, 0.2), (2900.0, 0.15))
"""(period in seconds, weight) of what real traffic is made of: jitter, bursts, campaigns, weather. Weights sum to 1."""


def noise(seed: int, stream: str, times: Floats) -> Floats:
    """Return smooth values between -1 and 1 at the given instants (seconds); equal arguments give equal values."""
    total = np.zeros_like(times)
    for period, weight in OCTAVES:
        total += weight * _value_noise(_key(seed, f"{stream}/{period}"), times / period)
    return total


def ratio(seed: int, stream: str) -> float:
    """Return one value between 0 and 1 for a seed and the name of what it is drawn for."""
    return float(_uniform(_key(seed, stream), np.zeros(1, dtype=np.int64))[0])


def _key(seed: int, stream: str) -> np.uint64:
    digest = hashlib.blake2b(f"{seed}/{stream}".encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "big"))


def _value_noise(key: np.uint64, positions: Floats) -> Floats:
    """Interpolate smoothly between random values at the whole numbers."""
    cell = np.floor(positions)
    part = positions - cell
    weight = part * part * (3.0 - 2.0 * part)
    index = cell.astype(np.int64)
    return 2.0 * ((1.0 - weight) * _uniform(key, index) + weight * _uniform(key, index + 1)) - 1.0


def _uniform(key: np.uint64, indices: NDArray[np.int64]) -> Floats:
    """Hash whole numbers to [0, 1) with splitmix64 (Steele, Lea, Flood 2014)."""
    mixed = indices.astype(np.uint64) * _GOLDEN + key
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST_MULTIPLIER
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND_MULTIPLIER
    mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) / float(1 << 53)
