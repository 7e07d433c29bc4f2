import asyncio

import pytest

from console.transport.http import Unreachable, together


async def give(value: int) -> int:
    await asyncio.sleep(0)
    return value


async def test_results_come_in_the_order_of_what_was_asked() -> None:
    assert await together(*(give(value) for value in (3, 1, 2))) == [3, 1, 2]


async def test_a_failure_is_raised_alone_and_nothing_works_on() -> None:
    ended = []

    async def hang() -> int:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)
        return 0

    async def hang_together() -> int:
        return sum(await together(hang(), hang()))

    async def fail() -> int:
        await asyncio.sleep(0)
        raise Unreachable("gone")

    with pytest.raises(Unreachable, match="gone"):
        await together(hang(), fail(), hang_together())
    assert ended == [True, True, True]
