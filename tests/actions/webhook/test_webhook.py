import json
from typing import Any

import pytest

from console.actions.provider import ActionRefused
from console.actions.webhook.check import idempotency_key
from console.actions.webhook.webhook import Webhook
from console.domain.action import Outcome, Plan, RiskTier
from console.settings.credentials import BasicAuth
from console.settings.secrets import Secret
from console.settings.slots import ChoiceSlot, IntegerSlot, TextSlot
from console.settings.webhooks import HookCheck, HookRequest, WebhookSettings
from tests.actions.occasions import INCIDENT, OCCASION, Clock
from tests.sources.lying_server import CLOSE, HANG, Lie, LyingServer, answer

TOKEN = "t0ken-of-the-hook"
ENVIRONMENT = {"HOOK_TOKEN": TOKEN}
DONE, GONE = answer({"state": "drained"}), answer({"state": "active"})
CHECK = HookCheck(path="/pools/{pool}", at="state", applied=("drained",), not_applied=("active",))
BY_KEY = HookCheck(path="/requests/{idempotency_key}", at="state", applied=("drained",), not_applied=("active",))
ARGUMENTS: dict[str, object] = {"pool": "blue 3", "count": 2, "mode": "soft"}


def settings_of(server: LyingServer, **changes: Any) -> WebhookSettings:
    given: dict[str, Any] = {
        "title": "Drain a pool",
        "url": f"{server.url}/api/",
        "bearer": Secret(env="HOOK_TOKEN"),
        "slots": {
            "pool": TextSlot("the pool", r"[a-z0-9 /.?#%=-]+"),
            "count": IntegerSlot("how many", 1, 5),
            "mode": ChoiceSlot("how", ("soft", "hard")),
        },
        "request": HookRequest(
            path="/pools/{pool}/drain",
            body={"count": "$count", "how": ["$mode"], "for": "$model.id", "price": "$$5"},
            expect=(202,),
        ),
        "timeout": 10.0,
    }
    return WebhookSettings(**(given | changes))


def hook(server: LyingServer, clock: Clock | None = None, **changes: Any) -> Webhook:
    return Webhook("drain", settings_of(server, **changes), ENVIRONMENT, clock or Clock(), settle_seconds=0.0)


async def planned(webhook: Webhook, *, may_dry_run: bool = True) -> Plan:
    return await webhook.plan(OCCASION, ARGUMENTS, may_dry_run=may_dry_run)


async def test_the_request_is_what_the_plan_shows() -> None:
    async with LyingServer(answer({"taken": True}, 202)) as server:
        webhook = hook(server)
        plan = await planned(webhook)
        assert server.requests == []
        commitment = await webhook.commit(plan)
    (request,) = server.requests
    body = {"count": 2, "how": ["soft"], "for": "eta", "price": "$5"}
    assert plan.request.body == json.loads(request.body) == body
    assert plan.request.path == f"{server.url}/api/pools/blue%203/drain"
    assert request.path == "/api/pools/blue%203/drain"
    assert (request.method, request.headers["content-type"]) == ("POST", "application/json")
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["idempotency-key"] == idempotency_key(plan)
    assert (commitment.outcome, plan.refusals) == (Outcome.APPLIED, ())
    assert (plan.tier, plan.undo, plan.title) == (
        RiskTier.HARD_TO_UNDO,
        None,
        "Drain a pool (pool blue 3, count 2, mode soft)",
    )
    assert TOKEN not in repr(plan)
    assert [note.split(":")[0] for note in plan.notes] == [
        "it cannot be rehearsed",
        "it cannot be taken back",
        "without an answer nobody can tell whether it was done",
    ]


@pytest.mark.parametrize("value", ["../../admin", "a/b", "a?b=c", "a#b", "%2e%2e"])
async def test_no_value_leads_to_another_path(value: str) -> None:
    async with LyingServer(answer({}, 202)) as server:
        webhook = hook(server)
        await webhook.commit(await webhook.plan(OCCASION, {**ARGUMENTS, "pool": value}, may_dry_run=True))
        (request,) = server.requests
        assert request.path.startswith("/api/pools/")
        assert request.path.count("/") == 4
        assert request.query == {}
        with pytest.raises(ActionRefused, match="may not stand in a path"):
            await webhook.plan(OCCASION, {**ARGUMENTS, "pool": ".."}, may_dry_run=True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"pol": "a"}, "has no argument 'pol', expected one of count, mode, pool; nearest: pool"),
        ({"pool": "a"}, "needs count: how many"),
        ({"pool": "a", "count": 6, "mode": "soft"}, "count: expected a whole number from 1 to 5; found 6"),
        ({"pool": "a", "count": True, "mode": "soft"}, "expected a whole number"),
        ({"pool": "a", "count": 1, "mode": "mild"}, "mode: expected one of soft, hard; found 'mild'"),
        ({"pool": "a\n", "count": 1, "mode": "soft"}, "pool: expected a line"),
        ({"pool": "A", "count": 1, "mode": "soft"}, "pool: expected a line"),
    ],
)
async def test_what_no_slot_takes_is_refused(arguments: dict[str, object], told: str) -> None:
    async with LyingServer(answer({})) as server:
        with pytest.raises(ActionRefused, match=told):
            await hook(server).plan(OCCASION, arguments, may_dry_run=True)
        assert server.requests == []


@pytest.mark.parametrize(
    ("lie", "outcome", "told"),
    [
        (answer({"error": "no such pool"}, 422), Outcome.NOT_APPLIED, "no such pool"),
        (Lie(429, b"slow down"), Outcome.NOT_APPLIED, "answered 429: 'slow down'"),
        (Lie(307, b"", headers={"Location": "http://evil/?x"}), Outcome.NOT_APPLIED, "http://evil/, which is not"),
        (Lie(302, b"", headers={"Location": "/login"}), Outcome.UNKNOWN, "redirection to /login"),
        (Lie(500, b"<b>oops</b>", content_type="text/html"), Outcome.UNKNOWN, "answered 500: 'oops'"),
        (answer({}, 200), Outcome.UNKNOWN, "answered 200"),
        (CLOSE, Outcome.UNKNOWN, "broke before an answer"),
        (HANG, Outcome.UNKNOWN, "did not answer within 0.4 s"),
        (Lie(202, b"x" * 1_000_000, repeated=10), Outcome.APPLIED, "answered 202"),
        (Lie(202, b"\x1b[31mred\x07 " + b"\xe2\x80\xae", content_type="text/plain"), Outcome.APPLIED, "red"),
    ],
)
async def test_every_end_is_told_and_nothing_is_sent_twice(lie: Lie, outcome: Outcome, told: str) -> None:
    async with LyingServer(lie) as server:
        webhook = hook(server, timeout=0.4 if lie is HANG else 10.0)
        commitment = await webhook.commit(await planned(webhook))
        assert len(server.requests) == 1
    assert (commitment.outcome, told in commitment.detail) == (outcome, True), commitment.detail
    assert commitment.detail.isprintable()
    assert len(commitment.detail) < 400


async def test_an_echo_of_secrets_is_hidden() -> None:
    echo = f"you sent Bearer {TOKEN} and user:{TOKEN}"
    async with LyingServer(Lie(403, echo.encode(), content_type="text/plain")) as server:
        webhook = hook(server)
        commitment = await webhook.commit(await planned(webhook))
        basic = hook(server, bearer=None, basic=BasicAuth("ops", Secret(env="HOOK_TOKEN")))
        again = await basic.commit(await planned(basic))
    assert TOKEN not in commitment.detail
    assert TOKEN not in again.detail
    assert "***" in commitment.detail


@pytest.mark.parametrize(
    ("check", "before", "after", "seconds", "outcome"),
    [
        (CHECK, GONE, DONE, 0.0, Outcome.APPLIED),
        (CHECK, DONE, DONE, 0.0, Outcome.UNKNOWN),
        (CHECK, GONE, GONE, 0.0, Outcome.UNKNOWN),
        (CHECK, GONE, GONE, 80.0, Outcome.NOT_APPLIED),
        (CHECK, GONE, answer({"state": "on its way"}), 80.0, Outcome.UNKNOWN),
        (CHECK, GONE, Lie(500, b""), 80.0, Outcome.UNKNOWN),
        (BY_KEY, DONE, DONE, 0.0, Outcome.APPLIED),
        (BY_KEY, GONE, GONE, 80.0, Outcome.NOT_APPLIED),
    ],
)
async def test_a_check_settles_what_it_proves(
    check: HookCheck, before: Lie, after: Lie, seconds: float, outcome: Outcome
) -> None:
    clock = Clock()
    async with LyingServer(before) as server:
        webhook = hook(server, clock, check=check)
        plan = await planned(webhook)
        server.tell(after)
        clock.now += seconds
        settled = await webhook.settle(plan, plan.made_at)
        assert settled.outcome is outcome
        assert all(request.method == "GET" for request in server.requests)
        if check is BY_KEY:
            assert server.requests[-1].path == f"/api/requests/{idempotency_key(plan)}"
        else:
            assert server.requests[-1].path == "/api/pools/blue%203"


async def test_without_an_answer_the_check_is_asked() -> None:
    async with LyingServer(GONE) as server:
        webhook = hook(server, check=CHECK)
        plan = await planned(webhook)
        server.tell(CLOSE, DONE)
        commitment = await webhook.commit(plan)
        assert [request.method for request in server.requests] == ["GET", "POST", "GET"]
        assert (await webhook.observe(plan)).done is True
    assert commitment.outcome is Outcome.APPLIED


TAME: dict[str, Any] = {
    "dry_run": HookRequest(path="/pools/{pool}/drain", body={"dry": True}, expect=(200,)),
    "undo": HookRequest(method="DELETE", path="/pools/{pool}/drain", expect=(204,)),
}


async def test_a_dry_run_speaks_before_the_key() -> None:
    async with LyingServer(answer({"error": "pool is gone"}, 409)) as server:
        webhook = hook(server, **TAME)
        refused = await planned(webhook)
        server.tell(answer({}))
        accepted = await planned(webhook)
        unasked = await planned(webhook, may_dry_run=False)
        assert len(server.requests) == 2
    assert refused.refusals[0].startswith("the dry run is refused: ")
    assert "pool is gone" in refused.refusals[0]
    assert accepted.dry_run.startswith("accepted: ")
    assert (accepted.tier, unasked.dry_run) == (RiskTier.WIDE, "not asked: the console only reads")


async def test_an_undo_is_the_declared_one_and_refused_where_there_is_nothing_to_take_back() -> None:
    async with LyingServer(GONE) as server:
        webhook = hook(server, check=CHECK, **TAME)
        plan = await webhook.plan(OCCASION, ARGUMENTS, may_dry_run=False)
        server.tell(DONE)
        undo = await webhook.plan_undo(plan, may_dry_run=True)
        server.tell(Lie(204, b""))
        commitment = await webhook.commit(undo)
        assert (server.requests[-1].method, server.requests[-1].path) == ("DELETE", "/api/pools/blue%203/drain")
        server.tell(GONE)
        assert (await webhook.settle(undo, undo.made_at)).outcome is Outcome.APPLIED
        late = await webhook.plan_undo(plan, may_dry_run=True)
    assert (undo.refusals, undo.undoes, commitment.outcome) == ((), plan.hash, Outcome.APPLIED)
    assert late.refusals == ("drain: the check says that it is not in effect: there is nothing to take back",)


async def test_a_webhook_without_undo_refuses_to_take_back() -> None:
    async with LyingServer(answer({})) as server:
        webhook = hook(server)
        with pytest.raises(ActionRefused, match="declares no undo"):
            await webhook.plan_undo(await planned(webhook), may_dry_run=True)


async def test_a_missing_secret_is_said_before_the_key_and_sends_nothing() -> None:
    async with LyingServer(answer({}, 202)) as server:
        webhook = Webhook("drain", settings_of(server), {}, Clock())
        plan = await planned(webhook)
        prospect = await webhook.prospect(OCCASION)
        commitment = await webhook.commit(plan)
        assert server.requests == []
    assert plan.refusals == ("nothing can be sent: environment variable HOOK_TOKEN is not set",)
    assert prospect.why_not == plan.refusals[0]
    assert commitment.outcome is Outcome.NOT_APPLIED


async def test_a_plan_of_another_configuration_is_not_sent() -> None:
    async with LyingServer(answer({}, 202)) as server:
        plan = await planned(hook(server))
        moved = hook(server, url="http://127.0.0.1:9/other")
        assert (await moved.commit(plan)).outcome is Outcome.NOT_APPLIED
        assert server.requests == []


async def test_a_dead_server_is_known_to_have_got_nothing() -> None:
    async with LyingServer(answer({}, 202)) as server:
        webhook = hook(server)
        plan = await planned(webhook)
    commitment = await webhook.commit(plan)
    assert (commitment.outcome, "nothing was sent" in commitment.detail) == (Outcome.NOT_APPLIED, True)


async def test_facts_of_the_incident_reach_the_body() -> None:
    async with LyingServer(answer({}, 202)) as server:
        request = HookRequest(body={"incident": "$incident.id", "by": "$by", "name": "$model.name"})
        plan = await planned(hook(server, request=request))
    assert plan.request.body == {"incident": INCIDENT, "by": "ann@bastion", "name": "eta"}


@pytest.mark.parametrize("configured", [1, 2, 3, None])
async def test_the_configuration_only_raises_the_tier(configured: int | None) -> None:
    async with LyingServer(answer({})) as server:
        tame = hook(server, tier=configured, **TAME).specification.tier
        wild = hook(server, tier=configured).specification.tier
        critical = hook(server, tier=configured, critical=True, **TAME).specification.tier
    assert (tame, wild, critical) == (RiskTier(max(configured or 2, 2)), RiskTier.HARD_TO_UNDO, RiskTier.HARD_TO_UNDO)
