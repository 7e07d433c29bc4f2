"""Quantities of the Kubernetes API: `500m`, `2`, `4Gi`.

https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

import re
from fractions import Fraction

_QUANTITY = re.compile(r"(?P<number>[+-]?(?:\d+\.?\d*|\.\d+))(?P<suffix>[EPTGMK]i|[EPTGMkmun]|[eE][+-]?\d+)?")
_BINARY = {suffix: Fraction(1024**power) for power, suffix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), start=1)}
_DECIMAL = {
    suffix: Fraction(10) ** power
    for suffix, power in (
        ("n", -9),
        ("u", -6),
        ("m", -3),
        ("k", 3),
        ("M", 6),
        ("G", 9),
        ("T", 12),
        ("P", 15),
        ("E", 18),
    )
}


def parse_quantity(written: str | int | float) -> Fraction:
    """Return a quantity exactly, in units (cores, bytes, pods).

    Raises:
        ValueError: it is not written as one.
    """
    found = _QUANTITY.fullmatch(str(written))
    if found is None:
        raise ValueError(f"{written!r} is no quantity; expected a number with a suffix such as m, k, Mi or Gi")
    number, suffix = Fraction(found["number"]), found["suffix"] or ""
    if suffix[:1] in {"e", "E"} and suffix[1:]:
        return number * Fraction(10) ** int(suffix[1:]) if suffix != "Ei" else number * _BINARY["Ei"]
    return number * (_BINARY | _DECIMAL).get(suffix, Fraction(1))


def format_quantity(value: Fraction) -> str:
    """Return a quantity in the largest unit that loses nothing: binary above a mebibyte, thousandths below one."""
    if value.denominator != 1:
        thousandths = value * 1000
        return f"{-(-thousandths.numerator // thousandths.denominator)}m"
    for suffix, factor in sorted(_BINARY.items(), key=lambda each: each[1], reverse=True):
        if factor >= 1024**2 and value and value % factor == 0:
            return f"{value // factor}{suffix}"
    return str(value.numerator)
