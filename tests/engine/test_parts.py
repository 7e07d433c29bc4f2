"""What an engine built from settings tells of its playbooks, and of what earlier sessions left open."""

import re
import time
from pathlib import Path

import msgspec
import pytest

from console.engine.executor import Executor
from console.engine.parts import Parts
from console.journal.file_journal import FileJournal
from console.settings.providers import ProviderSettings
from console.settings.settings import ServerSettings, Settings
from tests.journal.samples import intent, scale_plan
from tests.playbooks.examples import SMALLEST


async def notices_of(settings: Settings) -> tuple[str, ...]:
    async with Parts(settings, environment={}, clock=time.time, at=None, publish=lambda run: None) as parts:
        return (await parts.refresher.take(None)).notices


def settings_with(playbooks: Path, state: Path) -> Settings:
    return Settings(
        prometheus=ServerSettings(name="prometheus", urls=("http://127.0.0.1:1",)),
        playbooks=(str(playbooks),),
        state_directory=str(state),
    )


async def test_a_broken_playbook_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("apiVersion: incident-console/v1\nkind: Playbok\n")
    notices = await notices_of(settings_with(tmp_path, tmp_path / "state"))
    assert len(notices) >= 1
    assert all(notice.startswith("playbook: ") and "broken.yaml:" in notice for notice in notices)


async def test_a_playbook_that_is_mended_is_offered_with_the_next_refresh(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "smallest.yaml").write_text("[")
    settings = settings_with(mine, tmp_path / "state")
    async with Parts(settings, environment={}, clock=time.time, at=None, publish=lambda run: None) as parts:
        assert len((await parts.refresher.take(None)).notices) == 1
        (mine / "smallest.yaml").write_text(SMALLEST)
        assert (await parts.refresher.take(None)).notices == ()


async def test_playbooks_that_are_nowhere_are_told(tmp_path: Path) -> None:
    (notice,) = await notices_of(settings_with(tmp_path / "nowhere", tmp_path / "state"))
    assert "nowhere" in notice


async def test_nothing_is_told_where_nothing_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    assert await notices_of(settings_with(tmp_path / "mine", tmp_path / "state")) == ()


async def test_what_was_left_open_on_other_clusters_is_one_line(tmp_path: Path) -> None:
    now = time.time()
    for intent_id, context in (("i1", "prod-eu"), ("i2", "prod-us"), ("i3", "prod-eu")):
        plan = scale_plan()
        plan = msgspec.structs.replace(plan, target=msgspec.structs.replace(plan.target, context=context))
        FileJournal(tmp_path).append(intent(intent_id, at=now, plan=plan))
    settings = settings_with(tmp_path, tmp_path)
    async with Parts(settings, environment={}, clock=time.time, at=None, publish=lambda run: None) as parts:
        told = await parts.recover()
    where = "clusters that this console does not look at: prod-eu, prod-us"
    assert told == (f"earlier session: unknown: 3 actions have no outcome on {where}",)


async def test_a_provider_that_breaks_while_it_settles_leaves_the_outcome_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def break_down(*_: object) -> None:
        raise KeyError("\x1bstate")

    monkeypatch.setattr(Executor, "settle", break_down)
    plan = scale_plan()
    plan = msgspec.structs.replace(plan, target=msgspec.structs.replace(plan.target, context="acme"))
    FileJournal(tmp_path).append(intent("i1", at=time.time(), plan=plan))
    settings = msgspec.structs.replace(settings_with(tmp_path, tmp_path), providers={"acme": ProviderSettings()})
    async with Parts(settings, environment={}, clock=time.time, at=None, publish=lambda run: None) as parts:
        (told,) = await parts.recover()
    assert told.startswith("earlier session: unknown: ")
    assert re.search(r"asking what became of it failed: KeyError at test_parts.py:\d+$", told)
