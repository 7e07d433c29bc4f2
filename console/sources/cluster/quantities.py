"""Quantities as Kubernetes writes them: `500m`, `2Gi`, `1e3`."""

import math
import re

_QUANTITY = re.compile(r"([+-]?\d+(?:\.\d*)?|[+-]?\.\d+)(?:([eE][+-]?\d{1,3})|(n|u|m|k|M|G|T|P|E|[KMGTPE]i))?")
_SIZES = {
    "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
    "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50, "Ei": 2.0**60,
}  # fmt: skip


def parse_quantity(written: str | int | float) -> float | None:
    """Return a quantity as a number of its base unit (cores, bytes, pieces), None where it is none."""
    if isinstance(written, int | float):
        return float(written) if math.isfinite(written) else None
    found = _QUANTITY.fullmatch(written.strip())
    if found is None:
        return None
    number, exponent, suffix = found.groups()
    value = float(number + (exponent or "")) * _SIZES.get(suffix or "", 1.0)
    return value if math.isfinite(value) else None
