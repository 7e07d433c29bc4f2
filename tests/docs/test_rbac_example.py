"""The example of what a cluster has to allow grants what the console asks for, and no more."""

import contextlib
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from typing import Any, Self

import pytest
import yaml

from console.actions.contract import Case, Stand
from console.actions.kubernetes.restart import Restart
from console.actions.kubernetes.roll_back import RollBack
from console.actions.provider import ActionRefused
from console.domain.action import Outcome
from console.domain.model import Workload
from console.engine.target_lease import LEASE_SECONDS, TargetLeases
from console.journal.who import Who
from console.simulation.cluster.authorization import Attempt, Authorizer
from console.simulation.cluster.keda import SCALED_OBJECTS, add_keda
from console.simulation.cluster.objects import owner_reference
from console.simulation.cluster.resources import STATEFUL_SETS
from console.simulation.cluster.seldon.resources import SERVERS
from console.sources.cluster.cluster_facts import read_cluster_facts
from console.sources.cluster.pod_log import read_pod_log
from console.sources.cluster.resolve import Sought, resolve_workloads
from console.transport.kubernetes import Kr8sTransport
from tests.actions.argo_rollouts import test_contract as argo_rollouts
from tests.actions.argo_rollouts.world import a_rollout_world
from tests.actions.kserve import test_contract as kserve
from tests.actions.kserve.world import a_kserve_world
from tests.actions.kubernetes import cases as kubernetes
from tests.actions.kubernetes.world import World, a_world, occasion
from tests.actions.seldon import test_contract as seldon
from tests.actions.seldon.world import SeldonWorld, a_seldon_world
from tests.engine.consoles import ANN, REFERENCE
from tests.simulation.cluster.inference import model

DEPLOYMENT = "/apis/apps/v1/namespaces/ml/deployments/fraud"
MANIFEST = Path(__file__).parents[2] / "docs" / "examples" / "rbac.yaml"
SERVED = model("v41", minReplicas=1)
Grant = tuple[str, str, str]
"""Verb, API group and resource, with its subresource behind a slash."""
OF_EVERYBODY: Grant = ("create", "authorization.k8s.io", "selfsubjectaccessreviews")
"""What clusters grant to everybody who can log in (`system:basic-user`)."""


def roles() -> dict[str, set[Grant]]:
    """Return what each role of the manifest grants."""
    documents: Iterable[dict[str, Any]] = yaml.safe_load_all(MANIFEST.read_text(encoding="utf-8"))
    return {
        document["metadata"]["name"].removeprefix("incident-console-"): set(_grants(document["rules"]))
        for document in documents
    }


def _grants(rules: list[dict[str, list[str]]]) -> Iterator[Grant]:
    for rule in rules:
        for group in rule["apiGroups"]:
            for resource in rule["resources"]:
                yield from ((verb, group, resource) for verb in rule["verbs"])


def grant_of(attempt: Attempt) -> Grant:
    resource = f"{attempt.resource}/{attempt.subresource}" if attempt.subresource else attempt.resource
    return attempt.verb, attempt.group, resource


class Allowed:
    """Allows what some roles grant, and notes what was asked for."""

    def __init__(self, *granting: str) -> None:
        self._granted = set().union(*(grants for role, grants in roles().items() if role in granting))
        self.asked: set[Grant] = set()

    def __enter__(self) -> Self:
        self._patch = pytest.MonkeyPatch()
        self._patch.setattr(Authorizer, "allows", lambda _, attempt: self._allows(grant_of(attempt)))
        return self

    def __exit__(self, *_: object) -> None:
        self._patch.undo()
        assert self.asked - self._granted == set(), "the manifest does not grant it"

    def _allows(self, grant: Grant) -> bool:
        if grant == OF_EVERYBODY:
            return True
        self.asked.add(grant)
        return grant in self._granted


async def look(transport: Kr8sTransport, namespace: str, pods: Sequence[str]) -> Workload:
    """Look at the pods of a model as the screen does, and return its workload."""
    finding = (await resolve_workloads(transport, {"fraud": Sought(namespace, tuple(pods))}))["fraud"]
    assert finding.workload is not None, finding.reason
    assert finding.workload.owners_unread is None
    facts = await read_cluster_facts(transport, "fraud", finding.workload, lambda: 0.0)
    assert [part.problem for part in (facts.workload, facts.pods, facts.events, facts.autoscaler, facts.quotas)] == (
        [None] * 5
    )
    await read_pod_log(transport, namespace, pods[0], "", previous=False)
    return finding.workload


async def act(case: Case, stand: Stand) -> None:
    """Do all that is done with an action."""
    assert (await stand.action.prospect(stand.occasion)).why_not is None
    plan = await stand.action.plan(stand.occasion, stand.arguments, may_dry_run=True)
    assert plan.refusals == ()
    assert (await stand.action.commit(plan)).outcome is Outcome.APPLIED
    await stand.action.settle(plan, plan.made_at)
    await stand.action.observe(plan)
    if case.lacking.undo is None:
        undo = await stand.action.plan_undo(plan, may_dry_run=True)
        assert (undo.refusals, (await stand.action.commit(undo)).outcome) == ((), Outcome.APPLIED)


def made(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    return folder


async def pods_of(transport: Kr8sTransport, stem: str) -> list[str]:
    pods = (await transport.get("/api/v1/namespaces/ml/pods"))["items"]
    return [pod["metadata"]["name"] for pod in pods if pod["metadata"]["name"].startswith(stem)]


async def test_everything_is_looked_at_with_what_is_granted(tmp_path: Path) -> None:
    asked: set[Grant] = set()
    async with AsyncExitStack() as opened:
        worlds: dict[str, AbstractAsyncContextManager[Any]] = {
            "fraud-": a_rollout_world(made(tmp_path / "rollout")),
            "mlserver-": a_world_of_a_server(made(tmp_path / "server")),
            "scoring-predictor-0": a_kserve_world(made(tmp_path / "knative"), SERVED, mode="Serverless"),
            "scoring-predictor-": a_kserve_world(made(tmp_path / "standard"), SERVED, mode="RawDeployment"),
        }
        for stem, world in worlds.items():
            transport = (await opened.enter_async_context(world)).transport
            pods = await pods_of(transport, stem)
            with Allowed("look") as allowed:
                await look(transport, "ml", pods)
            asked |= allowed.asked
    assert roles()["look"] - asked == set(), "nothing asks for it"


@contextlib.asynccontextmanager
async def a_world_of_a_server(directory: Path) -> AsyncIterator[SeldonWorld]:
    """A Server of Seldon owns the StatefulSet whose pods serve, in a cluster that has KEDA, too."""
    async with a_seldon_world(directory) as world:
        add_keda(world.cluster)
        own = {"ownerReferences": [owner_reference(world.plane.get(SERVERS, "ml", "mlserver"))]}
        world.cluster.add_stateful_set(
            namespace="ml", name="mlserver", replicas=2, image="mlserver:1", labels={}, created=world.clock.now
        )
        world.plane.change(STATEFUL_SETS, "ml", "mlserver", lambda held: held["metadata"].update(own))
        world.wait()
        yield world


async def test_a_lease_is_taken_over_and_given_back_with_what_is_granted(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        leases, target = TargetLeases(world.transport, ANN, world.clock), world.fraud.target
        with Allowed("lease") as allowed:
            killed = TargetLeases(world.transport, Who("bo", "bastion"), world.clock)
            await killed._taken(target, REFERENCE)
            world.clock.now += 2 * LEASE_SECONDS
            async with leases.held(target, REFERENCE):
                assert await leases.notes(target) != []
    assert roles()["lease"] - allowed.asked == set(), "nothing asks for it"


@pytest.mark.parametrize(
    ("cases", "role"),
    [(argo_rollouts.CASES, "argo-rollouts"), (kserve.CASES, "kserve"), (seldon.CASES, "seldon")],
    ids=["argo_rollouts", "kserve", "seldon"],
)
async def test_what_other_systems_run_is_changed_with_what_is_granted(cases: Sequence[Case], role: str) -> None:
    asked: set[Grant] = set()
    for case in cases:
        async with case.make() as stand:
            with Allowed("look", f"act-{role}") as allowed:
                await act(case, stand)
        asked |= allowed.asked
    assert roles()[f"act-{role}"] - asked == set(), "nothing asks for it"


async def release_without_its_config_map(world: World) -> None:
    """Let the version before that of now be one that needs a ConfigMap."""
    for image, volumes in (
        ("fraud:v42", [{"name": "features", "configMap": {"name": "features"}}]),
        ("fraud:v43", None),
    ):
        spec = {"containers": [{"name": "fraud", "image": image}], "volumes": volumes}
        body, strategic = {"spec": {"template": {"spec": spec}}}, "application/strategic-merge-patch+json"
        await world.transport.patch(DEPLOYMENT, body, content_type=strategic, dry_run=False)
        world.clock.now += 60


async def test_workloads_are_changed_with_what_is_granted(tmp_path: Path) -> None:
    asked: set[Grant] = set()
    for case in kubernetes.CASES:
        async with case.make() as stand:
            with Allowed("look", "act-kubernetes", *(["cordon"] if case.name == "cordon" else [])) as allowed:
                await act(case, stand)
        asked |= allowed.asked
    async with a_world(tmp_path) as world:
        add_keda(world.cluster)
        spec = {"scaleTargetRef": {"name": "fraud"}, "minReplicaCount": 2, "maxReplicaCount": 6, "triggers": []}
        world.cluster.add_object(SCALED_OBJECTS, {"metadata": {"name": "fraud", "namespace": "ml"}, "spec": spec})
        world.cluster.add_stateful_set(
            namespace="ml", name="eta", replicas=2, image="eta:1", labels={}, created=world.clock.now - 60
        )
        await release_without_its_config_map(world)
        pods = [pod.name for pod in world.cluster.pods("ml", "fraud")]
        with Allowed("look", "act-kubernetes") as allowed:
            deployment = occasion(await look(world.transport, "ml", pods))
            found = occasion(await look(world.transport, "ml", ["eta-0", "eta-1"]))
            for each in (deployment, found):
                plan = await world.action().plan(each, {"replicas": 4}, may_dry_run=True)
                assert (plan.refusals, (await world.action().commit(plan)).outcome) == ((), Outcome.APPLIED)
            restart = Restart(world.transport, world.settings, world.clock, settle_seconds=0.0)
            assert (await restart.plan(found, {}, may_dry_run=True)).refusals == ()
            back = RollBack(world.transport, world.settings, world.clock, settle_seconds=0.0)
            assert (await back.prospect(found)).why_not is None
            assert (await back.plan(deployment, {}, may_dry_run=True)).refusals[0].endswith("its pods would not start")
            with pytest.raises(ActionRefused, match="no revision that is kept runs another version"):
                await back.plan(found, {}, may_dry_run=True)
    asked |= allowed.asked
    assert (roles()["act-kubernetes"] | roles()["cordon"]) - asked == set(), "nothing asks for it"
