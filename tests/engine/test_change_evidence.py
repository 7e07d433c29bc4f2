"""What changed lately, as evidence: counted where somebody looked, unknown where nobody could."""

import msgspec
import pytest

from console.domain.anomaly import Cause, CauseKind
from console.domain.change import Change, ChangeKind
from console.domain.snapshot import ModelView
from console.engine.change_evidence import changes_seen
from console.playbooks.evidence import ChangeEvidence
from tests.engine.stage import SLOW

AT, ONSET = 1000.0, 900.0
SERVED = msgspec.structs.replace(SLOW, versions={"v42": 1.0})
RELEASE = Change(ChangeKind.VERSION, 700.0, "v42")


def explained(view: ModelView, *not_read: str) -> ModelView:
    assert view.incident is not None
    causes = (Cause(CauseKind.UNKNOWN, 0.2, "nothing explains it"),)
    anomalies = tuple(msgspec.structs.replace(anomaly, causes=causes) for anomaly in view.incident.anomalies)
    incident = msgspec.structs.replace(view.incident, anomalies=anomalies)
    return msgspec.structs.replace(view, incident=incident, not_read=not_read)


def with_changes(*changes: Change) -> ModelView:
    return msgspec.structs.replace(SERVED, changes=changes)


@pytest.mark.parametrize(
    ("source", "view", "expected"),
    [
        (ChangeEvidence(("version",)), with_changes(RELEASE), (1, "1: version v42 5 min ago")),
        (ChangeEvidence(("version",), within="2m"), with_changes(RELEASE), (0, "0: no change of version since ")),
        (ChangeEvidence(("version",), within="200s"), with_changes(RELEASE), (1, "1: version v42 5 min ago")),
        (ChangeEvidence(("replicas",), within="30m"), with_changes(RELEASE), (0, "0: no change of replicas since ")),
        # No series names a version: that none was seen to change says nothing.
        (ChangeEvidence(("version",)), SLOW, (None, "unknown: nobody could tell whether version changed")),
        # Rollouts and configurations are read around what is broken, and only then known not to be there.
        (
            ChangeEvidence(("version", "rollout"), within="30m"),
            SERVED,
            (None, "unknown: nobody could tell whether rollout changed"),
        ),
        (ChangeEvidence(("rollout",)), explained(SERVED), (0, "0: no change of rollout since ")),
        (ChangeEvidence(("rollout",)), explained(SERVED, "kube-state-metrics"), (None, "unknown: nobody could tell")),
        (ChangeEvidence(("rollout", "version")), with_changes(RELEASE), (1, "1: version v42 5 min ago")),
    ],
)
def test_changes_are_counted_where_somebody_looked(
    source: ChangeEvidence, view: ModelView, expected: tuple[int | None, str]
) -> None:
    count, told = changes_seen(source, view, AT)
    assert count == expected[0]
    assert told.startswith(expected[1])


def test_a_change_that_names_its_kind_is_not_named_twice() -> None:
    changes = with_changes(
        Change(ChangeKind.ROLLOUT, 700.0, "rollout of fraud to fraud-7c9d4"),
        Change(ChangeKind.REPLICAS, 880.0, "6 → 5 replicas"),
    )
    _, told = changes_seen(ChangeEvidence(("rollout", "replicas")), changes, AT)
    assert told == "2: rollout of fraud to fraud-7c9d4 5 min ago, 6 → 5 replicas 2 min ago"


def test_many_changes_are_told_by_the_last_of_them() -> None:
    changes = [Change(ChangeKind.RESTART, 800.0 + 10 * number, f"pod {number}") for number in range(5)]
    count, told = changes_seen(ChangeEvidence(("restart",)), with_changes(*changes), AT)
    assert count == 5
    assert told == "5: restart pod 2 3 min ago, restart pod 3 2 min ago, restart pod 4 2 min ago and 2 before"
