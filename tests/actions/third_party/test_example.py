"""The example of a provider, installed by pip and found by its entry point."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from console.actions.provider import Occasion, Surroundings
from console.actions.registry import installed, known_actions, open_actions, providers
from console.domain.action import Outcome
from console.domain.anomaly import Status
from console.domain.label import Label
from console.domain.model import Model
from console.domain.snapshot import ModelView
from console.engine.gate import ActionGate
from console.settings.load import Overrides, override
from console.settings.places import acting_places
from console.settings.providers import ProviderSettings
from console.settings.settings import Settings
from tests.actions.occasions import Clock
from tests.actions.third_party.packages import EXAMPLE, install_example


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the example is installed, which is looked in for packages."""
    made = tmp_path_factory.mktemp("switchboard")
    install_example(made)
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(str(made))
        patched.syspath_prepend(str(EXAMPLE / "tests"))
        installed.cache_clear()
        known_specifications_anew()
        yield made
    installed.cache_clear()
    known_specifications_anew()


def known_specifications_anew() -> None:
    """Forget which actions there are."""
    from console.actions.registry import specifications

    specifications.cache_clear()


@pytest.fixture
def server(folder: Path) -> Iterator[Any]:
    """A fake of the service that the example acts on."""
    from switchboard import FakeSwitchboard

    found = FakeSwitchboard()
    yield found
    found.close()


async def test_it_is_listed_planned_committed_and_undone(server: Any, tmp_path: Path) -> None:
    assert [provider.name for provider in providers()][-1] == "switchboard"
    assert "switchboard.set_state" in known_actions().by_name
    settings = override(
        Settings(providers={"switchboard": ProviderSettings(url=server.url)}), Overrides(write=True), {}
    )
    occasion = Occasion(ModelView(Model("fraud", Label("fraud")), Status.CRITICAL, {}), by="ann@bastion")
    async with AsyncExitStack() as closing:
        opened = open_actions(Surroundings(settings, {}, tmp_path, Clock(), None, closing))
        assert opened.broken == {}
        action = opened.by_name["switchboard.set_state"]
        gate = ActionGate(acting_places(settings), live=True, directory=tmp_path, environment={})
        assert gate.why_no_commit(action.context) is None
        plan = await action.plan(occasion, {"state": "off"}, may_dry_run=True)
        assert (await action.commit(plan)).outcome is Outcome.APPLIED
        assert server.switch["state"] == "off"
        undo = await action.plan_undo(plan, may_dry_run=True)
        assert (await action.commit(undo)).outcome is Outcome.APPLIED
    assert (server.switch["state"], server.sent) == ("on", 2)


def test_nothing_is_sent_to_it_unless_it_is_configured_and_allowed(folder: Path, tmp_path: Path) -> None:
    surroundings = Surroundings(Settings(), {}, tmp_path, Clock(), None, AsyncExitStack())
    reason = open_actions(surroundings).closed["switchboard.set_state"]
    assert reason == "no Switchboard is configured: set providers.switchboard.url"
    settings = Settings(providers={"switchboard": ProviderSettings(url="http://127.0.0.1:9")})
    gate = ActionGate(acting_places(settings), live=True, directory=tmp_path, environment={})
    assert gate.why_no_commit("switchboard") == ("read-only: start with --write, or set providers.switchboard.write")


def test_its_own_tests_pass_where_it_is_installed(folder: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", "tests"]
    environment = {"PYTHONPATH": f"{folder}:{EXAMPLE.parents[2]}", "PATH": "", "PYTHONDONTWRITEBYTECODE": "1"}
    ended = subprocess.run(command, cwd=EXAMPLE, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "12 passed" in ended.stdout
