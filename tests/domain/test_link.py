"""What is an address, and what a template makes of values from outside."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.link import PLACEHOLDERS, BadTemplate, Template, web_address

VALUES = dict.fromkeys(PLACEHOLDERS, "x") | {"model": "fraud"}


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://wiki.example/runbooks/latency#page", "https://wiki.example/runbooks/latency#page"),
        ("http://[::1]:3000/d/abc?var-model=a&from=1", "http://[::1]:3000/d/abc?var-model=a&from=1"),
        (" https://wiki.example/a b|c\"<d>'é` ", "https://wiki.example/a%20b%7Cc%22%3Cd%3E'%C3%A9%60"),
        ("https://wiki.example/100%25/%7Bx%7D", "https://wiki.example/100%25/%7Bx%7D"),
        ("HTTPS://Wiki.Example", "HTTPS://Wiki.Example"),
    ],
)
def test_a_web_address_is_taken_with_its_odd_characters_encoded(text: str, address: str) -> None:
    assert web_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "runbook 7",
        "/wiki/latency",
        "javascript:alert(1)",
        "JavaScript://x.example/%0aalert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "ftp://x.example/",
        "https://",
        "https:///path",
        "https://bank.example@evil.example/",
        "https://user:password@wiki.example/",
        "https://bank.example\\@evil.example/",
        "https://bank.example\\evil.example/",
        "https://аpple.example/",
        "https://x.example:99999/",
        "https://[::1/",
        "https://x.example/\x1b]0;owned\x07",
        "https://x.example/\nhttps://y.example",
        "https://x.example/\u202egnp",
        "https://x.example/" + "a" * 9000,
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert web_address(text) is None


@given(st.text(max_size=80))
def test_an_address_holds_nothing_that_ends_a_word_a_cell_or_a_link(rest: str) -> None:
    address = web_address(f"https://x.example/{rest}")
    if address is not None:
        assert address.isascii()
        assert not set(address) & set(' "<>\\^`{|}\n\x1b\x7f')
        assert web_address(address) == address


def test_a_template_is_filled() -> None:
    template = Template("https://grafana.example/d/abc?var-model={model}&var-ns={namespace}&from={from_ms}&to={to_ms}")
    values = VALUES | {"namespace": "ml", "from_ms": "1000", "to_ms": "2000"}
    assert template.fill(values) == "https://grafana.example/d/abc?var-model=fraud&var-ns=ml&from=1000&to=2000"


def test_a_brace_that_is_meant_is_written_twice() -> None:
    template = Template('https://grafana.example/explore?left={{"expr":"{{app=\\"{model}\\"}}"}}')
    query = unquote(urlsplit(template.fill(VALUES) or "").query)
    assert query == 'left={"expr":"{app=\\"fraud\\"}"}'
    template = Template("https://logs.example/explore?query={{app=%22{model}%22}}")
    assert template.fill(VALUES) == "https://logs.example/explore?query=%7Bapp=%22fraud%22%7D"


@pytest.mark.parametrize("value", [None, "", ".", ".."])
def test_a_value_that_is_not_known_or_climbs_the_path_leads_nowhere(value: str | None) -> None:
    assert Template("https://x.example/{version}/y").fill(VALUES | {"version": value}) is None


@given(st.text(min_size=1).filter(lambda text: text not in (".", "..")))
def test_a_value_stays_in_its_place_and_arrives_whole(value: str) -> None:
    address = Template("https://x.example/d/{model}/y?model={model}&next=1#{model}").fill(VALUES | {"model": value})
    assert address is not None
    parts = urlsplit(address)
    sent = value.encode("utf-8", "replace").decode()
    assert (parts.scheme, parts.netloc, parts.path.count("/")) == ("https", "x.example", 3)
    assert unquote(parts.path.split("/")[2]) == unquote(parts.fragment) == sent
    assert parse_qs(parts.query) == {"model": [sent], "next": ["1"]}


def test_a_scheme_may_be_written_in_capitals() -> None:
    assert Template("HTTPS://x.example/{model}").fill({"model": "fraud"}) == "HTTPS://x.example/fraud"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("https://x.example/{modle}", "unknown placeholder 'modle'"),
        ("https://x.example/{}", "unknown placeholder ''"),
        ("https://x.example/{ model }", "unknown placeholder ' model '"),
        ("https://x.example/{model", "a '{' stands alone"),
        ("https://x.example/model}", "a '}' stands alone"),
        ("https://{model}.example/", "{model} stands in the host"),
        ("HTTPS://{model}.example/", "{model} stands in the host"),
        ("{model}", "it is no address"),
        ("grafana.example/d/abc?var-model={model}", "it is no address"),
        ("javascript:alert('{model}')", "it is no address"),
        ("file:///etc/passwd", "it is no address"),
        ("grafana.example/d/abc", "it is no address"),
    ],
)
def test_a_template_that_cannot_become_an_address_says_why(text: str, why: str) -> None:
    with pytest.raises(BadTemplate) as caught:
        Template(text)
    assert str(caught.value).startswith(why)
