"""Fixtures for every test: real servers.

`servers.prometheus(history=…, config=…, rules=…, flags=…)` and `servers.alertmanager(config=…, flags=…)` return a
server that is ready and that ends with the test. `session_servers` is for fixtures of a wider scope, for servers that
the tests only read from.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings

from tests.services import Servers

# Beyond hypothesis' own settings (reproducible examples where CI is set): no test fails because a machine was busy.
settings.register_profile("console", settings.default, deadline=None)
settings.load_profile("console")


@pytest.fixture(scope="session", autouse=True)
def _cache_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the tests, and the processes that they start, away from the cache of whoever runs them."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    """Servers that end with the test."""
    with ExitStack() as stack:
        yield Servers(tmp_path, stack)


@pytest.fixture(scope="session")
def session_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Servers that end with the session."""
    with ExitStack() as stack:
        yield Servers(tmp_path_factory.mktemp("servers"), stack)
