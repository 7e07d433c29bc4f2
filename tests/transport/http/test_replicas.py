"""Turns, deadlines that begin with them, and replicas that share them."""

import asyncio

import pytest

from console.transport.http import Endpoint, HttpDoor, NoTurn, Replicas, Reply, TimedOut, Unreachable
from console.transport.http.replicas import STICK_SECONDS


class Door(HttpDoor):
    """A door that answers after some seconds, or when told so, or fails."""

    def __init__(self, name: str, error: Exception | None = None) -> None:
        super().__init__(Endpoint.parse(f"http://{name}"))
        self.error = error
        self.deadlines: list[float] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.probes = 0

    async def answers(self) -> bool:
        self.probes += 1
        await self.may_answer.wait()
        return self.error is None

    async def send(self, deadline_seconds: float) -> Reply:
        self.deadlines.append(deadline_seconds)
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        return Reply(self.endpoint, 200, {}, b"", 0.0)


async def send(door: HttpDoor, deadline_seconds: float) -> Reply:
    assert isinstance(door, Door)
    return await door.send(deadline_seconds)


async def test_a_request_that_waited_for_its_turn_has_its_whole_deadline() -> None:
    door = Door("a")
    replicas = Replicas([door], at_once=1)
    door.may_answer.clear()
    asked = [asyncio.create_task(replicas.ask(send, 5.0)) for _ in range(3)]
    await asyncio.sleep(0)
    assert door.deadlines == [5.0]
    door.may_answer.set()
    await asyncio.gather(*asked)
    assert door.deadlines == [5.0, 5.0, 5.0]


async def test_a_request_whose_turn_does_not_come_is_no_fault_of_a_server() -> None:
    door, other = Door("a"), Door("b")
    replicas = Replicas([door, other], at_once=1)
    door.may_answer.clear()
    clock = asyncio.get_running_loop().time
    waiting = asyncio.create_task(replicas.ask(send, 5.0))
    await asyncio.sleep(0)
    with pytest.raises(NoTurn, match="before it was this request's turn"):
        await replicas.ask(send, 5.0, clock() + 0.01)
    with pytest.raises(NoTurn):
        await replicas.ask(send, 5.0, clock() - 1.0)
    door.may_answer.set()
    await waiting
    assert (replicas.generation, other.deadlines) == (0, [])
    await replicas.ask(send, 5.0)
    with pytest.raises(NoTurn):
        await replicas.ask(send, 5.0, clock() - 1.0)


async def test_other_replicas_share_one_deadline_however_many_they_are() -> None:
    doors = [Door(name, Unreachable("gone")) for name in "abc"]
    with pytest.raises(Unreachable, match="gone; gone; gone"):
        await Replicas(doors).ask(send, 6.0)
    deadlines = [door.deadlines[0] for door in doors]
    assert deadlines[0] == 6.0
    assert all(0.0 < deadline <= 6.0 for deadline in deadlines)


async def test_a_deadline_does_not_reach_beyond_the_end_of_all() -> None:
    door = Door("a", TimedOut("slow"))
    with pytest.raises(TimedOut):
        await Replicas([door]).ask(send, 600.0, asyncio.get_running_loop().time() + 60.0)
    assert 0.0 < door.deadlines[0] <= 60.0


async def test_a_request_that_waited_asks_the_replica_in_use_now() -> None:
    hung, good = Door("a", TimedOut("slow")), Door("b")
    replicas = Replicas([hung, good], at_once=1)
    answers = await asyncio.gather(*(replicas.ask(send, 5.0) for _ in range(3)))
    assert (len(hung.deadlines), len(good.deadlines)) == (1, 3)
    assert {generation for _, generation in answers} == {1}


async def test_answers_of_different_replicas_are_never_of_one_generation() -> None:
    first, second, third = Door("a", Unreachable("gone")), Door("b"), Door("c")
    replicas = Replicas([first, second, third])
    second.may_answer.clear()
    second.error = Unreachable("gone")
    late = asyncio.create_task(replicas.ask(send, 5.0))
    await asyncio.sleep(0)
    second.error, held = None, second.may_answer
    second.may_answer = asyncio.Event()
    second.may_answer.set()
    reply, generation = await replicas.ask(send, 5.0)
    assert (reply.endpoint.name, generation) == ("b", 1)
    second.error = Unreachable("gone")
    held.set()
    reply, generation = await late
    assert (reply.endpoint.name, generation) == ("c", 2)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


async def switched() -> tuple[Replicas, Door, Door, Clock]:
    """Return replicas of which the second is in use, because the first failed once."""
    first, second, clock = Door("a", Unreachable("gone")), Door("b"), Clock()
    replicas = Replicas([first, second], clock=clock)
    await replicas.ask(send, 5.0)
    assert (replicas.stand_in, replicas.generation) == ("b", 1)
    first.error = None
    return replicas, first, second, clock


async def test_the_first_replica_is_preferred_again_after_five_minutes() -> None:
    replicas, first, _, clock = await switched()
    clock.now += STICK_SECONDS - 1
    assert (await replicas.ask(send, 5.0))[1] == 1
    assert (replicas.stand_in, first.probes) == ("b", 0)
    clock.now += 1
    reply, generation = await replicas.ask(send, 5.0)
    assert (reply.endpoint.name, generation) == ("a", 2)
    assert (replicas.stand_in, first.probes) == (None, 1)


async def test_a_first_replica_that_is_still_gone_is_probed_every_five_minutes() -> None:
    replicas, first, second, clock = await switched()
    first.error = Unreachable("gone")
    for _ in range(2):
        clock.now += STICK_SECONDS
        for _ in range(10):
            assert (await replicas.ask(send, 5.0))[1] == 1
    assert (first.probes, len(first.deadlines), len(second.deadlines)) == (2, 1, 21)


async def test_requests_beside_the_probe_of_the_first_replica_do_not_wait_for_it() -> None:
    replicas, first, _, clock = await switched()
    clock.now += STICK_SECONDS
    first.may_answer.clear()
    probing = asyncio.create_task(replicas.ask(send, 5.0))
    await asyncio.sleep(0)
    reply, generation = await replicas.ask(send, 5.0)
    assert (reply.endpoint.name, generation) == ("b", 1)
    first.may_answer.set()
    reply, generation = await probing
    assert (reply.endpoint.name, generation) == ("a", 2)


async def test_a_stand_in_that_fails_gives_way_at_once() -> None:
    replicas, _, second, _ = await switched()
    second.error = Unreachable("gone")
    reply, generation = await replicas.ask(send, 5.0)
    assert (reply.endpoint.name, generation, replicas.stand_in) == ("a", 2, None)
