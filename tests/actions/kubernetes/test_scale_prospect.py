import msgspec
import pytest

from console.actions.provider import ActionRefused, Prospect
from tests.actions.kubernetes.world import World, occasion


async def test_before_a_plan_it_is_known_how_many_replicas_there_are(world: World) -> None:
    assert await world.action().prospect(occasion(world.fraud)) == Prospect(present={"replicas": "3"})
    assert world.patches == []


async def test_a_missing_permission_is_told_before_anything_is_planned(world: World) -> None:
    world.cluster.deny(verb="patch", resource="deployments", subresource="scale")
    found = await world.action().prospect(occasion(world.fraud))
    assert found.why_not == "you may not patch deployments/scale in namespace ml (RBAC)"
    assert world.patches == []


@pytest.mark.parametrize(
    ("changed", "reason"),
    [({"kind": "DaemonSet"}, "a DaemonSet cannot be scaled"), ({"context": "other"}, "it is for context other")],
)
async def test_what_can_never_be_scaled_is_refused_without_a_question(
    world: World, changed: dict[str, str], reason: str
) -> None:
    elsewhere = msgspec.structs.replace(world.fraud, **changed)
    with pytest.raises(ActionRefused, match=reason):
        await world.action().prospect(occasion(elsewhere))
