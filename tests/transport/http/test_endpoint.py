import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.transport.http import (
    BadEndpoint,
    BasicCredentials,
    BearerCredentials,
    Endpoint,
    NoCredentials,
)
from console.transport.http.credentials import Credentials


def test_user_and_password_of_a_url_become_credentials() -> None:
    endpoint = Endpoint.parse("https://ops:p%40ss@prom.example:9090/prometheus/")
    assert endpoint.url == "https://prom.example:9090/prometheus"
    assert endpoint.credentials == BasicCredentials("ops", "p@ss")
    assert endpoint.name == "prom.example:9090/prometheus"
    assert endpoint.encrypted


def test_given_credentials_win_over_those_of_the_url() -> None:
    assert Endpoint.parse("http://a:b@h", BearerCredentials("t")).credentials == BearerCredentials("t")
    assert Endpoint.parse("http://h").credentials == NoCredentials()


def test_an_ipv6_address_keeps_its_brackets() -> None:
    assert Endpoint.parse("http://[::1]:9090").url == "http://[::1]:9090"


@pytest.mark.parametrize(
    ("url", "local"),
    [("http://localhost:1", True), ("http://127.0.0.9", True), ("http://[::1]", True), ("http://10.0.0.1", False)],
)
def test_knows_this_machine(url: str, local: bool) -> None:
    assert Endpoint.parse(url).on_this_machine is local


@pytest.mark.parametrize(
    "url",
    ["", "prom:9090", "ftp://prom", "http://", "http://h:port", "http://h:1?x=1", "http://h/#f", "http://[::1", "//h"],
)
def test_refuses_what_is_no_server(url: str) -> None:
    with pytest.raises(BadEndpoint):
        Endpoint.parse(url)


@pytest.mark.parametrize("url", ["ftp://ops:hunter2@h", "http://ops:hunter2@h?x=1", "ops:hunter2@h", "//u:hunter2@h"])
def test_a_refusal_does_not_tell_the_password(url: str) -> None:
    with pytest.raises(BadEndpoint) as caught:
        Endpoint.parse(url)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("credentials", [BasicCredentials("ops", "hunter2"), BearerCredentials("hunter2")])
def test_secrets_do_not_print(credentials: Credentials) -> None:
    from rich.pretty import pretty_repr

    endpoint = Endpoint.parse("http://h", credentials, (("X-Key", "hunter2"),))
    for value in (credentials, endpoint, [endpoint], {"a": credentials}):
        for text in (repr(value), str(value), f"{value}", pretty_repr(value)):
            assert "hunter2" not in text
            assert "***" in text


@given(st.text(string.ascii_letters, min_size=4), st.text(), st.text())
def test_no_secret_survives_redaction(token: str, before: str, after: str) -> None:
    endpoint = Endpoint("http://h", BearerCredentials(token))
    shown = endpoint.redact(f"{before}{token}{after}")
    assert token not in shown
    assert "\n" not in shown
    assert len(shown) <= 200


@pytest.mark.parametrize(
    "url",
    ["http://user:hunter2/x@host", "http://user:123/hunter2@host", "http://h/?token=hunter2", "http://[hunter2@h"],
)
def test_a_mistyped_url_does_not_tell_what_may_be_a_secret(url: str) -> None:
    with pytest.raises(BadEndpoint) as caught:
        Endpoint.parse(url)
    assert "hunter2" not in str(caught.value)
    assert "123" not in str(caught.value)
