"""The contract of actions, held by those of the Kubernetes provider against a real control plane.

Not collected by `make test`, which needs no cluster; `make test-cluster KUBECONFIG=… CONTEXT=…` names this file.
"""

import contextlib
import secrets
from collections.abc import AsyncIterator, Iterator

import msgspec
import pytest

from console.actions.contract import Lacking
from console.actions.contract.checks import Check, checks_of
from tests.actions.cluster_stand import ClusterStand
from tests.actions.kubernetes.cases import CASES, PATCHING
from tests.actions.kubernetes.pod_stand import pod_stand_in
from tests.real_cluster.access import Access, access
from tests.real_cluster.played_node import played_node
from tests.real_cluster.world import a_real_world

_DELETE_A_POD = "delete a pod"
_LACKING = {case.name: case.lacking for case in CASES if case.name in {*PATCHING, _DELETE_A_POD}}
"""What is tried here: all that is done to a Deployment. Operators and controllers that are only simulated are not."""
_UNRECORDED = "nobody is recorded who writes through scale"


class Cluster(msgspec.Struct, frozen=True):
    """The cluster under test: an administrator's way to it, a user's, and the node of the tests."""

    admin: Access
    user: Access
    name: str

    @contextlib.asynccontextmanager
    async def stand(self, case: str) -> AsyncIterator[ClusterStand]:
        async with a_real_world(self.admin, self.user, self.name, self.name) as world:
            world.wait_a_second()
            stand = pod_stand_in(world) if case == _DELETE_A_POD else await PATCHING[case].stand_in(world)
            world.wait_a_second()
            world.cluster.forget_requests()
            yield stand

    def lacking(self, case: str) -> Lacking:
        """Return what an action cannot show in this release: before 1.22 no writer is recorded of a `scale`."""
        lacking = _LACKING[case]
        if self.admin.minor < 22 and case == "scale":
            return msgspec.structs.replace(lacking, proof_of_effect=_UNRECORDED)
        return lacking


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    name = f"incident-console-contract-{secrets.token_hex(3)}"
    with access() as admin, access(name) as user:
        ready = admin.client.get("/readyz")
        if not ready.is_success:
            pytest.exit(f"the cluster is not there: {ready.status_code} {ready.text.strip()}", returncode=2)
        with played_node(admin, name):
            yield Cluster(admin, user, name)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("case", "check"),
    [
        pytest.param(case, check, id=f"{case}: {check.__name__.removeprefix('check_').replace('_', ' ')}")
        for case, lacking in _LACKING.items()
        for check in checks_of(lacking)
    ],
)
async def test_it_does_what_every_action_must(cluster: Cluster, case: str, check: Check) -> None:
    async with cluster.stand(case) as stand:
        await check(stand, cluster.lacking(case))
