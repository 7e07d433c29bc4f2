import json
from typing import Any
from urllib.parse import quote

import pytest

from console.actions.notify.notify import Notify, Verb
from console.actions.notify.provider import NotifyProvider
from console.actions.provider import ActionRefused, Occasion
from console.domain.action import Outcome, Plan, RiskTier
from console.settings.channels import Channel, PagerDutyChannel, SlackChannel, TeamsChannel, WebhookChannel
from console.settings.secrets import Secret
from console.settings.settings import Settings
from tests.actions.occasions import INCIDENT, OCCASION, Clock
from tests.sources.lying_server import CLOSE, HANG, Lie, LyingServer, answer

ROUTING_KEY = "R0UT1NGKEY0123456789abcdef012345"
SLACK_PATH = "/services/T012ABCDEF/B0123456789/s3cretS3cretS3cret"
TEAMS_PATH = "/workflows/0a1b2c3d4e5f/triggers/manual/paths/invoke?api-version=2016-06-01&sig=s1gnatureS1gnature"
TEXT = "eta is slow: <!channel> @here <https://evil|click> *bold* [x](http://evil) & more\nsecond line \x1b[31m"
FAKE_SLACK_OK = Lie(200, b"ok", content_type="text/plain")
FAKE_TEAMS_OK = Lie(202, b"", content_type=None)
FAKE_PAGERDUTY_OK = answer({"status": "success", "message": "Event processed", "dedup_key": "k"}, 202)


def channel_of(kind: str, server: LyingServer, patience: float) -> tuple[Channel, dict[str, str]]:
    environment = {"SLACK": server.url + SLACK_PATH, "TEAMS": server.url + TEAMS_PATH, "PD": ROUTING_KEY}
    channels: dict[str, Channel] = {
        "slack": SlackChannel(url=Secret(env="SLACK"), timeout=patience),
        "teams": TeamsChannel(url=Secret(env="TEAMS"), timeout=patience),
        "pagerduty": PagerDutyChannel(routing_key=Secret(env="PD"), url=server.url, timeout=patience),
        "webhook": WebhookChannel(url=f"{server.url}/told", bearer=Secret(env="PD"), timeout=patience),
    }
    return channels[kind], environment


def notify(kind: str, server: LyingServer, verb: Verb = "send", patience: float = 10.0) -> Notify:
    channel, environment = channel_of(kind, server, patience)
    return Notify("ml-oncall", channel, verb, environment, Clock())


async def planned(found: Notify, text: str = TEXT, occasion: Occasion = OCCASION) -> Plan:
    return await found.plan(occasion, {"message": text}, may_dry_run=True)


async def sent(kind: str, lie: Lie, text: str = TEXT) -> tuple[dict[str, Any], LyingServer]:
    async with LyingServer(lie) as server:
        found = notify(kind, server)
        plan = await planned(found, text)
        assert server.requests == []
        commitment = await found.commit(plan)
        assert commitment.outcome is Outcome.APPLIED, commitment.detail
    (request,) = server.requests
    assert request.method == "POST"
    assert request.headers["content-type"] == "application/json"
    return json.loads(request.body), server


async def test_slack_gets_text_without_mentions_links_and_markup() -> None:
    document, server = await sent("slack", FAKE_SLACK_OK)
    assert server.requests[0].path == SLACK_PATH
    assert document["mrkdwn"] is False
    assert document["text"].splitlines() == [
        "eta is slow: &lt;!channel&gt; (at)here &lt;https://evil|click&gt; *bold* [x](http://evil) &amp; more",
        "second line ␛[31m",
    ]


async def test_teams_gets_a_card_of_plain_runs() -> None:
    document, server = await sent("teams", FAKE_TEAMS_OK)
    assert server.requests[0].query["sig"] == ["s1gnatureS1gnature"]
    (attachment,) = document["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    body = attachment["content"]["body"]
    assert {block["type"] for block in body} == {"RichTextBlock"}
    runs = [block["inlines"][0] for block in body]
    assert {run["type"] for run in runs} == {"TextRun"}
    assert runs[1]["text"] == "second line ␛[31m"
    assert "msteams" not in attachment["content"]


async def test_pagerduty_gets_an_event_whose_key_is_that_of_the_incident() -> None:
    document, server = await sent("pagerduty", FAKE_PAGERDUTY_OK)
    assert server.requests[0].path == "/v2/enqueue"
    assert document["routing_key"] == ROUTING_KEY
    assert (document["event_action"], document["dedup_key"]) == ("trigger", f"incident-console/{INCIDENT}")
    assert document["payload"].keys() >= {"summary", "source", "severity"}
    assert document["payload"]["severity"] == "critical"
    async with LyingServer(FAKE_PAGERDUTY_OK) as fake:
        for verb in ("acknowledge", "resolve"):
            found = notify("pagerduty", fake, verb)
            plan = await found.plan(OCCASION, {}, may_dry_run=True)
            assert plan.notes == (
                "where no alert of this incident is open there, PagerDuty takes it all the same and drops it",
            )
            await found.commit(plan)
            event = json.loads(fake.requests[-1].body)
            assert (event["event_action"], event["dedup_key"]) == (verb, document["dedup_key"])
            assert "payload" not in event


async def test_anything_else_gets_the_message_and_what_it_is_about() -> None:
    document, _ = await sent("webhook", answer({}))
    assert (document["model"], document["incident"], document["by"]) == ("eta", INCIDENT, "ann@bastion")


@pytest.mark.parametrize("kind", ["slack", "teams", "pagerduty", "webhook"])
async def test_long_messages_are_cut_to_what_the_service_takes(kind: str) -> None:
    lies = {"slack": FAKE_SLACK_OK, "teams": FAKE_TEAMS_OK, "pagerduty": FAKE_PAGERDUTY_OK, "webhook": answer({})}
    document, server = await sent(kind, lies[kind], "\n".join(["word " * 100] * 200))
    assert len(server.requests[0].body) <= 28_000 or kind == "pagerduty"
    if kind == "slack":
        assert len(document["text"]) <= 4_000
    if kind == "pagerduty":
        assert len(document["payload"]["summary"]) <= 1_024
        assert len(server.requests[0].body) <= 512_000


@pytest.mark.parametrize(
    ("kind", "lie", "outcome"),
    [
        ("slack", Lie(403, b"invalid_token", content_type="text/plain"), Outcome.NOT_APPLIED),
        ("slack", Lie(404, b"no_service", content_type="text/plain"), Outcome.NOT_APPLIED),
        ("slack", Lie(429, b"rate_limited", headers={"Retry-After": "30"}), Outcome.NOT_APPLIED),
        ("slack", Lie(500, b"rollup_error", content_type="text/plain"), Outcome.UNKNOWN),
        ("slack", Lie(302, b"", headers={"Location": "https://slack.com/signin"}), Outcome.UNKNOWN),
        ("teams", Lie(200, b"Webhook message delivery failed with error: 429", content_type=None), Outcome.NOT_APPLIED),
        ("teams", Lie(200, b"1", content_type=None), Outcome.APPLIED),
        ("slack", Lie(200, b"<html>sign in</html>", "text/html; charset=utf-8"), Outcome.UNKNOWN),
        ("teams", Lie(200, b"<!doctype html>", "text/html"), Outcome.UNKNOWN),
        ("slack", Lie(200, b'{"success":true}'), Outcome.APPLIED),
        ("pagerduty", answer({"status": "invalid event", "errors": ["routing_key"]}, 400), Outcome.NOT_APPLIED),
        ("pagerduty", answer({"message": "throttled"}, 429, **{"Retry-After": "60"}), Outcome.NOT_APPLIED),
        ("pagerduty", answer({"status": "success"}, 200), Outcome.UNKNOWN),
        ("pagerduty", Lie(200, b"<html>sign in</html>", content_type="text/html"), Outcome.UNKNOWN),
        ("webhook", Lie(200, b"x" * 1_000_000, repeated=10), Outcome.APPLIED),
        ("webhook", CLOSE, Outcome.UNKNOWN),
        ("webhook", HANG, Outcome.UNKNOWN),
    ],
)
async def test_every_end_is_told_and_nothing_is_sent_twice(kind: str, lie: Lie, outcome: Outcome) -> None:
    async with LyingServer(lie) as server:
        found = notify(kind, server, patience=0.4 if lie is HANG else 10.0)
        commitment = await found.commit(await planned(found))
        assert len(server.requests) == 1
    assert commitment.outcome is outcome, commitment.detail
    assert (await found.settle(await _replanned(found), 0.0)).outcome is Outcome.UNKNOWN


async def _replanned(found: Notify) -> Plan:
    return await planned(found)


@pytest.mark.parametrize("kind", ["slack", "teams", "pagerduty", "webhook"])
async def test_secrets_that_are_echoed_are_hidden_and_in_no_plan(kind: str) -> None:
    canaries = (ROUTING_KEY, "s3cretS3cretS3cret", "s1gnatureS1gnature", "0a1b2c3d4e5f", "B0123456789")
    echo = f"bad request to {SLACK_PATH} {TEAMS_PATH} {ROUTING_KEY} step B0123456789 0a1b2c3d4e5f s1gnatureS1gnature"
    async with LyingServer(Lie(400, echo.encode(), content_type="text/plain")) as server:
        found = notify(kind, server)
        plan = await planned(found)
        commitment = await found.commit(plan)
    known = {"slack": canaries[1:2] + canaries[4:], "teams": canaries[2:4]}.get(kind, canaries[:1])
    for canary in known:
        assert canary not in commitment.detail
    for canary in canaries:
        assert canary not in repr(plan)


async def test_what_pagerduty_does_not_take_is_told_in_its_words() -> None:
    errors = ["Length of 'routing_key' is incorrect (should be 32 characters)", {"hostile": "\x1b"}]
    refusal = {"status": "invalid event", "message": "Event object is invalid", "errors": errors}
    async with LyingServer(answer(refusal, 400)) as server:
        found = notify("pagerduty", server)
        commitment = await found.commit(await planned(found))
    assert commitment.detail == (
        "refused: ml-oncall answered 400:"
        " 'Event object is invalid: Length of 'routing_key' is incorrect (should be 32 characters)'"
    )


FAILURES: dict[str, Lie] = {
    "closed": CLOSE,
    "silent": HANG,
    "no HTTP": Lie(200, b"", headers={"\x00": "\x00"}),
    "redirected": Lie(307, headers={"Location": f"/other{SLACK_PATH}"}),
    "redirected elsewhere": Lie(302, headers={"Location": f"https://user:pass@evil.example{SLACK_PATH}#{SLACK_PATH}"}),
    "gateway": Lie(502, f"<a href='{SLACK_PATH}'>POST {quote(SLACK_PATH, safe='')} failed</a>".encode()),
    "rate limited": Lie(429, b"rate_limited", headers={"Retry-After": SLACK_PATH}),
}


@pytest.mark.parametrize("lie", FAILURES.values(), ids=FAILURES.keys())
async def test_an_address_that_is_a_secret_is_in_no_failure(lie: Lie, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with LyingServer(lie) as server:
        found = notify("slack", server, patience=0.5 if lie is HANG else 10.0)
        commitment = await found.commit(await planned(found))
    assert len(server.requests) == 1
    told = repr(commitment) + caplog.text
    assert [step for step in SLACK_PATH.split("/")[2:] if step in told] == []


@pytest.mark.parametrize("host", ["http://127.0.0.1:9", "https://127.0.0.1:{port}", "http://no-such-host.invalid"])
async def test_an_address_that_is_a_secret_is_in_no_failure_to_connect(
    host: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    async with LyingServer(FAKE_SLACK_OK) as server:
        address = host.format(port=server.port) + SLACK_PATH
        found = Notify("x", SlackChannel(url=Secret(env="SLACK"), timeout=1.0), "send", {"SLACK": address}, Clock())
        commitment = await found.commit(await planned(found))
    assert (commitment.outcome, server.requests) == (Outcome.NOT_APPLIED, [])
    told = repr(commitment) + caplog.text
    assert [step for step in SLACK_PATH.split("/")[2:] if step in told] == []


async def test_a_message_is_bounded_and_never_taken_back() -> None:
    async with LyingServer(FAKE_SLACK_OK) as server:
        found = notify("slack", server)
        plan = await planned(found)
        with pytest.raises(ActionRefused, match="cannot be undone"):
            await found.plan_undo(plan, may_dry_run=True)
    assert (plan.tier, plan.undo) == (RiskTier.BOUNDED, None)
    assert plan.notes == ("a message cannot be taken back",)


@pytest.mark.parametrize("arguments", [{}, {"message": " "}, {"message": 3}, {"message": "a", "to": "b"}])
async def test_no_message_is_refused(arguments: dict[str, object]) -> None:
    async with LyingServer(FAKE_SLACK_OK) as server:
        with pytest.raises(ActionRefused):
            await notify("slack", server).plan(OCCASION, arguments, may_dry_run=True)


@pytest.mark.parametrize("url", ["", "no address", "ftp://a/b", "https://user:pass@host/x", "http://[::1"])
async def test_an_address_that_is_none_is_said_before_the_key(url: str) -> None:
    found = Notify("x", SlackChannel(url=Secret(env="SLACK")), "send", {"SLACK": url}, Clock())
    plan = await planned(found)
    (refusal,) = plan.refusals
    assert refusal.startswith("nothing can be sent: environment variable SLACK ")
    assert (await found.commit(plan)).outcome is Outcome.NOT_APPLIED


def test_pagerduty_knows_three_verbs_and_the_others_one() -> None:
    channels: dict[str, Channel] = {
        "ml": SlackChannel(url=Secret(env="S")),
        "pager": PagerDutyChannel(routing_key=Secret(env="P"), critical=True),
    }
    found = {each.name: each.tier for each in NotifyProvider().declared(Settings(channels=channels))}
    assert found == {
        "notify.ml": RiskTier.BOUNDED,
        "notify.pager": RiskTier.HARD_TO_UNDO,
        "notify.pager.acknowledge": RiskTier.HARD_TO_UNDO,
        "notify.pager.resolve": RiskTier.HARD_TO_UNDO,
    }
