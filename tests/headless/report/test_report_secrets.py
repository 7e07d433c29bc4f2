"""No secret leaves with a report, wherever it got into the journal; no text from outside acts on whoever reads one."""

import re
import time
from html.parser import HTMLParser

import msgspec
import pytest

from console.domain.anomaly import Cause, CauseKind
from console.domain.change import Change, ChangeKind
from console.domain.link import Link
from console.domain.redaction import HIDDEN, everything_redacted, redacted
from console.journal.events import Event, Intent, RunLine, Verification
from console.journal.incident_events import IncidentClosed, IncidentOpened, Noted
from tests.headless.report.telling import every_format
from tests.journal.incident_samples import ID, ONSET, latency, night

CANARY = "c4n4ryS3cr3tV4lue"
SECRETS = {
    "password in an address": f"postgresql://reader:{CANARY}@db.example/models",
    "token before a host": f"https://{CANARY}@git.example/repository",
    "token in a query": f"https://grafana.example/d/fraud?var=1&token={CANARY}&from=1",
    "signature in a query": f"https://store.example/file?X-Amz-Signature={CANARY}",
    "webhook": f"https://hooks.slack.com/services/T000/B000/{CANARY}",
    "header": f"Authorization: Bearer {CANARY}",
    "other header": f'curl -H "X-Api-Key: {CANARY}"',
    "cookie": f"Cookie: session={CANARY}; other=1",
    "assignment": f"password={CANARY}",
    "quoted assignment": f"client_secret = '{CANARY}'",
    "JSON": f'{{"api_key": "{CANARY}"}}',
    "YAML": f"routing_key: {CANARY}",
    "variable": f"DB_PASSWORD={CANARY}",
    "variable of one word": f"PGPASSWORD={CANARY}",
    "variable of a token": f"HF_TOKEN={CANARY}",
    "camel case": f"apiToken: {CANARY}",
    "words": f"api key: {CANARY}",
    "sentence": f"the password is {CANARY}",
    "connection string": f"AccountName=models;AccountKey={CANARY}==",
    "quote within quotes": f'"password": "a\\"{CANARY}"',
    "quote that was cut off": f'password="{CANARY}',
    "flag": f"mysql --password {CANARY}",
    "short flag": f"mysql -u root -p{CANARY}",
    "user of curl": f"curl -u admin:{CANARY} https://git.example",
    "token with a name": f"token: {CANARY}",
    "GitHub": f"ghp_{CANARY}",
    "JSON Web Token": f"eyJhbGciOiJIUzI1NiJ9.{CANARY}.signature",
    "key": f"-----BEGIN RSA PRIVATE KEY-----\n{CANARY}\n-----END RSA PRIVATE KEY-----",
}
MEASURED = (
    "time to first token: 0.42 s",
    "tokens 1,204/s",
    "p99 2.40 s at the secretary model",
    "author=ann; key=value of the feature",
    "https://grafana.example/d/fraud?var-model=fraud&from=1&to=2",
    "ml/fraud@2026-11-22T03:08:15Z",
    "Basic checks passed",
    "cost per token: 0.00000123 USD",
    "bypass: on; the password is wrong",
)


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_what_looks_like_a_secret_is_hidden(secret: str) -> None:
    told = redacted(f"they said: {secret}, and went on")
    assert CANARY not in told
    assert HIDDEN in told
    assert told.startswith("they said: ")


@pytest.mark.parametrize("text", MEASURED)
def test_what_is_measured_is_not(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize("part", ["a-", "x-", "a.", "?a.", "://", 'password="', "token: ", "-----BEGIN "])
def test_twice_the_text_takes_no_four_times_as_long(part: str) -> None:
    def cost(length: int) -> float:
        text = (part * length)[:length]
        took = []
        for _ in range(3):
            began = time.process_time()
            redacted(text)
            took.append(time.process_time() - began)
        return min(took)

    assert cost(80_000) < 12 * cost(20_000)


def test_what_a_sensitive_name_maps_to_is_hidden_whole() -> None:
    told = everything_redacted({"db_password": {"value": CANARY}, "tokens": 3, "deep": [({"secret": CANARY},)]})
    assert told == {"db_password": HIDDEN, "tokens": 3, "deep": [({"secret": HIDDEN},)]}


def planted(text: str) -> list[Event]:
    """The sample night with a text in every place that somebody else wrote."""
    return [_planted(event, text) for event in night()]


def _planted(event: Event, text: str) -> Event:
    match event:
        case IncidentOpened():
            cause = Cause(CauseKind.DEPENDENCY, 0.5, text, (text,))
            return msgspec.structs.replace(
                event,
                model_name=text,
                anomalies=(latency(summary=text, causes=(cause,)),),
                versions={text: 1.0},
                context=text,
                changes=(Change(ChangeKind.CONFIGURATION, ONSET, text),),
                links=(Link(text, f"https://wiki.example/?token={CANARY}"), Link("script", "javascript:alert(1)")),
                budget=text,
            )
        case IncidentClosed():
            return msgspec.structs.replace(event, changes=(Change(ChangeKind.ALERT, ONSET, text),))
        case Noted():
            return msgspec.structs.replace(event, text=text, who=msgspec.structs.replace(event.who, user=text))
        case Intent():
            plan = msgspec.structs.replace(event.plan, title=text, command=text)
            return msgspec.structs.replace(event, plan=plan)
        case Verification():
            return msgspec.structs.replace(event, detail=text)
        case RunLine() if event.name == "started":
            return msgspec.structs.replace(event, payload={**event.payload, "playbook_id": text, "playbook": None})
        case _:
            return event


def test_no_format_tells_a_secret() -> None:
    for secret in SECRETS.values():
        for name, text in every_format(planted(secret)).items():
            assert CANARY not in text, f"{name}: {secret}"


HOSTILE = (
    "<script>alert(1)</script>\x1b[2J‮ ](javascript:alert(1)) |\n```\n# x @everyone `\"'><img src=x onerror=alert(1)>"
)


class _Page(HTMLParser):
    """Which elements and attributes a page has."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag not in ("meta", "rect", "line", "path"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page_of(text: str) -> _Page:
    page = _Page()
    page.feed(text)
    page.close()
    assert page.open == []
    return page


def test_hostile_text_is_only_text() -> None:
    told = every_format(planted(HOSTILE))
    for name, text in told.items():
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text), name
    page = page_of(told["incident.html"])
    assert page.elements.isdisjoint({"script", "img", "iframe", "object", "form", "base"})
    assert not [name for name in page.attributes if name.startswith("on") or name in ("src", "srcset", "style")]
    assert all(address.startswith("https://") for address in page.addresses)
    for name in ("incident.md", "handoff.md"):
        assert "<script" not in told[name].replace("\\<", "")
        assert "](javascript" not in told[name].replace("\\]", "")
        fences = [line for line in told[name].splitlines() if line.startswith("```")]
        assert fences == ["```text", "```"] * (len(fences) // 2)


def test_a_page_is_whole_and_loads_nothing() -> None:
    page = page_of(every_format()["incident.html"])
    assert {"svg", "path", "table", "time"} <= page.elements
    assert page.elements.isdisjoint({"script", "link", "img", "iframe"})
    text = every_format()["incident.html"]
    assert not re.search(r"@import|url\(|http://", text)
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert ID in text
