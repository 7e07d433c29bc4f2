import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from console.detect.slices.decomposition import SliceSums, decomposed
from console.detect.slices.ranking import Shown, ranked_slices


def sums(rows: list[list[float]], rights: list[list[float]], values: str = "ab", column: str = "region") -> SliceSums:
    total = np.array(rights, dtype=np.float64)
    return SliceSums(column, tuple(values), np.array(rows, dtype=np.float64), total, total)


def test_a_share_that_moves_to_a_worse_slice_is_mix() -> None:
    parts = decomposed(sums([[800, 200], [200, 800]], [[720, 100], [180, 400]]))
    assert parts is not None
    assert parts.change == pytest.approx(0.58 - 0.82)
    assert parts.within == pytest.approx([0, 0])
    assert parts.mix.sum() == pytest.approx(parts.change)
    assert parts.mix == pytest.approx([-0.12, -0.12])


def test_a_slice_that_gets_worse_carries_all_of_it_within() -> None:
    parts = decomposed(sums([[500, 500], [500, 500]], [[450, 450], [450, 250]]))
    assert parts is not None
    assert parts.within == pytest.approx([0, -0.2])
    assert parts.mix == pytest.approx([0, 0])
    (told,) = ranked_slices([sums([[500, 500], [500, 500]], [[450, 450], [450, 250]])], Shown("accuracy", "1"))
    assert told.value == "b"
    assert told.explained == pytest.approx(1.0)
    assert told.detail == (
        "region=b: 50 % → 50 % of rows, accuracy 0.90 → 0.50; carries 100 % of the change, all of it within"
    )


def test_rates_of_kitagawas_kind_add_up() -> None:
    """Ten thousand by age: the difference of two rates is the sum of a rate and a composition component."""
    parts = decomposed(sums([[600, 300, 100], [400, 400, 200]], [[6, 6, 10], [6, 12, 24]], "yao"))
    assert parts is not None
    assert parts.within.sum() == pytest.approx(0.5 * 0.005 + 0.35 * 0.01 + 0.15 * 0.02)
    assert (parts.within + parts.mix).sum() == pytest.approx(42 / 1000 - 22 / 1000)


@given(
    arrays(np.int64, (2, 4), elements=st.integers(0, 5000)),
    arrays(np.float64, (2, 4), elements=st.floats(0, 1)),
)
def test_the_parts_add_up_to_the_change(rows: np.ndarray, means: np.ndarray) -> None:
    total = rows * means
    parts = decomposed(SliceSums("x", ("a", "b", "c", "d"), rows.astype(float), total, total))
    if parts is None:
        assert not rows.sum(axis=1).all()
        return
    assert (parts.within + parts.mix).sum() == pytest.approx(parts.change, abs=1e-9)


def test_slices_that_nothing_happened_to_are_seldom_told() -> None:
    generator = np.random.default_rng(11)
    told = 0
    for _ in range(200):
        rows = np.stack([generator.multinomial(4000, np.full(20, 0.05)) for _ in range(2)]).astype(float)
        right = generator.binomial(rows.astype(int), 0.9).astype(float)
        told += bool(ranked_slices([SliceSums("x", tuple(map(str, range(20))), rows, right, right)]))
    assert told <= 8


def test_a_fall_that_is_alike_everywhere_is_no_slices() -> None:
    rows = [[4000.0, 1000.0, 3000.0], [4000.0, 1000.0, 3000.0]]
    assert ranked_slices([sums(rows, [[3600, 900, 2700], [3000, 750, 2250]], "abc")]) == ()
