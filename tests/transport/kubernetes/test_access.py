"""How the transport proves who asks and whom it trusts, over real HTTP and TLS."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from console.simulation.cluster import CONTEXT, Fault, ServedCluster, SimulatedCluster
from console.transport.kubernetes import (
    Forbidden,
    Kr8sTransport,
    KubeconfigError,
    Unauthorized,
    Unreachable,
)
from tests.transport.kubernetes.exchanges import DEPLOYMENT, patches, replicas, scale


async def test_a_denied_mutation_is_sent_once(cluster: SimulatedCluster, transport: Kr8sTransport) -> None:
    assert await transport.can_i("patch", "apps", "deployments", "scale", "ml")
    cluster.deny(verb="patch", resource="deployments")
    assert not await transport.can_i("patch", "apps", "deployments", "scale", "ml")
    with pytest.raises(Forbidden) as caught:
        await scale(transport, 5)
    assert patches(cluster) == 1
    assert caught.value.details == {"name": "fraud", "group": "apps", "kind": "deployments"}
    assert 'User "on-call" cannot patch resource "deployments/scale"' in caught.value.message


async def test_a_read_is_asked_again_with_new_credentials_but_a_mutation_is_not(
    cluster: SimulatedCluster, transport: Kr8sTransport
) -> None:
    cluster.faults.add(Fault(method="GET", status=401))
    assert await replicas(transport) == 3
    cluster.faults.add(Fault(method="PATCH", status=401))
    with pytest.raises(Unauthorized):
        await scale(transport, 5)
    assert patches(cluster) == 1
    assert (await scale(transport, 5))["spec"]["replicas"] == 5
    cluster.faults.add(Fault(method="GET", status=401, times=None))
    with pytest.raises(Unauthorized):
        await replicas(transport)


async def test_renewed_credentials_do_not_cut_what_is_in_flight(
    cluster: SimulatedCluster, transport: Kr8sTransport
) -> None:
    await replicas(transport)
    cluster.faults.add(Fault(method="PATCH", delay_seconds=1))
    cluster.faults.add(Fault(method="GET", status=401))
    scaled, _ = await asyncio.gather(scale(transport, 5), replicas(transport))
    assert scaled["spec"]["replicas"] == 5


async def test_many_first_requests_at_once_share_one_authentication(
    cluster: SimulatedCluster, transport: Kr8sTransport
) -> None:
    assert await asyncio.gather(*(replicas(transport) for _ in range(6))) == [3] * 6
    assert {request.path for request in cluster.requests} == {DEPLOYMENT}


async def test_a_server_that_is_not_there_was_sent_nothing(served: ServedCluster, tmp_path: Path) -> None:
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    nowhere = ServedCluster(url=f"http://127.0.0.1:{port}", token="t", certificate=b"")
    nowhere.write_kubeconfig(tmp_path / "kubeconfig")
    transport = Kr8sTransport(tmp_path / "kubeconfig", CONTEXT, key_directory=tmp_path / "keys")
    with pytest.raises(Unreachable) as caught:
        await scale(transport, 5)
    assert not caught.value.may_have_been_applied
    assert "nothing was sent" in str(caught.value)
    with pytest.raises(Unreachable) as caught:
        await transport.get("/api/v1/namespaces")
    assert "sent" not in str(caught.value)  # it may stand beside what is said of a change that was sent
    await transport.close()


@pytest.fixture
async def tls(cluster: SimulatedCluster) -> AsyncIterator[ServedCluster]:
    async with cluster.serve(tls=True) as served:
        yield served


async def test_tls_with_an_inline_certificate_leaves_no_file_behind(
    tls: ServedCluster, tmp_path: Path, key_base: Path
) -> None:
    tls.write_kubeconfig(tmp_path / "kubeconfig")
    transport = Kr8sTransport(tmp_path / "kubeconfig", CONTEXT, key_directory=key_base)
    assert await replicas(transport) == 3
    assert list(key_base.iterdir()) == []  # noqa: ASYNC240 (a local directory)
    await transport.close()


async def test_a_certificate_that_is_not_trusted_is_sent_nothing(
    cluster: SimulatedCluster, tls: ServedCluster, tmp_path: Path, key_base: Path
) -> None:
    ServedCluster(url=tls.url, token=tls.token, certificate=b"").write_kubeconfig(tmp_path / "kubeconfig")
    transport = Kr8sTransport(tmp_path / "kubeconfig", CONTEXT, key_directory=key_base)
    with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        await transport.get(DEPLOYMENT)
    assert cluster.requests == ()
    await transport.close()


@pytest.fixture
def with_user(served: ServedCluster, tmp_path: Path) -> Callable[[dict[str, Any]], Path]:
    def write(user: dict[str, Any]) -> Path:
        path = tmp_path / "kubeconfig"
        served.write_kubeconfig(path)
        document = yaml.safe_load(path.read_text())
        document["users"][0]["user"] = user
        path.write_text(yaml.safe_dump(document))
        return path

    return write


def exec_plugin(program: str) -> dict[str, Any]:
    return {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": sys.executable,
            "args": ["-c", program],
            "interactiveMode": "Never",
        }
    }


async def test_a_token_in_a_file_is_read_again_when_it_was_renewed(
    served: ServedCluster, with_user: Callable[[dict[str, Any]], Path], tmp_path: Path, key_base: Path
) -> None:
    token = tmp_path / "token"
    token.write_text("expired", encoding="ascii")
    transport = Kr8sTransport(with_user({"tokenFile": "token"}), CONTEXT, key_directory=key_base)
    with pytest.raises(Unauthorized):
        await replicas(transport)
    token.write_text(f"{served.token}\n", encoding="ascii")
    assert await replicas(transport) == 3
    for text, told in ((None, r"token cannot be read \(No such file"), ("\n", "token is empty"), ("é", "not ASCII")):
        token.unlink(missing_ok=True)
        if text is not None:
            token.write_text(text, encoding="utf-8")
        another = Kr8sTransport(with_user({"token": "t", "tokenFile": "token"}), CONTEXT, key_directory=key_base)
        with pytest.raises(KubeconfigError, match=told):
            await replicas(another)
    await transport.close()


async def test_an_exec_plugin_runs_again_when_its_token_expired(
    served: ServedCluster, with_user: Callable[[dict[str, Any]], Path], tmp_path: Path, key_base: Path
) -> None:
    """The first run gives a token that is not accepted, the second the right one."""
    runs = tmp_path / "runs"
    program = (
        f"import json,pathlib; runs=pathlib.Path({str(runs)!r}); old=runs.exists(); runs.touch(); "
        f"print(json.dumps({{'status':{{'token': {served.token!r} if old else 'expired'}}}}))"
    )
    transport = Kr8sTransport(with_user(exec_plugin(program)), CONTEXT, key_directory=key_base, deadline_seconds=20)
    assert await replicas(transport) == 3
    await transport.close()


async def test_an_exec_plugin_that_fails_or_hangs_means_nothing_was_sent(
    cluster: SimulatedCluster, with_user: Callable[[dict[str, Any]], Path], key_base: Path
) -> None:
    failing = with_user(exec_plugin("raise SystemExit('log in first')"))
    transport = Kr8sTransport(failing, CONTEXT, key_directory=key_base, deadline_seconds=20)
    with pytest.raises(Unreachable, match="log in first"):
        await scale(transport, 5)
    hanging = with_user(exec_plugin("import time; time.sleep(60)"))
    transport = Kr8sTransport(hanging, CONTEXT, key_directory=key_base, deadline_seconds=0.5)
    started = time.monotonic()
    with pytest.raises(Unreachable, match="nothing was sent"):
        await scale(transport, 5)
    assert time.monotonic() - started < 30  # the plugin would hang for a minute
    assert cluster.requests == ()


@pytest.mark.parametrize("token", ["s3cr3t-one\ns3cr3t-two", "s3cr3t-one\n", "s3cr3t-öne"])
async def test_a_token_that_no_header_holds_is_not_sent_and_never_told(
    cluster: SimulatedCluster, with_user: Callable[[dict[str, Any]], Path], key_base: Path, token: str
) -> None:
    """A block of YAML ends with a line break; what fails to send such a header quotes it."""
    transport = Kr8sTransport(with_user({"token": token}), CONTEXT, key_directory=key_base)
    with pytest.raises(KubeconfigError, match="expected one line of ASCII") as caught:
        await scale(transport, 5)
    assert "s3cr3t" not in str(caught.value)
    assert cluster.requests == ()
