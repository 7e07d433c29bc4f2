import asyncio
import gc
import weakref
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from console.transport.kubernetes import Forbidden, KubernetesError, NotFound, PatchType
from console.transport.kubernetes.answering_transport import AnsweringTransport
from console.transport.kubernetes.answers import Answer
from console.transport.kubernetes.remembering_transport import REMEMBERED_SECONDS, RememberingTransport
from console.transport.kubernetes.requests import ApiRequest

PODS, NODES = "/api/v1/pods", "/api/v1/nodes"
SCALE: dict[str, object] = {"spec": {"replicas": 6}}
START = 1000.0


class Counting(AnsweringTransport):
    """A cluster whose answers are numbered; `refusal` is the status of what is refused, if anything is."""

    def __init__(self) -> None:
        self.context = "prod"
        self.lines: list[str] = []
        self.refusal: int | None = None
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def close(self) -> None:
        self.lines.append("closed")

    async def _answer(self, request: ApiRequest) -> Answer:
        self.lines.append(request.line)
        number = len(self.lines)
        await self.may_answer.wait()
        return Answer(
            self.refusal or 200, {}, msgspec.json.encode({"number": number, "list": [1.5, None], "status": {}})
        )


class Memory:
    """A transport that remembers, what is behind it, and a time that a test moves."""

    def __init__(self) -> None:
        self.now = START
        self.cluster = Counting()
        self.transport = RememberingTransport(self.cluster, lambda: self.now)

    async def read(self, path: str = PODS, **query: str) -> int:
        return int((await self.transport.get(path, query=query))["number"])

    async def read_ahead(self, *paths: str) -> None:
        with self.transport.reading_ahead():
            for path in paths or (PODS,):
                await self.transport.get(path)

    async def recollect(self, path: str = PODS) -> tuple[int, float | None]:
        with self.transport.recollecting() as recollection:
            return await self.read(path), recollection.since


@pytest.fixture
async def memory() -> Memory:
    return Memory()


async def test_what_was_read_ahead_is_told_with_its_instant_to_who_recollects(memory: Memory) -> None:
    await memory.read_ahead()
    memory.now += 3
    assert await memory.recollect() == (1, START)
    assert memory.cluster.lines == [f"GET {PODS}"]


async def test_the_oldest_of_several_counts(memory: Memory) -> None:
    await memory.read_ahead(NODES)
    memory.now += 3
    await memory.read_ahead(PODS)
    with memory.transport.recollecting() as recollection:
        await memory.read(PODS)
        await memory.read(NODES)
    assert recollection.since == START


async def test_nobody_else_is_told_and_nothing_else_is_remembered(memory: Memory) -> None:
    await memory.read_ahead()
    assert await memory.read() == 2
    assert await memory.recollect() == (1, START)
    assert await memory.recollect(NODES) == (3, None)
    assert await memory.recollect(NODES) == (4, None)


async def test_another_query_is_another_question(memory: Memory) -> None:
    with memory.transport.reading_ahead():
        await memory.read(labelSelector="app=a")
    with memory.transport.recollecting():
        assert await memory.read(labelSelector="app=b") == 2
        assert await memory.read(labelSelector="app=a") == 1


@pytest.mark.parametrize(("seconds", "number"), [(REMEMBERED_SECONDS, 1), (REMEMBERED_SECONDS + 0.1, 2), (-1.0, 2)])
async def test_it_is_remembered_for_half_a_refresh(memory: Memory, seconds: float, number: int) -> None:
    await memory.read_ahead()
    memory.now += seconds
    assert (await memory.recollect())[0] == number


async def test_who_reads_ahead_again_reads_anew_and_each_thing_once(memory: Memory) -> None:
    await memory.read_ahead(PODS, PODS)
    assert len(memory.cluster.lines) == 1
    await memory.read_ahead(PODS)
    assert await memory.recollect() == (2, START)


async def test_who_was_told_may_change_what_they_got(memory: Memory) -> None:
    await memory.read_ahead()
    with memory.transport.recollecting():
        document = await memory.transport.get(PODS)
        document["list"].clear()
        assert (await memory.transport.get(PODS))["list"] == [1.5, None]


async def test_a_task_that_goes_on_after_who_began_it_is_told_nothing_and_remembers_nothing(memory: Memory) -> None:
    may_read = asyncio.Event()

    async def read_later() -> int:
        await may_read.wait()
        return await memory.read()

    with memory.transport.reading_ahead():
        read_ahead = asyncio.create_task(read_later())
        await memory.read()
    with memory.transport.recollecting():
        recollected = asyncio.create_task(read_later())
        await asyncio.sleep(0)
    may_read.set()
    assert sorted([await read_ahead, await recollected]) == [2, 3]
    assert await memory.recollect() == (1, START)


@pytest.mark.parametrize("seconds", [REMEMBERED_SECONDS + 1, -1.0])
async def test_what_nobody_can_be_told_any_more_is_let_go_with_the_next_reading(memory: Memory, seconds: float) -> None:
    memory.cluster.refusal = 404
    with pytest.raises(NotFound) as refused:
        await memory.read_ahead()
    held = weakref.ref(refused.value)
    del refused
    gc.collect()
    assert held() is not None
    memory.cluster.refusal = None
    memory.now += seconds
    await memory.read(NODES)
    gc.collect()
    assert held() is None


@pytest.mark.parametrize(("status", "error"), [(403, Forbidden), (404, NotFound)])
async def test_what_is_not_there_or_not_to_be_read_is_remembered(
    memory: Memory, status: int, error: type[KubernetesError]
) -> None:
    memory.cluster.refusal = status
    with pytest.raises(error):
        await memory.read_ahead()
    memory.cluster.refusal = None
    for _ in range(2):
        with memory.transport.recollecting() as recollection, pytest.raises(error) as refused:
            await memory.read()
        assert recollection.since == START
        assert refused.value.status == status
    memory.now += REMEMBERED_SECONDS + 1
    assert (await memory.recollect())[0] == 2


@pytest.mark.parametrize("status", [401, 429, 500, 504])
async def test_a_failure_is_not_remembered(memory: Memory, status: int) -> None:
    memory.cluster.refusal = status
    with pytest.raises(KubernetesError):
        await memory.read_ahead()
    memory.cluster.refusal = None
    assert await memory.recollect() == (2, None)


CHANGES: list[Callable[[RememberingTransport], Awaitable[object]]] = [
    lambda cluster: cluster.patch(PODS, SCALE, content_type=PatchType.MERGE, dry_run=False),
    lambda cluster: cluster.create(PODS, {}),
    lambda cluster: cluster.replace(PODS, {"metadata": {"resourceVersion": "1"}}),
    lambda cluster: cluster.delete(PODS, uid="u1"),
]
TRIALS: list[Callable[[RememberingTransport], Awaitable[object]]] = [
    lambda cluster: cluster.patch(PODS, SCALE, content_type=PatchType.MERGE, dry_run=True),
    lambda cluster: cluster.create(PODS, {}, dry_run=True),
    lambda cluster: cluster.replace(PODS, {"metadata": {"resourceVersion": "1"}}, dry_run=True),
    lambda cluster: cluster.delete(PODS, uid="u1", dry_run=True),
]


@pytest.mark.parametrize("change", CHANGES)
async def test_whatever_may_change_the_cluster_makes_it_forget(
    memory: Memory, change: Callable[[RememberingTransport], Awaitable[object]]
) -> None:
    await memory.read_ahead()
    await change(memory.transport)
    assert await memory.recollect() == (3, None)


@pytest.mark.parametrize("change", CHANGES)
async def test_a_change_without_an_answer_makes_it_forget(
    memory: Memory, change: Callable[[RememberingTransport], Awaitable[object]]
) -> None:
    await memory.read_ahead()
    memory.cluster.may_answer.clear()
    changing = asyncio.ensure_future(change(memory.transport))
    await asyncio.sleep(0)
    memory.cluster.may_answer.set()
    assert (await memory.recollect())[1] is None
    await changing


@pytest.mark.parametrize("trial", TRIALS)
async def test_a_dry_run_is_noted_and_changes_nothing(
    memory: Memory, trial: Callable[[RememberingTransport], Awaitable[object]]
) -> None:
    await memory.read_ahead()
    with memory.transport.recollecting() as recollection:
        before = recollection.was_tried
        await trial(memory.transport)
    assert (before, recollection.was_tried) == (False, True)
    assert (await memory.recollect())[0] == 1


async def test_what_was_asked_before_a_change_and_answered_after_it_is_not_remembered(memory: Memory) -> None:
    memory.cluster.may_answer.clear()
    reading = asyncio.create_task(memory.read_ahead())
    await asyncio.sleep(0)
    memory.transport.forget()
    memory.cluster.may_answer.set()
    await reading
    assert (await memory.recollect())[1] is None


async def test_it_is_the_cluster_to_everybody_else(memory: Memory) -> None:
    assert memory.transport.context == "prod"
    assert "number" in await memory.transport.get_text(PODS)
    assert not await memory.transport.can_i("patch", "apps", "deployments")
    await memory.transport.close()
    assert memory.cluster.lines[-1] == "closed"
