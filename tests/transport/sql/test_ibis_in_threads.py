import gc
import sys
import threading
from collections.abc import Iterator

import ibis
import pytest
from ibis.common.bases import Comparable

from console.transport.sql.ibis_in_threads import guard_equality


@pytest.fixture
def many_switches() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("many_switches")
def test_expressions_of_several_threads_are_equal_or_not_and_forgotten() -> None:
    guard_equality()
    gc.collect()
    before = len(Comparable.__cache__)
    shared = ibis.table({"number": "float64"}, name="log")
    wrong: list[int] = []

    def compare(number: int) -> None:
        for limit in range(60):
            one, same, other = (shared.filter(shared.number > value) for value in (limit, limit, limit + 1))
            if not one.equals(same) or one.equals(other):
                wrong.append(number)

    threads = [threading.Thread(target=compare, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    gc.collect()
    assert len(Comparable.__cache__) <= before + 2  # the table that all of them share is there still
