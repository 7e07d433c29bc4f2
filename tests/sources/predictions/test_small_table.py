"""Small tables in questions, on every engine."""

from collections.abc import AsyncIterator

import pyarrow
import pytest

from console.sources.predictions.small_table import small_table
from console.transport.sql import SqlStore
from tests.services.engines import Engine

TEXTS = (
    *("plain", "it's", 'the "odd"', "a\x1fb", "\x1e\x1d", "two\nlines", "tab\t", "back\\slash", "\\", "\\n", "", " "),
    *("ü", "🙂", "\ue000", "100 %s {x} $1 :a", "'; DROP TABLE x; --", "NULL", "1,2;3"),
)
WHOLE = (0, -1, 2**62, -(2**62), *range(len(TEXTS) - 4))
FLOATS = (0.1, -0.0, 1e300, 5e-324, 2.0**-900, 1e16, *(1 / (3 + place) for place in range(len(TEXTS) - 6)))


@pytest.fixture
async def store(engine: Engine) -> AsyncIterator[SqlStore]:
    opened = engine.open(engine.keep(pyarrow.table({"a": [1]})))
    yield opened
    await opened.aclose()


async def test_what_is_given_comes_back_as_it_was(store: SqlStore) -> None:
    given = {"name": TEXTS, "whole": WHOLE, "number": FLOATS}
    answer = await store.read(small_table("some", given, store.engine))
    found = sorted(zip(*(answer[name].to_pylist() for name in given), strict=True))
    assert found == sorted(zip(*given.values(), strict=True))
    assert [str(kind) for kind in answer.schema.types] == ["string", "int64", "double"]


async def test_several_are_joined_in_one_question(store: SqlStore) -> None:
    one = small_table("one", {"name": ["a", "b", "it's"], "first": [1, 2, 3]}, store.engine)
    other = small_table("other", {"of": ["it's", "a"], "second": [0.5, 0.25]}, store.engine)
    joined = one.left_join(other, one["name"] == other["of"]).select("name", "first", "second").order_by("first")
    answer = await store.read(joined)
    assert answer.to_pydict() == {"name": ["a", "b", "it's"], "first": [1, 2, 3], "second": [0.25, None, 0.5]}
