"""What a colleague edits on Alertmanager's page is theirs: found, named, and neither undone nor taken for undone."""

from typing import Any

import pytest

from console.actions.provider import ActionRefused
from console.actions.servers.sending import LAST_ARRIVAL_SECONDS
from console.domain.action import Outcome, Plan
from tests.actions.alertmanager.world import World, occasion, silences_of
from tests.services import Alertmanager

KEPT = ("id", "matchers", "startsAt", "endsAt", "createdBy", "comment")


async def made(world: World) -> Plan:
    plan = await world.planned()
    assert (await world.silence.commit(plan)).outcome is Outcome.APPLIED
    return plan


def edit(alertmanager: Alertmanager, **fields: object) -> None:
    """Save the only silence with other values, as the page does: all that it was, under its id."""
    (silence,) = silences_of(alertmanager)
    alertmanager.post_json("/api/v2/silences", {**{key: silence[key] for key in KEPT}, **fields})


async def why_not_undone(world: World, plan: Plan) -> str:
    progress = await world.silence.observe(plan)
    assert progress.done is None
    (refusal,) = (await world.silence.plan_undo(plan, may_dry_run=True)).refusals
    assert refusal.removesuffix("; nothing is undone over their change") in progress.text
    return refusal


async def test_one_that_is_prolonged_by_its_own_author_is_edited_by_somebody(
    world: World, alertmanager: Alertmanager
) -> None:
    plan = await made(world)
    undo = await world.silence.plan_undo(plan, may_dry_run=True)
    edit(alertmanager, endsAt="2099-01-01T00:00:00Z")
    assert await why_not_undone(world, plan) == (
        "somebody edited the silence: it is active until 2099-01-01 00:00:00 UTC, it was made for 30 min;"
        " nothing is undone over their change"
    )
    late = await world.silence.commit(undo)
    assert late.outcome is Outcome.NOT_APPLIED
    assert "somebody edited the silence since: it is active until 2099-01-01" in late.detail


async def test_one_whose_matchers_are_edited_lives_on_under_another_id(
    world: World, alertmanager: Alertmanager
) -> None:
    plan = await made(world)
    undo = await world.silence.plan_undo(plan, may_dry_run=True)
    (silence,) = silences_of(alertmanager)
    pod: dict[str, Any] = {"name": "pod", "value": "a\x1b[31m", "isRegex": False, "isEqual": True}
    edit(alertmanager, createdBy="bob\x07", matchers=[*silence["matchers"], pod])
    assert sorted(each["status"]["state"] for each in silences_of(alertmanager)) == ["active", "expired"]
    refusal = await why_not_undone(world, plan)
    assert refusal.startswith("bob␇ edited the silence: it is active until ")
    assert 'pod="a␛[31m"' in refusal
    assert (await world.silence.commit(undo)).outcome is Outcome.NOT_APPLIED
    assert (await world.silence.settle(plan, plan.made_at)).outcome is Outcome.APPLIED


async def test_one_whose_comment_is_replaced_is_not_denied(world: World, alertmanager: Alertmanager) -> None:
    plan = await made(world)
    edit(alertmanager, comment="mine now", createdBy="bob")
    world.clock.ahead += LAST_ARRIVAL_SECONDS
    settled = await world.silence.settle(plan, plan.made_at)
    assert settled.outcome is Outcome.UNKNOWN
    assert "of bob began since and matches the same: whether it is this one, edited, is unknown" in settled.detail
    with pytest.raises(ActionRefused, match=r"no silence bears its mark; silence .* of bob matches the same, and is"):
        await world.silence.plan_undo(plan, may_dry_run=True)


async def test_one_that_something_on_the_way_sent_twice_is_told(world: World, alertmanager: Alertmanager) -> None:
    plan = await made(world)
    (silence,) = silences_of(alertmanager)
    again = alertmanager.post_json("/api/v2/silences", {key: silence[key] for key in KEPT if key != "id"})
    settled = await world.silence.settle(plan, plan.made_at)
    assert settled.outcome is Outcome.APPLIED
    assert "; 2 silences bear its mark, something on the way sent it again: " in settled.detail
    undo = await world.silence.plan_undo(plan, may_dry_run=True)
    assert undo.refusals == ()
    assert again["silenceID"] in undo.notes[0]
    assert silence["id"] in undo.notes[0]


async def test_what_was_made_again_keeps_quiet_what_was_expired(world: World, alertmanager: Alertmanager) -> None:
    await made(world)
    expiry = await world.expire.plan(occasion(), {}, may_dry_run=True)
    assert (await world.expire.commit(expiry)).outcome is Outcome.APPLIED
    assert (await world.expire.observe(expiry)).done
    undo = await world.expire.plan_undo(expiry, may_dry_run=True)
    assert (await world.expire.commit(undo)).outcome is Outcome.APPLIED
    assert (await world.expire.observe(undo)).done
    progress = await world.expire.observe(expiry)
    assert progress.done is None
    assert "of ann@bastion keeps the same quiet, active until" in progress.text
