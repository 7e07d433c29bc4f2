"""The column beside a pod's status says what the status does not: why, in the few cells that there are."""

from console.domain.cluster_facts import Trouble
from console.tui.panels.cluster_words import why_beside_status
from tests.tui.scenes import AT
from tests.tui.scenes_of_pods import HEALTHY, OOM, OOM_POD, PENDING, pod


def test_a_pod_that_crashes_says_first_how_it_ended() -> None:
    assert why_beside_status(OOM_POD, AT).startswith("OOMKilled 2 min ago; model: CrashLoopBackOff: back-off 40s")


def test_a_pod_that_serves_again_says_how_it_ended() -> None:
    assert why_beside_status(pod("7c9d4-x2x9f", restarts=2, last_end=OOM), AT) == "OOMKilled 2 min ago"


def test_the_status_is_not_said_twice() -> None:
    why = 'ImagePullBackOff: Back-off pulling image "registry/fraud:v43"'
    waiting = pod("7c9d4-kkkkk", status="ImagePullBackOff", trouble=Trouble.BROKEN, why=why, last_end=OOM, restarts=1)
    assert why_beside_status(waiting, AT) == 'Back-off pulling image "registry/fraud:v43"'


def test_a_pod_without_a_node_and_one_that_is_well() -> None:
    assert why_beside_status(PENDING, AT) == PENDING.why
    assert why_beside_status(HEALTHY[0], AT) == ""
