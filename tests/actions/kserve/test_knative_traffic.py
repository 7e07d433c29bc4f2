from typing import Any

import pytest

from console.actions.kserve.knative_traffic import TrafficReturn, traffic_notes, traffic_progress, traffic_return
from console.actions.provider import ActionRefused
from tests.actions.kserve.services import a_service


def rollout(created: str, ready: str, rolled_out: str = "", previous: str = "", **shares: int) -> dict[str, Any]:
    traffic = [
        {"revisionName": name.replace("_", "-"), "latestRevision": name.replace("_", "-") == ready, "percent": share}
        for name, share in shares.items()
    ]
    return {
        "latestCreatedRevision": created,
        "latestReadyRevision": ready,
        "latestRolledoutRevision": rolled_out,
        "previousRolledoutRevision": previous,
        "traffic": traffic,
    }


@pytest.mark.parametrize(
    ("status", "percent", "expected"),
    [
        (rollout("r-2", "r-2", "r-2", "r-1", r_2=100), None, TrafficReturn("r-2", "r-1", 100, is_split=False)),
        (rollout("r-2", "r-2", "r-2", "r-1", r_2=100), 100, TrafficReturn("r-2", "r-1", 100, is_split=False)),
        (rollout("r-2", "r-2", "r-1", "", r_2=10, r_1=90), 10, TrafficReturn("r-2", "r-1", 10, is_split=True)),
        (rollout("r-3", "r-2", "r-1", "", r_2=10, r_1=90), 10, TrafficReturn("r-2", "r-1", 10, is_split=True)),
    ],
)
def test_the_traffic_returns_to_the_revision_that_had_all_of_it(
    status: dict[str, Any], percent: int | None, expected: TrafficReturn
) -> None:
    assert traffic_return(a_service({"canaryTrafficPercent": percent}, rollout=status)) == expected


@pytest.mark.parametrize(
    ("status", "percent", "why"),
    [
        (None, None, "no revision of InferenceService scoring is known to be ready"),
        (rollout("r-1", ""), None, "no revision of InferenceService scoring is known to be ready"),
        (rollout("r-1", "r-1", "r-1", "", r_1=100), None, "KServe knows no revision"),
        (rollout("r-2", "r-2", "r-2", "r-2", r_2=100), None, "KServe knows no revision"),
        (rollout("r-2", "r-2", "r-1", "r-1", r_2=0, r_1=100), 0, "rolled back already: r-1 has all the traffic"),
        (rollout("r-3", "r-2", "r-2", "r-1", r_2=100), None, "r-3 is not ready and has no traffic: r-2 still serves"),
    ],
)
def test_what_kserve_would_not_do_is_refused(status: dict[str, Any] | None, percent: int | None, why: str) -> None:
    with pytest.raises(ActionRefused) as refused:
        traffic_return(a_service({"canaryTrafficPercent": percent}, rollout=status))
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("status", "percent", "done"),
    [
        (rollout("r-2", "r-2", "r-1", "r-1", r_2=0, r_1=100), 0, True),
        (rollout("r-2", "r-2", "r-2", "r-1", r_2=100), 0, False),
        (rollout("r-2", "r-2", "r-1", "", r_2=10, r_1=90), 10, True),
        (rollout("r-2", "r-2", "r-1", "", r_2=20, r_1=80), 10, False),
        (rollout("r-2", "r-2", "r-2", "r-1", r_2=100), None, True),
        (rollout("", ""), None, False),
    ],
)
def test_it_is_done_when_the_traffic_is_where_it_was_sent(
    status: dict[str, Any], percent: int | None, done: bool
) -> None:
    assert traffic_progress(a_service(rollout=status), percent).done is done


def test_traffic_that_is_split_between_one_revision_and_itself_is_not_back_yet() -> None:
    status = rollout("r-2", "r-2", "r-2", "r-1")
    status["traffic"] = [
        {"revisionName": "r-2", "latestRevision": True, "percent": 0},
        {"revisionName": "r-2", "latestRevision": False, "percent": 100, "tag": "prev"},
    ]
    assert traffic_progress(a_service(rollout=status), 0).done is False


def test_notes_say_what_stays_in_the_spec_and_who_starts_cold() -> None:
    status = rollout("r-2", "r-2", "r-2", "r-1", r_2=100)
    whole, split = (TrafficReturn("r-2", "r-1", 100, is_split=split) for split in (False, True))
    assert "who removes canaryTrafficPercent puts it on again" in traffic_notes(a_service(rollout=status), whole)[1]
    assert "runs no pods while it has no traffic" in traffic_notes(a_service(rollout=status), whole)[2]
    assert len(traffic_notes(a_service(rollout=status), split)) == 2
    assert "minReplicas 0" in traffic_notes(a_service({"minReplicas": 0}, rollout=status), split)[2]
