"""The session that changes something: how it is encrypted, how long it waits, what its errors say."""

import os
import time
from contextlib import closing
from pathlib import Path

import pytest

from console.settings.secrets import SecretValue
from console.transport.errors import SourceError, TimedOut, TlsFailed
from console.transport.sql.place import POSTGRES, Place
from console.transport.sql.postgres_session import PostgresSession, must_encrypt
from tests.services import Servers
from tests.services.certificates import Authority
from tests.services.postgresql import PASSWORD, PostgreSQL


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def encrypting(session_servers: Servers, authority: Authority) -> PostgreSQL:
    """A server with a certificate for 127.0.0.1."""
    server = session_servers.postgresql()
    signed = authority.sign("postgresql", "127.0.0.1")
    data = server.working_folder / "data"
    for file, name in ((signed.certificate, "server.crt"), (signed.key, "server.key")):
        (data / name).write_bytes(file.read_bytes())
        (data / name).chmod(0o600)
        if server.user is not None:
            os.chown(data / name, server.user, -1)
    server.execute("ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()")
    return server


def session(url: str, seconds: float = 5.0) -> PostgresSession:
    return PostgresSession(Place(POSTGRES, url), lambda: SecretValue(PASSWORD), {}, seconds)


def is_encrypted(connection: PostgresSession) -> bool:
    return bool(connection.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")[0][0])


def test_a_certificate_is_verified_where_the_url_asks_for_it(encrypting: PostgreSQL, authority: Authority) -> None:
    url = f"{encrypting.url}?sslmode=verify-full&sslrootcert={authority.file}"
    with closing(session(url)) as connection:
        assert is_encrypted(connection)


def test_a_certificate_of_another_authority_is_refused(encrypting: PostgreSQL, tmp_path: Path) -> None:
    other = Authority(tmp_path, "another")
    with pytest.raises(TlsFailed, match="certificate verify failed"):
        session(f"{encrypting.url}?sslmode=verify-full&sslrootcert={other.file}")


@pytest.mark.parametrize(
    ("url", "environment", "must"),
    [
        ("postgresql://host/db", {}, True),
        ("postgresql://host/db", {"PGSSLMODE": "disable"}, False),
        ("postgresql://host/db?sslmode=disable", {}, False),
        ("postgresql://localhost/db", {}, False),
        ("postgresql://127.0.0.1:5433/db", {}, False),
        ("postgresql://[::1]/db", {}, False),
        ("postgresql:///db?host=/run/postgresql", {}, False),
        ("postgresql:///db?host=elsewhere", {}, True),
        ("postgresql://localhost/db?hostaddr=192.0.2.7", {}, True),
        ("postgresql://localhost/db", {"PGHOSTADDR": "192.0.2.7"}, True),
        ("postgresql:///db", {"PGHOST": "elsewhere"}, True),
        ("postgresql:///db", {}, False),
        ("postgresql://a,b/db", {}, True),
    ],
)
def test_a_server_elsewhere_must_encrypt_unless_somebody_chose(
    url: str, environment: dict[str, str], must: bool
) -> None:
    assert must_encrypt(url, environment) is must


def test_a_server_that_hangs_is_given_up_at_the_deadline(servers: Servers) -> None:
    server = servers.postgresql()
    with closing(session(server.url, 0.5)) as connection:
        server.suspend()
        begun = time.monotonic()
        with pytest.raises(TimedOut, match=r"no answer within 0\.5 s"):
            connection.execute("SELECT 1")
        assert time.monotonic() - begun < 10
        server.resume()
        assert not connection.is_open
        with pytest.raises(SourceError):
            connection.execute("SELECT 1")


def test_a_deadline_that_ends_together_with_the_connection_breaks_nothing(encrypting: PostgreSQL) -> None:
    connection = session(encrypting.url)
    connection.close()
    connection._cut()
    assert not connection.is_open


def test_a_statement_that_takes_too_long_is_ended_by_the_server(encrypting: PostgreSQL) -> None:
    with closing(session(encrypting.url, 0.5)) as connection, pytest.raises(TimedOut):
        connection.execute("SELECT pg_sleep(20)")
