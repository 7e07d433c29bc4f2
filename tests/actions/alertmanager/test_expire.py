import pytest

from console.actions.provider import ActionRefused
from console.domain.action import Outcome
from console.domain.label import Label
from console.domain.model import Model
from tests.actions.alertmanager.world import World, occasion, silences_of
from tests.faults.lying_proxy import LyingProxy
from tests.services import Alertmanager
from tests.sources.lying_server import CLOSE, Request

FOREIGN = {
    "matchers": [{"name": "model", "value": "fr.*", "isRegex": True, "isEqual": True}],
    "startsAt": "2020-01-01T00:00:00Z",
    "endsAt": "2099-01-01T00:00:00Z",
    "createdBy": "bob",
    "comment": "migration",
}


@pytest.fixture
def silence_id(alertmanager: Alertmanager) -> str:
    """The id of a colleague's silence, which matches by a regular expression."""
    found: str = alertmanager.post_json("/api/v2/silences", FOREIGN)["silenceID"]
    return found


async def test_a_colleagues_silence_is_expired_and_made_again(
    world: World, alertmanager: Alertmanager, silence_id: str
) -> None:
    assert (await world.expire.prospect(occasion())).choices == {"silence": (silence_id,)}
    plan = await world.expire.plan(occasion(), {}, may_dry_run=True)
    assert plan.notes[0] == "was made by bob: migration"
    assert plan.notes[1].startswith("notifies again, as far as nothing else keeps it quiet: 2 alerts: Model")
    assert (await world.expire.commit(plan)).outcome is Outcome.APPLIED
    assert (await world.expire.observe(plan)).done
    undo = await world.expire.plan_undo(plan, may_dry_run=True)
    assert undo.refusals == ()
    assert (await world.expire.commit(undo)).outcome is Outcome.APPLIED
    states = {each["id"]: (each["status"]["state"], each["endsAt"]) for each in silences_of(alertmanager)}
    assert states.pop(silence_id)[0] == "expired"
    assert list(states.values()) == [("active", "2099-01-01T00:00:00.000Z")]
    assert (await world.expire.plan_undo(plan, may_dry_run=True)).refusals[0].startswith("silence ")


async def test_a_lost_answer_is_settled_by_reading(
    world: World, proxy: LyingProxy, alertmanager: Alertmanager, silence_id: str
) -> None:
    plan = await world.expire.plan(occasion(), {"silence": silence_id}, may_dry_run=True)

    def is_change(request: Request) -> bool:
        return request.method == "DELETE"

    proxy.twist(lambda _: CLOSE, is_change)
    commitment = await world.expire.commit(plan)
    assert commitment.outcome is Outcome.APPLIED, commitment.detail
    assert proxy.asked(is_change) == 1


async def test_what_somebody_else_expired_is_left_alone(
    world: World, alertmanager: Alertmanager, silence_id: str
) -> None:
    plan = await world.expire.plan(occasion(), {}, may_dry_run=True)
    other = await world.expire.plan(occasion(), {}, may_dry_run=True)
    await world.expire.commit(other)
    late = await world.expire.commit(plan)
    assert (late.outcome, "already" in late.detail) == (Outcome.NOT_APPLIED, True)
    assert (await world.expire.settle(plan, 0.0)).outcome is Outcome.UNKNOWN


async def test_a_silence_of_another_model_is_no_silence_of_this_one(world: World, silence_id: str) -> None:
    churn = Model("churn", Label("churn"))
    with pytest.raises(ActionRefused, match="quiet: none; silence"):
        await world.expire.plan(occasion(churn), {"silence": silence_id}, may_dry_run=True)
