import msgspec
import pytest

from console.domain.action import FieldChange, Plan, Request, RiskTier
from console.domain.anomaly import Status, worst
from console.domain.label import Label
from console.domain.model import Model, Target
from console.domain.snapshot import ModelView, Snapshot
from console.domain.source import SourceReport


def view(status: Status) -> ModelView:
    return ModelView(Model(status.value, Label(status.value)), status, {})


@pytest.mark.parametrize(
    ("statuses", "result"),
    [
        ([], Status.OK),
        ([Status.OK, Status.UNKNOWN], Status.UNKNOWN),
        ([Status.UNKNOWN, Status.WARNING], Status.WARNING),
        ([Status.WARNING, Status.CRITICAL, Status.UNKNOWN], Status.CRITICAL),
    ],
)
def test_what_is_known_to_be_broken_outranks_what_is_not_known(statuses: list[Status], result: Status) -> None:
    assert worst(statuses) is result


def test_a_fleet_without_models_or_with_a_dead_source_is_unknown() -> None:
    up, down = SourceReport("prometheus", Status.OK), SourceReport("prometheus", Status.UNKNOWN)
    assert Snapshot(0.0, (up,), ()).status is Status.UNKNOWN
    assert Snapshot(0.0, (up,), (view(Status.OK),)).status is Status.OK
    assert Snapshot(0.0, (down,), (view(Status.OK),)).status is Status.UNKNOWN
    assert Snapshot(0.0, (down,), (view(Status.CRITICAL),)).status is Status.CRITICAL


def test_a_source_is_shown_with_the_replica_that_stands_in() -> None:
    assert SourceReport("prometheus", Status.OK).shown_name == "prometheus"
    assert SourceReport("prometheus", Status.OK, replica="b:9090").shown_name == "prometheus via b:9090"
    assert SourceReport("p\x1b[31m", Status.OK, replica="\u202eb").shown_name.isprintable()


def test_a_plan_hash_covers_target_request_and_preconditions() -> None:
    target = Target("prod", "ml", "Deployment", "fraud", "uid-1")
    request = Request("PATCH", "/scale", "application/json-patch+json", [{"op": "test", "path": "/spec", "value": 3}])
    plan = Plan(
        "k", "t", "c", "fraud", target, request, (FieldChange("replicas", "3", "6"),), RiskTier.BOUNDED, 0.0, "ok"
    )
    other_value = msgspec.structs.replace(request, body=[{"op": "test", "path": "/spec", "value": 4}])
    other_target = msgspec.structs.replace(target, uid="uid-2")
    assert plan.hash == msgspec.structs.replace(plan, made_at=99.0, title="other words").hash
    assert plan.hash != msgspec.structs.replace(plan, request=other_value).hash
    assert plan.hash != msgspec.structs.replace(plan, target=other_target).hash


def test_a_snapshot_is_written_out_short_however_large_its_fleet_is() -> None:
    fleet = Snapshot(7.5, (SourceReport("prometheus", Status.OK),), (view(Status.WARNING),) * 1000, sequence=3)
    assert repr(fleet) == "<Snapshot 3 at 7.5: warning, 1000 models>"
