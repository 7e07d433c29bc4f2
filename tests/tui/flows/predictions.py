"""Flows of the keys of the drift and of the quality of a model."""

from pathlib import Path

from console.domain.command import StopWatchingPredictions, WatchPredictions
from console.tui.widgets.table import LiveTable
from tests.tui.stage import Stage


async def opens_the_drift(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.at == "DriftScreen"
    assert stage.last() == WatchPredictions("fraud")
    assert "fleet › fraud › drift" in stage.text
    assert "1 broken, 1 drifted, 1 without enough rows of 5 columns" in stage.text
    await stage.press("escape")
    assert stage.at == "ModelScreen"
    assert stage.last() == StopWatchingPredictions()


async def opens_the_quality(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.at == "QualityScreen"
    assert stage.last() == WatchPredictions("fraud")
    assert "2 of 3 metrics worse than in training" in stage.text
    await stage.press("escape")
    assert stage.last() == StopWatchingPredictions()


async def goes_to_the_quality(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.at == "QualityScreen"
    assert stage.engine.sent(StopWatchingPredictions) == [], "the other screen reads the same"
    await stage.press("escape")
    assert stage.at == "ModelScreen"


async def goes_to_the_drift(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.at == "DriftScreen"
    assert stage.engine.sent(StopWatchingPredictions) == []
    await stage.press("escape")
    assert stage.at == "ModelScreen"


async def filters_columns(stage: Stage, key: str) -> None:
    await stage.press(key, *"drift", "enter")
    assert rows(stage) == ["income"]
    assert "filter: drift" in stage.text
    await stage.press("slash", *"zzz", "enter")
    assert "no column holds “zzz”; esc clears the filter" in stage.text
    await stage.press("escape")
    assert rows(stage) == ["age", "income", "country", "score", "segment"]
    assert stage.at == "DriftScreen"


async def sorts_columns(stage: Stage, key: str) -> None:
    await stage.press("down")
    assert "by contribution" in stage.text
    await stage.press(key, key)
    assert rows(stage)[:2] == ["segment", "age"]
    assert "by nulls" in stage.text
    await stage.press(key)
    assert rows(stage) == ["age", "country", "income", "score", "segment"]
    assert "▌▲ income" in stage.text, "the cursor stays on its column"
    await stage.press(key)
    assert rows(stage) == ["age", "income", "country", "score", "segment"]
    assert "▌▲ income" in stage.text


async def shows_one_version_of_the_drift(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert "only version v42" in stage.text
    assert rows(stage) == ["age", "country"]
    await stage.press(key)
    assert "only version v41" in stage.text
    assert rows(stage) == ["age", "country"], "the column under the cursor stays, as gone"
    assert "gone" in stage.text
    await stage.press(key)
    assert "only version" not in stage.text
    assert len(rows(stage)) == 5


async def shows_one_version_of_the_quality(stage: Stage, key: str) -> None:
    await stage.press(key, key)
    assert "only version v41" in stage.text
    assert "0.940" in stage.text
    await stage.press(key)
    assert "only version" not in stage.text


async def shows_the_next_panel(stage: Stage, key: str) -> None:
    everything = stage.text
    await stage.press(key)
    assert stage.text == everything, "all is shown where there is room"
    await stage.resize(80, 24)
    picture = stage.text
    await stage.press(key)
    words = stage.text
    assert words != picture
    await stage.press(key)
    assert stage.text == picture
    await stage.resize(40, 10)
    shown = set()
    for _ in range(3):
        await stage.press(key)
        shown.add(stage.text)
    assert len(shown) == 3, "the table, the picture, the words"
    await stage.resize(120, 40)


async def scrolls_down(stage: Stage, key: str) -> None:
    await stage.resize(80, 24)
    await stage.press("tab")
    top = stage.text
    await stage.press(key)
    assert stage.text != top


async def scrolls_up(stage: Stage, key: str) -> None:
    await stage.resize(80, 24)
    await stage.press("tab")
    top = stage.text
    await stage.press("J", key)
    assert stage.text == top


async def exports_the_drift(stage: Stage, key: str) -> None:
    text = await written(stage, key, "fraud-drift-2026-11-22T032017Z.csv")
    assert text.startswith("model,version,at,name,role,verdict,psi,js")
    assert "fraud,v41,2026-11-22T03:20:14Z,country,feature,ok,0.02" in text


async def exports_the_quality(stage: Stage, key: str) -> None:
    text = await written(stage, key, "fraud-quality-2026-11-22T032017Z.csv")
    assert "fraud,,2026-11-21T03:20:14Z,2026-11-22T01:20:14Z,accuracy,false,0.81,0.803,0.817,0.95,12400" in text
    assert "accuracy,true,0.84,0.82,0.86,0.95,5000,," in text
    assert "fraud,v41" in text


async def copies_the_column(stage: Stage, key: str) -> None:
    await stage.press("down", key)
    assert stage.app.clipboard == "fraud income drift, PSI 0.31: 18–25k: 4.0 % → 19 %"


async def copies_the_metric(stage: Stage, key: str) -> None:
    await stage.press(key)
    told = "fraud accuracy 0.810 (0.803–0.817) on 12,400 labelled rows, 0.950 in training: worse"
    assert stage.app.clipboard == told
    await stage.press("G", key)
    assert stage.app.clipboard.startswith("fraud estimate of accuracy 0.840 (0.820–0.860) on 5,000 rows without labels")


def rows(stage: Stage) -> list[str]:
    """Return the columns whose rows are painted, top first."""
    return stage.app.screen.query_one(LiveTable).painted_ids


async def written(stage: Stage, key: str, name: str) -> str:
    """Press a key that writes a file and return what is in it."""
    await stage.press(key)
    await stage.app.workers.wait_for_complete()
    await stage.pilot.pause()
    assert f"written here: {name[:12]}" in stage.lines[1]
    return contents(name)


def contents(name: str) -> str:
    """Return what is in a file of the current directory."""
    return Path(name).read_text(encoding="utf-8")
