import pytest

from console.domain.action import FieldChange
from console.playbooks.document import Limits
from console.playbooks.limits import beyond_limits


@pytest.mark.parametrize(
    ("before", "after", "beyond"),
    [
        (3, 6, []),
        (1, 2, []),
        (6, 3, []),
        (3, 7, ["7 replicas are more than 2.0× the present 3 (limits.max_factor)"]),
        (5, 9, ["9 replicas are over the limit of 8 of this playbook (limits.max_replicas)"]),
    ],
)
def test_plans_stay_within_the_limits_of_their_playbook(before: int, after: int, beyond: list[str]) -> None:
    changes = [FieldChange("image", "v1", "v2"), FieldChange("replicas", str(before), str(after))]
    assert list(beyond_limits(Limits(max_replicas=8, max_factor=2.0), changes)) == beyond
