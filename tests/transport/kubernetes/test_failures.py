"""What the transport says when an answer is lost, late or none of the API: was it done, not done or unknown?"""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from console.simulation.cluster import CONTEXT, Fault, ServedCluster, SimulatedCluster
from console.simulation.cluster.api import Api
from console.simulation.cluster.messages import Answer, Request
from console.transport.kubernetes import (
    Forbidden,
    InvalidAnswer,
    Kr8sTransport,
    NoAnswer,
    NotFound,
    OutcomeUnknown,
    ServerError,
    Throttled,
    object_path,
)
from tests.transport.kubernetes.exchanges import DEPLOYMENT, patches, replicas, scale


@pytest.mark.parametrize(
    ("fault", "applied"),
    [
        (Fault(method="PATCH", cut="before"), False),
        (Fault(method="PATCH", cut="after"), True),
        (Fault(method="PATCH", cut="middle"), True),
        (Fault(method="PATCH", delay_seconds=30), True),
        (Fault(method="PATCH", body=b"<html>sign in</html>"), True),
        (Fault(method="PATCH", status=504), False),
    ],
)
async def test_a_mutation_whose_answer_is_lost_is_of_unknown_outcome_and_was_sent_once(
    cluster: SimulatedCluster, served: ServedCluster, tmp_path: Path, key_base: Path, fault: Fault, applied: bool
) -> None:
    served.write_kubeconfig(tmp_path / "kubeconfig")
    impatient = Kr8sTransport(tmp_path / "kubeconfig", CONTEXT, key_directory=key_base, deadline_seconds=1.5)
    await impatient.get(DEPLOYMENT)
    cluster.faults.add(fault)
    with pytest.raises(OutcomeUnknown) as caught:
        await scale(impatient, 5)
    assert caught.value.may_have_been_applied
    assert patches(cluster) == 1
    assert await replicas(impatient) == (5 if applied else 3)
    await impatient.close()


@pytest.mark.parametrize("fault", [Fault(cut="after"), Fault(status=504), Fault(delay_seconds=30)])
@pytest.mark.parametrize("dry_run", [True, None])
async def test_a_read_or_dry_run_without_answer_changed_nothing(
    cluster: SimulatedCluster,
    served: ServedCluster,
    tmp_path: Path,
    key_base: Path,
    fault: Fault,
    dry_run: bool | None,
) -> None:
    served.write_kubeconfig(tmp_path / "kubeconfig")
    impatient = Kr8sTransport(tmp_path / "kubeconfig", CONTEXT, key_directory=key_base, deadline_seconds=1.5)
    await impatient.get(DEPLOYMENT)
    cluster.faults.add(fault)
    with pytest.raises(NoAnswer) as caught:
        await (scale(impatient, 5, dry_run=True) if dry_run else impatient.get(DEPLOYMENT))
    assert not caught.value.may_have_been_applied
    await impatient.close()


async def test_an_overloaded_server_says_when_to_come_back(cluster: SimulatedCluster, transport: Kr8sTransport) -> None:
    cluster.faults.add(Fault(status=429, retry_after=7))
    with pytest.raises(Throttled) as caught:
        await scale(transport, 5)
    assert caught.value.retry_after_seconds == 7.0
    assert not caught.value.may_have_been_applied
    assert patches(cluster) == 1


async def test_a_failing_server_may_have_done_what_was_asked(
    cluster: SimulatedCluster, transport: Kr8sTransport
) -> None:
    cluster.faults.add(Fault(status=500, times=2))
    with pytest.raises(ServerError) as caught:
        await scale(transport, 5)
    assert caught.value.may_have_been_applied
    with pytest.raises(ServerError) as caught:
        await transport.get(DEPLOYMENT)
    assert not caught.value.may_have_been_applied


async def test_what_is_not_there_is_not_found(transport: Kr8sTransport) -> None:
    for path in (object_path("apps/v1", "deployments", namespace="ml", name="nobody"), "/apis/example.org/v1/things"):
        with pytest.raises(NotFound):
            await transport.get(path)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"a":', b"\xff\xfe", b"[" * 100_000])
async def test_something_that_is_not_the_api(cluster: SimulatedCluster, transport: Kr8sTransport, body: bytes) -> None:
    cluster.faults.add(Fault(body=body))
    with pytest.raises(InvalidAnswer):
        await transport.get(DEPLOYMENT)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "gzip, gzip"])
async def test_an_answer_that_cannot_be_unpacked_is_an_error_of_the_family(
    cluster: SimulatedCluster, transport: Kr8sTransport, encoding: str
) -> None:
    cluster.faults.add(Fault(headers={"Content-Encoding": encoding}, body=b"no archive", times=2))
    with pytest.raises(NoAnswer, match="DecodingError"):
        await transport.get(DEPLOYMENT)
    with pytest.raises(OutcomeUnknown, match="DecodingError"):
        await scale(transport, 5)
    assert patches(cluster) == 1
    assert await replicas(transport) == 5


async def test_requests_that_are_cut_by_closing_are_errors_of_the_family(
    cluster: SimulatedCluster, transport: Kr8sTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    await replicas(transport)
    waiting, both_arrived, answer = {"GET", "PATCH"}, asyncio.Event(), Api.answer

    def watch(api: Api, request: Request) -> Answer:
        waiting.discard(request.method)
        if not waiting:
            both_arrived.set()
        return answer(api, request)

    monkeypatch.setattr(Api, "answer", watch)
    cluster.faults.add(Fault(delay_seconds=30, times=None))
    cut = [asyncio.create_task(replicas(transport)), asyncio.create_task(scale(transport, 5))]
    await both_arrived.wait()
    await transport.close()
    reading, writing = await asyncio.gather(*cut, return_exceptions=True)
    assert isinstance(reading, NoAnswer)
    assert isinstance(writing, OutcomeUnknown)


async def test_a_session_that_was_closed_meanwhile_is_an_error_of_the_family(
    transport: Kr8sTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What httpx raises when a client is closed between its look and its request has no type of its own."""
    await replicas(transport)

    async def closed(self: httpx.AsyncClient, request: httpx.Request, **_: Any) -> httpx.Response:
        raise RuntimeError("Cannot send a request, as the client has been closed.")

    monkeypatch.setattr(httpx.AsyncClient, "send", closed)
    with pytest.raises(NoAnswer, match="the client has been closed"):
        await replicas(transport)
    with pytest.raises(OutcomeUnknown):
        await scale(transport, 5)


async def test_hostile_words_stay_raw_in_the_error_and_harmless_in_its_text(
    cluster: SimulatedCluster, transport: Kr8sTransport
) -> None:
    hostile = b'{"kind":"Status","message":"\\u001b[2Jgone \\u202eevil","reason":["x"],"details":"y","code":403}'
    cluster.faults.add(Fault(status=403, body=hostile))
    with pytest.raises(Forbidden) as caught:
        await transport.get(DEPLOYMENT)
    assert caught.value.message == "\x1b[2Jgone \u202eevil"
    assert str(caught.value).isprintable()
    assert (caught.value.reason, caught.value.details) == ("", {})
