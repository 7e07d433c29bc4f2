"""Bins and shares in words that a tired person reads: `18–25`, `4 % → 19 %`."""

from itertools import pairwise

from console.domain.bins import Bins, ColumnKind
from console.domain.drift import BinShare
from console.domain.label import harmless
from console.domain.quantity import format_ratio

LONGEST_CATEGORY = 40
"""Characters of a category that are shown."""


def bin_labels(bins: Bins) -> tuple[str, ...]:
    """Return what each code stands for, in the order of the codes."""
    if bins.kind is ColumnKind.CATEGORY:
        return ("null", *(_category(value) for value in bins.categories), "other", "new")
    low, *edges, high = short_numbers((bins.low, *bins.edges, bins.high))
    ends = (low, *edges, high)
    ranges = (_range(left, right) for left, right in pairwise(ends))
    return ("null", f"below {low}", *ranges, f"above {high}")


def _category(value: str) -> str:
    return harmless(value, LONGEST_CATEGORY) if value.strip() else f'"{harmless(value, LONGEST_CATEGORY)}"'


def _range(left: str, right: str) -> str:
    if left == right:
        return left
    return f"{left} to {right}" if "-" in left + right else f"{left}–{right}"


def short_numbers(numbers: tuple[float, ...]) -> tuple[str, ...]:
    """Return numbers with the fewest digits, three at least, that tell those apart that differ.

    Beside the steps between them what is nearly 0 is 0: `0–0.25`, not `7.4e-06–0.25`.
    """
    distinct = len(set(numbers))
    ascending = sorted(set(numbers))
    nothing = min((right - left for left, right in pairwise(ascending)), default=0.0) / 100
    for digits in range(3, 17):
        texts = tuple(_number(0.0 if abs(number) < nothing else number, digits) for number in numbers)
        if len(set(texts)) == distinct:
            return texts
    return tuple(repr(number) for number in numbers)


def _number(number: float, digits: int) -> str:
    text = f"{number:.{digits}g}"
    if "e" not in text:
        return f"{float(text):,.{len(text.partition('.')[2])}f}"
    return f"{float(text):,.0f}" if 1 <= abs(number) < 1e15 else text


def moved_in_words(share: BinShare) -> str:
    """Return how a bin moved: `18–25: 4 % → 19 %`."""
    before, after = share_in_words(share.reference), share_in_words(share.current)
    return f"{share.label}: {before} → {after}"


def psi_in_words(psi: float) -> str:
    """Return a PSI with as many digits as anybody compares: `0.31`, `0.014`, `2.4`."""
    if psi >= 1:
        return f"{psi:.1f}"
    return f"{psi:.2f}" if psi >= 0.0995 else f"{psi:.3f}"


def column_list(names: list[str], most: int = 3) -> str:
    """Return columns in words: `age`, `income` and 2 more."""
    shown = ", ".join(f"`{harmless(name)}`" for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def share_in_words(ratio: float) -> str:
    """Return a share of the rows: `19 %`, `4 %`, `0.3 %`, `< 0.1 %`; only none and all read `0 %` and `100 %`."""
    if 0 < ratio < 0.0005:
        return "< 0.1 %"
    if 0.9995 <= ratio < 1:
        return "> 99.9 %"
    if 0 < ratio < 0.01 or 0.99 < ratio < 1:
        return f"{ratio * 100:.1f} %"
    return format_ratio(ratio).replace(".0 ", " ")
