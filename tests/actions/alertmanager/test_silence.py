from contextlib import AsyncExitStack

import pytest

from console.actions.provider import ActionRefused
from console.actions.servers.sending import LAST_ARRIVAL_SECONDS
from console.domain.action import FieldChange, Outcome, RiskTier
from console.domain.label import Label
from console.domain.model import Model
from tests.actions.alertmanager.world import INCIDENT, World, a_world, at, occasion, silences_of
from tests.faults.lying_proxy import LyingProxy
from tests.services import Alertmanager, Servers
from tests.sources.lying_server import CLOSE, HANG, Lie, Request, answer

PINNED = [
    {"name": "alertname", "value": "ModelLatencyHigh", "isRegex": False, "isEqual": True},
    {"name": "model", "value": "fraud", "isRegex": False, "isEqual": True},
]


def is_change(request: Request) -> bool:
    return request.method in ("POST", "DELETE")


async def test_a_plan_shows_exactly_what_would_be_quiet_and_sends_nothing(world: World, proxy: LyingProxy) -> None:
    plan = await world.planned()
    assert plan.title == "Silence ModelLatencyHigh of fraud for 30 min"
    assert plan.changes[0] == FieldChange("alerts that notify", "2", "0")
    assert plan.notes[0] == "keeps quiet 2 alerts: ModelLatencyHigh (pod=a), ModelLatencyHigh (pod=b)"
    assert (plan.tier, plan.ends_with) == (RiskTier.BOUNDED, None)
    assert plan.request.body["matchers"] == PINNED
    assert plan.hash == (await world.planned()).hash
    assert proxy.asked(is_change) == 0


async def test_a_silence_is_made_verified_and_taken_back(
    world: World, alertmanager: Alertmanager, proxy: LyingProxy
) -> None:
    plan = await world.planned(comment="we are on it")
    commitment = await world.silence.commit(plan)
    assert commitment.outcome is Outcome.APPLIED, commitment.detail
    (silence,) = silences_of(alertmanager)
    assert sorted(silence["matchers"], key=lambda each: each["name"]) == PINNED
    assert silence["createdBy"] == "ann@bastion"
    assert silence["comment"].startswith("we are on it [incident-console ")
    quiet = [alert["labels"]["model"] for alert in alertmanager.alerts() if alert["status"]["silencedBy"]]
    assert quiet == ["fraud", "fraud"]
    seen = await world.silence.observe(plan)
    assert seen.done
    assert "keeps 2 alerts quiet" in seen.text

    undo = await world.silence.plan_undo(plan, may_dry_run=True)
    assert (undo.refusals, undo.undoes) == ((), plan.hash)
    assert undo.request.shown == f"DELETE /api/v2/silence/{silence['id']}"
    assert (await world.silence.commit(undo)).outcome is Outcome.APPLIED
    assert [each["status"]["state"] for each in silences_of(alertmanager)] == ["expired"]
    assert (await world.silence.observe(undo)).done
    assert (await world.silence.observe(plan)).done is None
    assert proxy.asked(is_change) == 2


async def test_an_undo_of_what_was_never_made_is_refused(world: World) -> None:
    with pytest.raises(ActionRefused, match="no silence bears its mark"):
        await world.silence.plan_undo(await world.planned(), may_dry_run=True)


@pytest.mark.parametrize("lie", [CLOSE, Lie(502, b"<html>Bad Gateway</html>"), Lie(200, b"<html>Sign in</html>")])
async def test_what_did_not_arrive_is_unknown_until_it_cannot_arrive_any_more(
    world: World, proxy: LyingProxy, lie: Lie
) -> None:
    plan, sent_at = await world.planned(), world.clock()
    proxy.lie(lie, is_change)
    commitment = await world.silence.commit(plan)
    assert commitment.outcome is Outcome.UNKNOWN
    assert commitment.detail.startswith("no silence bears its mark: the request may arrive yet")
    world.clock.ahead += LAST_ARRIVAL_SECONDS
    assert (await world.silence.settle(plan, sent_at)).outcome is Outcome.NOT_APPLIED
    assert proxy.asked(is_change) == 1


async def test_a_server_that_hangs_after_the_request_is_asked_and_never_sent_it_again(
    proxy: LyingProxy, alertmanager: Alertmanager
) -> None:
    async with AsyncExitStack() as closing:
        plan = await a_world(closing, at(proxy.url)).planned()
        world = a_world(closing, at(proxy.url, timeout=0.3))
        proxy.lie(HANG, is_change)
        commitment = await world.silence.commit(plan)
        assert commitment.outcome is Outcome.UNKNOWN
        assert proxy.asked(is_change) == 1
        alertmanager.kill()
        proxy.lie(CLOSE)
        assert (await world.silence.settle(plan, world.clock())).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("lie", "told"),
    [
        (answer("bad matcher", 400), "answered 400: 'bad matcher'"),
        (Lie(403, b'{"message": "no access for you"}'), "answered 403: 'no access for you'"),
        (Lie(302, headers={"Location": "https://sso.example/login?secret=1"}), "302, a redirection"),
        (answer("failed to set silence", 500), "answered 500: 'failed to set silence'"),
    ],
)
async def test_a_refusal_is_told_and_sent_once(world: World, proxy: LyingProxy, lie: Lie, told: str) -> None:
    plan = await world.planned()
    proxy.lie(lie, is_change)
    commitment = await world.silence.commit(plan)
    expected = Outcome.UNKNOWN if lie.status == 302 else Outcome.NOT_APPLIED
    assert (commitment.outcome, told in commitment.detail) == (expected, True), commitment.detail
    assert proxy.asked(is_change) == 1


async def test_who_may_not_read_is_told_before_anything_is_sent(world: World, proxy: LyingProxy) -> None:
    proxy.lie(Lie(403, b'{"message": "viewers only"}'))
    with pytest.raises(ActionRefused, match=r"cannot be read: .* answered 403 .*viewers only"):
        await world.planned()


async def test_a_member_that_is_down_is_told_and_another_is_sent_to(alertmanager: Alertmanager) -> None:
    async with AsyncExitStack() as closing:
        world = a_world(closing, at("http://127.0.0.1:9", alertmanager.url))
        plan = await world.planned()
        assert "1 of 2 members did not answer" in plan.notes[-1]
        assert (await world.silence.commit(plan)).outcome is Outcome.APPLIED
        assert len(silences_of(alertmanager)) == 1


async def test_of_several_alertmanagers_the_one_that_knows_the_alert_is_meant(
    servers: Servers, alertmanager: Alertmanager
) -> None:
    other = servers.alertmanager()
    async with AsyncExitStack() as closing:
        world = a_world(closing, at(other.url, name="us"), at(alertmanager.url, name="eu"))
        plan = await world.planned()
        assert plan.target.context == "alertmanager.eu"
        other.fire("ModelLatencyHigh", {"model": "fraud"})
        with pytest.raises(ActionRefused, match="us and eu know alerts of fraud: say which"):
            await world.planned()
        assert (await world.planned(alertmanager="us")).target.context == "alertmanager.us"


async def test_the_end_of_the_incident_is_said_in_the_plan(world: World) -> None:
    plan = await world.silence.plan(occasion(incident_id=INCIDENT), {"minutes": 30}, may_dry_run=True)
    assert plan.ends_with == INCIDENT
    assert plan.changes[1].after == "at most 30 min, and no longer than the incident"
    assert any(f"as soon as incident {INCIDENT} is over" in note for note in plan.notes)
    alone = await world.silence.plan(occasion(incident_id=INCIDENT), {"minutes": 30, "ends": "time"}, may_dry_run=True)
    assert (alone.ends_with, alone.hash == plan.hash) == (None, False)
    with pytest.raises(ActionRefused, match="has no incident"):
        await world.planned(ends="incident")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"minutes": 121}, "minutes is 121; expected a whole number from 1 to 120"),
        ({"minutes": 30, "alert": "ModelErrors"}, "fraud has firing there: ModelLatencyHigh"),
        ({"minutes": 30, "ends": "never"}, "ends is 'never'; expected one of incident, time"),
        ({"minutes": 30, "regex": ".*"}, "has no argument 'regex'"),
    ],
)
async def test_a_wrong_argument_is_one_line(world: World, arguments: dict[str, object], told: str) -> None:
    with pytest.raises(ActionRefused) as refusal:
        await world.silence.plan(occasion(), arguments, may_dry_run=True)
    assert told in str(refusal.value)


async def test_many_alerts_or_a_long_time_or_a_critical_place_are_confirmed_with_care(
    alertmanager: Alertmanager,
) -> None:
    async with AsyncExitStack() as closing:
        tiers = []
        for fields, minutes in (({"most_alerts": 1}, 30), ({}, 31), ({"critical": True}, 30)):
            world = a_world(closing, at(alertmanager.url, **fields))
            tiers.append((await world.planned(minutes=minutes)).tier)
    assert tiers == [RiskTier.WIDE, RiskTier.WIDE, RiskTier.HARD_TO_UNDO]


async def test_alerts_of_a_namesake_are_nobodys_but_its_own(servers: Servers) -> None:
    alertmanager = servers.alertmanager()
    alertmanager.fire("ModelDown", {"model": "fraud"})
    alertmanager.fire("ModelDown", {"model": "fraud", "namespace": "prod"})
    namesake = Model("prod/fraud", Label("fraud"), {"namespace": "prod"})
    async with AsyncExitStack() as closing:
        world = a_world(closing, at(alertmanager.url))
        plan = await world.silence.plan(occasion(namesake), {"minutes": 10}, may_dry_run=True)
    assert plan.changes[0].before == "1"
    assert [each["name"] for each in plan.request.body["matchers"]] == ["alertname", "model", "namespace"]


async def test_what_can_be_silenced_is_offered_by_name(world: World, alertmanager: Alertmanager) -> None:
    alertmanager.fire("ModelErrors", {"model": "fraud"})
    assert (await world.silence.prospect(occasion())).choices == {"alert": ("ModelErrors", "ModelLatencyHigh")}
    with pytest.raises(ActionRefused, match="say which alert is meant"):
        await world.planned()
    nobody = Model("ads", Label("ads"))
    assert (await world.silence.prospect(occasion(nobody))).why_not is not None
