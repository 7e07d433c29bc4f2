"""What is the kubectl transport's own: how it runs kubectl, and what it makes of an end without an answer."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from console.engine.parts import open_cluster
from console.settings.settings import KubernetesSettings, Settings
from console.simulation.cluster import CONTEXT, Fault, SimulatedCluster
from console.transport.kubernetes import (
    Forbidden,
    KubeconfigError,
    KubectlTransport,
    NoAnswer,
    NotFound,
    OutcomeUnknown,
    PatchType,
    Rejected,
    ServerError,
    Unauthorized,
    Unreachable,
    object_path,
)
from console.transport.kubernetes.kubectl_process import clean_environment
from tests.services.processes import until_gone
from tests.transport.kubernetes.exchanges import DEPLOYMENT, patches, replicas, scale

Make = Callable[..., KubectlTransport]


def script(path: Path, text: str) -> str:
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(0o700)
    return str(path)


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Path:
    path = tmp_path / "kubeconfig"
    path.write_text(
        f"contexts: [{{name: {CONTEXT}, context: {{cluster: c, user: u}}}}]\n"
        "clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n"
        "users: [{name: u, user: {as: somebody, token: canary}}]\n"
    )
    return path


@pytest.mark.parametrize(
    ("fault", "applied"),
    [
        (Fault(method="PATCH", cut="before"), False),
        (Fault(method="PATCH", cut="after"), True),
        (Fault(method="PATCH", cut="middle"), True),
    ],
)
async def test_a_mutation_whose_answer_is_cut_is_of_unknown_outcome_and_was_sent_once(
    cluster: SimulatedCluster, kubectl_transport: Make, fault: Fault, applied: bool
) -> None:
    transport = kubectl_transport()
    cluster.faults.add(fault)
    with pytest.raises(OutcomeUnknown):
        await scale(transport, 5)
    assert patches(cluster) == 1
    assert await replicas(transport) == (5 if applied else 3)


async def test_a_slow_mutation_is_killed_at_the_deadline_and_of_unknown_outcome(
    cluster: SimulatedCluster, kubectl_transport: Make
) -> None:
    transport = kubectl_transport(1.0)
    for mutates, expected in ((True, OutcomeUnknown), (False, NoAnswer)):
        cluster.faults.add(Fault(method="PATCH", delay_seconds=30))
        with pytest.raises(expected, match="killed"):
            await scale(transport, 5, dry_run=not mutates)
    assert patches(cluster) == 2


async def test_refusals_are_of_the_same_types_and_are_sent_once(
    cluster: SimulatedCluster, kubectl_transport: Make
) -> None:
    transport = kubectl_transport()
    for status, expected in ((401, Unauthorized), (403, Forbidden), (404, NotFound), (500, ServerError)):
        cluster.faults.add(Fault(method="PATCH", status=status))
        with pytest.raises(expected) as caught:
            await scale(transport, 5)
        assert caught.value.may_have_been_applied is not issubclass(expected, Rejected)
    assert patches(cluster) == 4
    assert await replicas(transport) == 3


async def test_a_cluster_that_is_not_there_was_sent_nothing(kubeconfig: Path, tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    program = str(Path(sys.executable).with_name("kubectl"))
    for each in (program, str(tmp_path / "no-such-kubectl")):
        transport = KubectlTransport(kubeconfig, CONTEXT, program=each, environment=home)
        with pytest.raises(Unreachable, match="nothing was sent"):
            await transport.create("/api/v1/namespaces", {"metadata": {"name": "x"}})


async def test_neither_body_nor_credentials_are_in_its_arguments_or_on_disk(kubeconfig: Path, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    program = script(
        tmp_path / "kubectl",
        f"import sys, os; open({str(seen)!r}, 'w').write(repr((sys.argv, dict(os.environ))))\n"
        "sys.stdout.write(sys.stdin.read() or '{}')",
    )
    environment = {"PATH": "/usr/bin:/bin", "TOKEN": "canary", "AWS_PROFILE": "prod", "KUBECONFIG": "/other"}
    transport = KubectlTransport(kubeconfig, CONTEXT, program=program, environment=environment)
    body = {"data": {"a": "canary"}}
    assert await transport.create(object_path("v1", "configmaps", namespace="ml"), body) == body
    patched = await transport.patch(DEPLOYMENT, body, content_type=PatchType.MERGE, dry_run=False)
    assert patched == body
    assert "canary" not in seen.read_text()
    assert clean_environment(environment) == {"PATH": "/usr/bin:/bin", "AWS_PROFILE": "prod"}
    assert set(os.listdir(tmp_path)) == {"kubeconfig", "kubectl", "seen"}


async def test_what_kubectl_started_ends_with_it(kubeconfig: Path, tmp_path: Path) -> None:
    started = tmp_path / "started"
    program = script(
        tmp_path / "kubectl",
        "import subprocess, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        f"open({str(started)!r}, 'w').write(str(child.pid)); time.sleep(600)",
    )
    transport = KubectlTransport(
        kubeconfig, CONTEXT, program=program, deadline_seconds=1.0, environment={"PATH": os.environ["PATH"]}
    )
    with pytest.raises(NoAnswer):
        await transport.get("/version")
    until_gone(int(started.read_text()))


def test_it_takes_every_login_but_only_an_exact_context(kubeconfig: Path) -> None:
    assert KubectlTransport(kubeconfig, CONTEXT).context == CONTEXT
    with pytest.raises(KubeconfigError, match="no context 'simulate'"):
        KubectlTransport(kubeconfig, "simulate")


async def test_a_path_that_kubectl_cannot_patch_is_refused(kubeconfig: Path) -> None:
    transport = KubectlTransport(kubeconfig, CONTEXT)
    for path in ("/apis/apps/v1/namespaces/ml/deployments", f"{DEPLOYMENT}/eviction"):
        with pytest.raises(ValueError, match="cannot patch"):
            await transport.patch(path, [], content_type=PatchType.JSON, dry_run=True)


async def test_the_configuration_chooses_it(kubeconfig: Path, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    program = script(
        tmp_path / "kubectl", f"import sys; open({str(asked)!r}, 'w').write(' '.join(sys.argv[1:])); print('{{}}')"
    )
    chosen = KubernetesSettings(
        context=CONTEXT, kubeconfig=str(kubeconfig), transport="kubectl", kubectl=program, timeout=4.0
    )
    transport = open_cluster(Settings(kubernetes=chosen), {"PATH": os.environ["PATH"]}, tmp_path)
    assert transport is not None
    assert await transport.get("/version") == {}
    assert asked.read_text() == f"--kubeconfig={kubeconfig} --context={CONTEXT} --request-timeout=5s get --raw /version"
