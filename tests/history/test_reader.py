"""What a reader keeps when queries fail, and which grid a buffer belongs to."""

from pathlib import Path
from typing import cast

import pytest

from console.domain.series import Grid, Series
from console.history.buffer import Rows
from console.history.cache import DiskCache, Kept
from console.history.reader import GridReader, Reading
from console.history.tally import Tally
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.errors import QueryTimedOut
from console.transport.http import BadRequest, Unreachable
from tests.history.canned import CannedClient

STEP = 15.0


def hour(refresh: int) -> Grid:
    return Grid.until(1e9 + STEP * refresh, 3600.0, STEP)


def day(at: float) -> Grid:
    return Grid.until(at, 86_400.0, 300.0)


@pytest.fixture
def client() -> CannedClient:
    return CannedClient()


@pytest.fixture
def reader(client: CannedClient) -> GridReader:
    return GridReader(cast(PrometheusClient, client))


def fail(client: CannedClient, *, broken: bool = True) -> None:
    client.fails = lambda expression, step: BadRequest("too many samples") if broken else None


def numbers(reading: Reading) -> int:
    (series,) = reading.rows.series
    return held(series)


def held(series: Series) -> int:
    return sum(value == value for value in series.values)


async def test_a_first_read_that_failed_is_made_up_for(client: CannedClient, reader: GridReader) -> None:
    fail(client)
    assert await reader.read("e", hour(0), Tally()) == Reading(Rows(), "too many samples")
    fail(client, broken=False)
    assert numbers(await reader.read("e", hour(1), Tally())) == hour(1).count


async def test_refreshes_that_failed_leave_no_hole(client: CannedClient, reader: GridReader) -> None:
    await reader.read("e", hour(0), Tally())
    fail(client)
    for refresh in range(1, 20):
        await reader.read("e", hour(refresh), Tally())
    reading = await reader.read("e", hour(20), Tally())
    assert reading.error == "too many samples"
    assert numbers(reading) == hour(0).count - 20
    assert reading.rows.series[0].grid == hour(20)
    fail(client, broken=False)
    assert numbers(await reader.read("e", hour(21), Tally())) == hour(0).count


async def test_a_settled_grid_that_failed_is_asked_for_again(client: CannedClient, reader: GridReader) -> None:
    fail(client)
    assert (await reader.read("e", day(1e9), Tally(), settled=True)).error is not None
    assert (await reader.read("e", day(1e9), Tally(), settled=True)).error is not None
    assert len(client.asked) == 2
    fail(client, broken=False)
    for _ in range(2):
        assert numbers(await reader.read("e", day(1e9), Tally(), settled=True)) == day(1e9).count
    assert len(client.asked) == 3


async def test_the_hour_and_the_day_of_one_step_are_kept_apart(client: CannedClient, reader: GridReader) -> None:
    for at in (1e9, 1e9 + 300.0):
        fine = Grid.until(at, 3600.0, 300.0)
        assert numbers(await reader.read("e", fine, Tally())) == fine.count
        assert numbers(await reader.read("e", day(at), Tally())) == day(at).count
    assert [count for _, count in client.asked] == [13, 289, 5, 5]


async def test_another_replica_is_asked_for_everything(client: CannedClient, reader: GridReader) -> None:
    await reader.read("e", hour(0), Tally())
    client.generation = 1
    await reader.read("e", hour(1), Tally())
    assert [count for _, count in client.asked] == [241, 5, 241]


async def test_what_a_server_gives_up_is_asked_for_in_halves_once(client: CannedClient, reader: GridReader) -> None:
    tally = Tally()
    client.fails = lambda expression, step: QueryTimedOut("gave up") if client.asked[-1][1] > 200 else None
    assert numbers(await reader.read("e", hour(0), tally)) == hour(0).count
    assert [count for _, count in client.asked] == [241, 120, 121]
    assert list(tally.too_heavy) == ["read in smaller parts: gave up"]
    client.asked.clear()
    client.fails = lambda expression, step: QueryTimedOut("gave up")
    assert (await reader.read("f", hour(0), tally)).error == "gave up"
    assert [count for _, count in client.asked] == [241, 120]


async def test_what_concerns_the_server_is_raised(client: CannedClient, reader: GridReader) -> None:
    client.fails = lambda expression, step: Unreachable("gone")
    with pytest.raises(Unreachable):
        await reader.read("e", hour(0), Tally())


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(DiskCache(tmp_path, lambda told: pytest.fail(told), lambda: 1e9), "me")


async def read_and_keep(client: CannedClient, kept: Kept, refresh: int) -> Reading:
    reader = GridReader(cast(PrometheusClient, client), kept)
    reading = await reader.read("e", hour(refresh), Tally())
    reader.keep()
    return reading


async def test_the_next_run_asks_for_the_tail_alone(client: CannedClient, kept: Kept) -> None:
    await read_and_keep(client, kept, 0)
    assert numbers(await read_and_keep(client, kept, 2)) == hour(2).count
    assert [count for _, count in client.asked] == [241, 10]


async def test_another_server_at_the_same_address_is_not_spliced(client: CannedClient, kept: Kept) -> None:
    await read_and_keep(client, kept, 0)
    client.value = lambda metric, at: 2.0
    reading = await read_and_keep(client, kept, 2)
    assert set(reading.rows.series[0].values) == {2.0}
    assert [count for _, count in client.asked] == [241, 10, 241]
    await read_and_keep(client, kept, 4)
    assert [count for _, count in client.asked][3:] == [10]


async def test_a_replica_that_stands_in_is_not_joined_to_the_disk(client: CannedClient, kept: Kept) -> None:
    await read_and_keep(client, kept, 0)
    client.generation_of_answers = 1
    await read_and_keep(client, kept, 2)
    assert [count for _, count in client.asked] == [241, 10, 241]


async def test_a_past_instant_does_not_replace_what_is_newer(client: CannedClient, kept: Kept) -> None:
    await read_and_keep(client, kept, 0)
    await read_and_keep(client, kept, -1000)
    await read_and_keep(client, kept, 2)
    assert [count for _, count in client.asked] == [241, 241, 10]
