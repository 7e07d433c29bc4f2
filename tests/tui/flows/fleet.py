"""Flows of the keys of the fleet."""

import msgspec

from console.domain.anomaly import PlaybookOffer
from console.domain.command import (
    StartRun,
)
from console.domain.snapshot import ModelView, Snapshot
from tests.tui import scenes
from tests.tui.stage import Stage


def nine_playbooks() -> ModelView:
    """The worst model, for which there are more playbooks than number keys."""
    fraud = scenes.fraud()
    offers = tuple(PlaybookOffer(f"playbook-{number}", f"The number {number}") for number in range(1, 11))
    anomaly = msgspec.structs.replace(fraud.anomalies[0], playbooks=offers)
    assert fraud.incident is not None
    return msgspec.structs.replace(fraud, incident=msgspec.structs.replace(fraud.incident, anomalies=(anomaly,)))


async def opens_the_model(stage: Stage, key: str) -> None:
    await stage.press("g", key)
    assert stage.at == "ModelScreen"
    assert "fleet › fraud" in stage.text
    await stage.press("escape")


async def follows_a_playbook(stage: Stage, key: str) -> None:
    await stage.publish(Snapshot(scenes.AT, (scenes.PROMETHEUS,), (nine_playbooks(),)))
    await stage.press(key)
    assert stage.at == "PlaybookScreen"
    assert stage.engine.sent(StartRun)[-1] == StartRun("fraud", f"playbook-{key}")
    await stage.press("escape")


async def filters(stage: Stage, key: str) -> None:
    await stage.press(key, *"et", "enter")
    assert "eta" in stage.text
    assert "✔ ads" not in stage.text
    assert "filter: et" in stage.text
    await stage.press("escape")
    assert "✔ ads" in stage.text


def line_of(stage: Stage, model: str) -> str:
    return next(line for line in stage.lines if f" {model} " in line[:12])


async def moves_the_cursor(stage: Stage, key: str) -> None:
    downwards = key in ("down", "j", "end", "G", "pagedown", "ctrl+d")
    await stage.press("home" if downwards else "end")
    assert line_of(stage, "fraud" if downwards else "搜索").startswith("▌")
    await stage.press(key)
    assert not line_of(stage, "fraud" if downwards else "搜索").startswith("▌")
    assert sum(line.startswith("▌") for line in stage.lines) == 1


async def hides_the_notices(stage: Stage, key: str) -> None:
    await stage.publish(scenes.fleet(notices=("unknown: scale fraud",)))
    assert "scale fraud" in stage.text
    await stage.press(key)
    assert "scale fraud" not in stage.text


def models_on(stage: Stage) -> list[str]:
    """The models from the top down."""
    lines = [line[1:12].replace("★", " ").split() for line in stage.lines[3:8]]
    return [words[1] for words in lines if len(words) > 1]


async def marks_the_model(stage: Stage, key: str) -> None:
    assert "★" not in stage.text
    await stage.press(key)
    assert "★fraud" in stage.text
    await stage.press(key)
    assert "★" not in stage.text


async def shows_only_mine(stage: Stage, key: str) -> None:
    await stage.press("down", "m", key)
    assert models_on(stage) == ["eta"]
    assert " only mine " in stage.lines[1]
    await stage.press(key)
    assert len(models_on(stage)) == 5
    await stage.press(key, "escape")
    assert len(models_on(stage)) == 5


WORST_FIRST = ["fraud", "eta", "ocr", "ads", "搜索"]


async def sorts(stage: Stage, key: str) -> None:
    assert models_on(stage) == WORST_FIRST
    await stage.press(key)
    assert "model▲" in stage.lines[2]
    assert models_on(stage) == ["ads", "eta", "fraud", "ocr", "搜索"]
    await stage.press(key, key)
    assert "traffic▼" in stage.lines[2]
    assert models_on(stage) == ["ads", "fraud", "eta", "搜索", "ocr"]
    for _ in range(7):
        await stage.press(key)
    assert models_on(stage) == WORST_FIRST
    assert not set("▲▼") & set(stage.lines[2])


async def sorts_the_other_way_round(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert models_on(stage) == WORST_FIRST
    await stage.press("S", "S", "S", key)
    assert "traffic▲" in stage.lines[2]
    assert models_on(stage) == ["搜索", "eta", "fraud", "ads", "ocr"], "what is unknown stays last"


async def compares_with_now(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert " ↑↓ since 03:20:14 " in stage.lines[1]
    await stage.publish(
        msgspec.structs.replace(scenes.fleet(), at=scenes.AT + 3600, models=(scenes.healthy("ads", 9),))
    )
    assert "9/s↓" in stage.text
    await stage.press(key)
    assert "since 03:20:14" not in stage.text
