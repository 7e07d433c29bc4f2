"""What is wrong with the address of a shared journal is one line, without what is secret in it."""

import pytest

from console.journal.postgresql.connecting import connector
from console.settings.journal import JournalSettings
from console.settings.secrets import Secret
from console.transport.errors import SourceError


@pytest.mark.parametrize(
    ("url", "environment", "told"),
    [
        (Secret(env="URL"), {}, "the address of the journal: environment variable URL is not set"),
        (
            Secret(env="URL"),
            {"URL": "mysql://u:hunter2@h/x"},
            "the address of the journal: 'mysql://h/x' is no database, expected such as postgresql://",
        ),
        (Secret(env="URL"), {"URL": "postgresql://u:hunter2@127.0.0.1:1/x"}, "postgresql://127.0.0.1:1/x: Connection"),
        ("postgresql://u@127.0.0.1:1/x?sslmod=a", {}, 'postgresql://127.0.0.1:1/x: invalid URI query parameter: "ssl'),
    ],
)
def test_what_is_wrong_with_an_address_is_told(url: str | Secret, environment: dict[str, str], told: str) -> None:
    with pytest.raises(SourceError) as raised:
        connector(JournalSettings(url), environment)()
    assert raised.value.detail.startswith(told)
    assert "hunter2" not in str(raised.value)


def test_a_password_that_is_not_there_is_told() -> None:
    settings = JournalSettings("postgresql://u@127.0.0.1:1/x", Secret(env="PW"))
    with pytest.raises(SourceError, match=r"^postgresql://127\.0\.0\.1:1/x: environment variable PW is not set$"):
        connector(settings, {})()


def test_settings_print_no_secret() -> None:
    assert "hunter2" not in repr(JournalSettings("postgresql://u:hunter2@h/x"))
