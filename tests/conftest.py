"""Fixtures for every test: real servers.

`servers.prometheus(history=…, config=…, rules=…, flags=…)` and `servers.alertmanager(config=…, flags=…)` return a
server that is ready and that ends with the test. `session_servers` is for fixtures of a wider scope, for servers that
the tests only read from.
"""

import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings

from tests.services import Servers
from tests.services.engines import ENGINES, Engine

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


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `--engines spark` run the tests that ask for `engine`, and no others, against other engines."""
    parser.addoption("--engines", help=f"run only what asks for `engine`, against these of {', '.join(ENGINES)}")
    parser.addoption("--real-mlflow", action="store_true", help="ask a real MLflow what is asked of the fake else")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that asks for `engine` once for each of them."""
    if "engine" in metafunc.fixturenames:
        names = metafunc.config.getoption("--engines") or "duckdb,postgres"
        metafunc.parametrize("engine", names.split(","), indirect=True, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep only the tests of engines where engines are chosen."""
    if config.getoption("--engines"):
        items[:] = [item for item in items if "engine" in getattr(item, "fixturenames", ())]


def pytest_collection_finish() -> None:
    """Spare the garbage collector from walking, all the time, through thousands of tests that live until the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def engine(
    request: pytest.FixtureRequest, session_servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Engine:
    """An engine of prediction stores, to which tests give tables and which they then ask."""
    return ENGINES[request.param](session_servers, tmp_path_factory.mktemp("tables"))
