from pathlib import Path
from textwrap import dedent

import pytest

from console.settings.channels import SlackChannel
from console.settings.load import BadSettings, Overrides, load_settings, override
from console.settings.places import acting_places
from console.settings.secrets import Secret, secrets_inside
from console.settings.settings import Settings

WHOLE = """
webhooks:
  drain:
    title: Drain a pool
    url: https://ops.example/api
    slots: {pool: {type: text, title: the pool, pattern: "[a-z]+"}}
    request: {path: "/pools/{pool}", body: {pool: $pool, for: $model.id, price: $$5}}
commands:
  batch:
    title: Restart the batch
    argv: [/bin/echo, $job]
    slots: {job: {type: choice, title: job, options: [a, b]}}
channels:
  ml: {type: slack, url: {file: slack-url}}
"""


def load(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "config.yaml"
    file.write_text(dedent(text), encoding="utf-8")
    return load_settings(file, {"HOME": "/home/ann"})


def test_files_of_secrets_belong_to_the_file(tmp_path: Path) -> None:
    assert load(tmp_path, WHOLE).channels["ml"] == SlackChannel(url=Secret(file=str(tmp_path / "slack-url")))


def test_each_is_a_place_that_only_write_opens(tmp_path: Path) -> None:
    settings = load(tmp_path, WHOLE)
    places = {place.name: place for place in acting_places(settings)}
    assert set(places) == {"webhook.drain", "command.batch", "notify.ml"}
    assert not any(place.write for place in places.values())
    assert places["notify.ml"].how_to_allow == "start with --write, or set channels.ml.write"
    allowed = override(settings, Overrides(write=True), {})
    assert all(place.write for place in acting_places(allowed))
    closed = load(tmp_path, WHOLE + "read_only: true\n")
    assert not any(place.write for place in acting_places(override(closed, Overrides(write=True), {})))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            "$pool, for",
            "$pol, for",
            "7:45: webhooks.drain.request.body: '$pol' is no slot, expected one of by, incident.id",
        ),
        ("{pool}", "{pol}", "7:15: webhooks.drain.request: '$pol' is no slot, expected one of pool; nearest: pool"),
        ("/pools/{pool}", "/pools/../{pool}", "webhooks.drain.request: '/pools/../{pool}' is no path"),
        ("/pools/{pool}", "pools", "'pools' is no path such as"),
        ("/pools/{pool}", "/pools?a={pool}", "is no path such as"),
        ("ops.example/api", "{pool}.example/api", "5:5: webhooks.drain: no slot stands in a url"),
        ("ops.example/api", "me:hunter2@ops.example", "holds a user, a query or a fragment"),
        ("ops.example/api", "ops.example/api?token=abc", "holds a user, a query or a fragment"),
        ("https://ops", "ftp://ops", "is no URL, expected such as http"),
        ("[a-z]+", "[a-z", "is no regular expression"),
        ("/bin/echo", "echo", "commands.batch: 'echo' is no absolute path"),
        ("$job]", "$jobs]", "'$jobs' is no slot, expected one of job; nearest: job"),
        ("$job]", "--job=$job]", "a slot is an argument of its own, never a part of one"),
        ("$job]", "'--token=a8f7e6d5c4b3a291']", "an argument looks like a secret"),
        ("$job]", "--password, hunter2hunter2, $job]", "an argument looks like a secret"),
        (
            "$job]",
            "$job]\n    environment: {API_TOKEN: a8f7e6d5c4b3a291}",
            "API_TOKEN looks like a secret; give a reference",
        ),
        ("type: slack", "type: slak", "channels.ml.type: 'slak' is none, expected one of pagerduty, slack, teams"),
        ("url: {file: slack-url}", "url: https://hooks.slack.com/x", "channels.ml.url: expected a mapping"),
        ("title: Drain", "tier: 4\n    title: Drain", "webhooks.drain.tier"),
        ("  ml:", "  ML:", "expected a name such as drain-pool, found 'ML'"),
    ],
)
def test_a_mistake_is_one_line_with_its_place(tmp_path: Path, before: str, after: str, told: str) -> None:
    assert before in WHOLE
    with pytest.raises(BadSettings) as error:
        load(tmp_path, WHOLE.replace(before, after, 1))
    assert told in error.value.problems[0]
    assert "hunter2" not in str(error.value)
    assert "token=abc" not in str(error.value)
    assert "a8f7e6d5c4b3a291" not in str(error.value)


def test_every_secret_of_what_is_declared_is_found(tmp_path: Path) -> None:
    text = WHOLE.replace(
        "    url: https://ops.example/api", "    url: https://ops.example/api\n    headers: {X: {env: A}}"
    )
    text = text.replace(
        "    argv: [/bin/echo, $job]", "    argv: [/bin/echo, $job]\n    environment: {B: {env: B}, C: plain}"
    )
    settings = load(tmp_path, text)
    found = secrets_inside((settings.webhooks, settings.commands, settings.channels))
    assert [secret.env or Path(secret.file or "").name for secret in found] == ["A", "B", "slack-url"]
