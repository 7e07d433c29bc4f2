import ibis
import numpy as np
import pyarrow
from hypothesis import given, settings
from hypothesis import strategies as st

from console.sources.predictions.score_bins import BIN_COUNT, bin_edges, bin_expression

CONNECTION = ibis.duckdb.connect()


def codes(scores: list[float]) -> list[int]:
    table = ibis.memtable(pyarrow.table({"score": pyarrow.array(scores, pyarrow.float64())}))
    coded = CONNECTION.to_pyarrow(table.select(code=bin_expression(table.score)))
    return [int(code) for code in coded["code"].to_pylist()]


def test_edges_part_zero_to_one_into_all_bins() -> None:
    edges = bin_edges()
    assert len(edges) == BIN_COUNT + 1
    assert edges[0] == 0
    assert edges[-1] == 1
    assert np.all(np.diff(edges) > 0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.floats(0, 1), st.floats(0, 0.01), st.floats(0.99, 1)), min_size=1, max_size=60))
def test_a_code_rises_with_the_score_and_names_the_bin_that_holds_it(scores: list[float]) -> None:
    scores = sorted(scores)
    found = codes(scores)
    assert found == sorted(found)
    edges = bin_edges()
    for score, code in zip(scores, found, strict=True):
        assert edges[code] - 1e-12 <= score <= edges[code + 1] + 1e-12


def test_the_ends_are_in_the_first_and_last_bin() -> None:
    assert codes([0.0, 1e-300, 0.5, 1.0]) == [0, 0, 20 + 19 + 76 + 30, BIN_COUNT - 1]
