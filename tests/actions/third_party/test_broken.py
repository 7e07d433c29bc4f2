"""A package that is broken is one line; the rest of the console does not notice."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from console.actions.provider import ActionRefused, Surroundings
from console.actions.registry import (
    OpenActions,
    broken_providers,
    installed,
    known_actions,
    open_actions,
    specifications,
)
from console.engine.choosing import named
from console.settings.settings import KubernetesSettings, Settings
from tests.actions.kubernetes.world import World
from tests.actions.occasions import Clock
from tests.actions.third_party.packages import FAILING, install_module

Install = Callable[[str, str], None]
ENTRY = "acme = acme_console:Failing"
OF = "provider acme of package acme-console 1.2"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a package whose only module has a source and whose only entry point is a line."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def install(source: str, entry_point: str) -> None:
        install_module(tmp_path, source, entry_point)
        monkeypatch.delitem(sys.modules, "acme_console", raising=False)
        installed.cache_clear()
        specifications.cache_clear()

    yield install
    monkeypatch.undo()
    sys.modules.pop("acme_console", None)
    installed.cache_clear()
    specifications.cache_clear()


def opened(settings: Settings, directory: Path, world: World | None = None) -> OpenActions:
    transport = world.transport if world is not None else None
    return open_actions(Surroundings(settings, {}, directory, Clock(), transport, AsyncExitStack()))


@pytest.mark.parametrize(
    ("source", "entry_point", "told"),
    [
        ("import no_such_module", ENTRY, "cannot be loaded: ModuleNotFoundError: No module named 'no_such_module'"),
        ("def broken(:", ENTRY, "cannot be loaded: SyntaxError: "),
        ("raise SystemExit(3)", ENTRY, "cannot be loaded: SystemExit: 3"),
        ("", ENTRY, "cannot be loaded: AttributeError: module 'acme_console' has no attribute 'Failing'"),
        ("raise ValueError('\\x1b[31mred\\n')", ENTRY, "cannot be loaded: ValueError: ␛[31mred␊"),
        (FAILING.replace("    def open", "    def opens"), ENTRY, "cannot be loaded: TypeError: it has no method open"),
        (FAILING.replace('"acme"', '"acne"'), ENTRY, "its name is 'acne', its entry point is called 'acme'"),
        (FAILING, "Acme.x = acme_console:Failing", "expected a name such as traffic-switch"),
        (FAILING, "kubernetes = acme_console:Failing", "cannot be loaded: ValueError: another provider is called so"),
        (
            FAILING.replace("        return ()", "        return (object(),)", 1),
            ENTRY,
            "hold object, expected ActionSpec",
        ),
        (FAILING.replace("return None", "raise KeyError('url')"), ENTRY, "cannot say whether it can be used: KeyError"),
    ],
)
async def test_each_way_to_break_is_one_line_and_the_rest_works(
    install: Install, world: World, tmp_path: Path, source: str, entry_point: str, told: str
) -> None:
    install(source, entry_point)
    settings = Settings(kubernetes=KubernetesSettings(context="simulated"))
    found = opened(settings, tmp_path, world)
    (line,) = found.broken.values()
    assert line.startswith(f"provider {entry_point.partition(' ')[0]} of package acme-console 1.2 ")
    assert told in line
    assert line.isprintable()
    assert broken_providers(settings) == (line,)
    assert "kubernetes.scale" in found.by_name
    assert "kubernetes.scale" in known_actions().by_name


async def test_one_that_cannot_be_opened_says_so_for_each_of_its_actions(install: Install, tmp_path: Path) -> None:
    imported = "from console.actions.specification import ActionSpecification\n"
    drain = "(ActionSpecification(name='acme.drain', title='Drain'),)"
    source = imported + FAILING.replace("return ()", f"return {drain}", 1)
    install(source.replace("        return ()", "        raise OSError('disk is full')"), ENTRY)
    found = opened(Settings(), tmp_path)
    assert found.broken == {"acme": f"{OF} cannot be opened: OSError: disk is full"}
    assert found.closed["acme.drain"] == found.broken["acme"]


def test_an_action_of_a_broken_package_is_refused_with_its_line_and_no_playbook_is_called_wrong(
    install: Install, tmp_path: Path
) -> None:
    install("import no_such_module", ENTRY)
    assert known_actions(Settings()).may_be("acme.drain")
    with pytest.raises(ActionRefused, match=r"provider acme of package acme-console 1\.2 cannot be loaded"):
        named(opened(Settings(), tmp_path), "acme.drain")
