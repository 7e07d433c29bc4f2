"""The stories of broken pods: what the cluster says of them, and that the right action ends each."""

from pathlib import Path

import pytest

from console.actions.kubernetes.delete_pod import DeletePod
from console.actions.kubernetes.roll_back import RollBack
from console.actions.kubernetes.scale import Scale
from console.actions.kubernetes.stop_rollout import StopRollout
from console.domain.cluster_facts import PodFacts
from console.sources.cluster.pod_log import read_pod_log
from tests.actions.kubernetes.world import occasion
from tests.simulation.on_stage import BEGINS, SETTINGS, Audience, audience_of


async def pods_of(audience: Audience) -> list[PodFacts]:
    return list((await audience.facts()).pods.value or ())


async def test_one_bad_replica_looks_well_to_the_cluster_and_is_gone_when_it_is_deleted(tmp_path: Path) -> None:
    async with audience_of("bad-replica", tmp_path) as audience:
        assert audience.failing() < 0.001
        audience.watch(BEGINS)
        assert 0.05 < audience.failing() < 0.08
        pods = await pods_of(audience)
        assert {pod.status for pod in pods} == {"Running"}
        bad = min(pod.name.raw for pod in pods)
        log = await read_pod_log(audience.transport, "ml", bad, "fraud", previous=False)
        assert "ECC Error" in log.lines[0]
        await audience.act(DeletePod(audience.transport, SETTINGS, audience.clock), {"pod": bad})
        audience.watch(20)
        assert audience.failing() < 0.001
        assert bad not in {pod.name.raw for pod in await pods_of(audience)}


async def test_a_release_whose_image_is_missing_stands_still_until_it_is_stopped(tmp_path: Path) -> None:
    async with audience_of("missing-image", tmp_path) as audience:
        audience.watch(BEGINS + 30)
        assert audience.saturation() > 0.9
        (stuck,) = [pod for pod in await pods_of(audience) if not pod.is_ready]
        assert stuck.status == "ImagePullBackOff"
        assert "the registry has no tag v89" in stuck.why
        events = (await audience.facts()).events.value or ()
        assert any(event.is_warning and "Failed to pull image" in event.message for event in events)
        await audience.act(StopRollout(audience.transport, SETTINGS, audience.clock))
        audience.watch(30)
        assert audience.saturation() < 0.75
        assert {pod.status for pod in await pods_of(audience)} == {"Running"}


async def test_a_version_that_runs_out_of_memory_is_killed_again_and_again_until_it_is_rolled_back(
    tmp_path: Path,
) -> None:
    async with audience_of("memory-leak", tmp_path) as audience:
        audience.watch(BEGINS + 180)
        pods = await pods_of(audience)
        killed = [pod for pod in pods if pod.last_end is not None and pod.last_end.reason == "OOMKilled"]
        assert len(killed) == len(pods) == 3
        assert all(pod.restarts >= 2 and pod.version == "v132" for pod in killed)
        assert any(pod.status == "CrashLoopBackOff" for pod in killed)
        log = await read_pod_log(audience.transport, "ml", killed[0].name.raw, "ranker", previous=True)
        assert log.lines[-1] == "ERROR server: cannot allocate the output of layer 14"
        plan = await audience.act(RollBack(audience.transport, SETTINGS, audience.clock))
        assert "v131" in plan.title
        audience.watch(60)
        pods = await pods_of(audience)
        assert {(pod.version, pod.status) for pod in pods} == {("v131", "Running")}
        assert audience.failing() < 0.001


async def test_where_the_nodes_are_full_the_plan_says_that_more_replicas_wait_as_well(tmp_path: Path) -> None:
    async with audience_of("full-nodes", tmp_path, alone=False) as audience:
        audience.watch(BEGINS + 90)
        waiting = [pod for pod in await pods_of(audience) if pod.status == "Pending"]
        assert waiting
        assert "Too many pods" in waiting[0].why
        plan = await Scale(audience.transport, SETTINGS, audience.clock).plan(
            occasion(audience.workload), {"replicas": 12}, may_dry_run=True
        )
        assert audience.saturation() > 0.9
        (told,) = (note for note in plan.notes if "no room" in note)
        assert told.startswith("more replicas would wait as well: 2 pods find no room for ")
        assert told.endswith(": 0/3 nodes are available: 3 Too many pods.")


async def test_an_autoscaler_at_its_most_gets_other_bounds_and_does_not_take_the_replicas_back(tmp_path: Path) -> None:
    async with audience_of("autoscaled-surge", tmp_path) as audience:
        audience.watch(BEGINS + 60)
        assert audience.saturation() == pytest.approx(1.0)
        facts = (await audience.facts()).autoscaler.value
        assert facts is not None
        assert (facts.floor, facts.ceiling, facts.current) == (5, 6, 6)
        assert facts.troubles == ("ScalingLimited: the desired replica count is more than the maximum replica count",)
        plan = await audience.act(Scale(audience.transport, SETTINGS, audience.clock), {"replicas": 9})
        assert "it is at its most, 6: raising the least alone would change nothing" in plan.notes
        audience.watch(40)
        assert audience.saturation() < 0.75
        audience.watch(400)
        assert audience.saturation() < 0.75
        assert len(audience.stage.fleet.pods(audience.profile)) == 9


async def test_a_count_that_is_set_beside_an_autoscaler_is_taken_back(tmp_path: Path) -> None:
    async with audience_of("autoscaled-surge", tmp_path) as audience:
        audience.watch(BEGINS + 60)
        audience.stage.cluster.scale(namespace="ml", name="eta", replicas=9)
        audience.watch(30)
        assert len(audience.stage.fleet.pods(audience.profile)) == 6
