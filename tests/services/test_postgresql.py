import psycopg
import pytest

from tests.services import Servers


def test_it_serves_and_comes_back_at_the_same_address_with_its_data(servers: Servers) -> None:
    server = servers.postgresql()
    server.execute("CREATE TABLE t AS SELECT 1 AS n")
    address = server.address
    server.kill()
    with pytest.raises(psycopg.OperationalError, match="refused"):
        server.connect()
    server.start_again()
    assert server.address == address
    with server.connect() as connection:
        assert connection.execute("SELECT n FROM t").fetchall() == [(1,)]


def test_hung_it_answers_nobody_and_awake_everybody(servers: Servers) -> None:
    server = servers.postgresql()
    with server.connect() as connection:
        server.suspend()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.url, connect_timeout=2)
        server.resume()
        assert connection.execute("SELECT 1").fetchall() == [(1,)]
