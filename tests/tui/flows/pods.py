"""Flows of the keys among the pods of a model, and on the log of one."""

from console.domain.command import StopWatchingPodLog, WatchPodLog
from tests.tui.stage import Stage

OLDEST, NEWEST = "request 0 took", "CUDA out of memory"


async def opens_the_pods(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.at == "PodsScreen"
    assert "fleet › fraud › pods" in stage.text
    assert "3 of 6 ready, 1 Pending, 1 CrashLoopBackOff, 1 not ready" in stage.text
    assert "▌✖ 7c9d4-x2x9f" in stage.text, "the worst is the first"
    await stage.press("escape")
    assert stage.at == "ModelScreen"


async def opens_the_log(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.at == "PodLogScreen"
    assert stage.last() == WatchPodLog("fraud", "uid-7c9d4-x2x9f", "model")
    assert "fleet › fraud › pods › fraud-7c9d4-x2x9f" in stage.text
    assert NEWEST in stage.text
    await stage.press("escape")
    assert stage.at == "PodsScreen"
    assert stage.last() == StopWatchingPodLog()


async def shows_the_next_panel(stage: Stage, key: str) -> None:
    await stage.resize(80, 24)
    assert "events  newest first" in stage.text
    await stage.press(key)
    assert "events  newest first" not in stage.text
    assert "restarted 3 times, last OOMKilled 2 min ago" in stage.text
    await stage.press(key)


async def copies_the_pod(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.app.clipboard.startswith(
        "fraud-7c9d4-x2x9f: CrashLoopBackOff; restarted 3 times, last OOMKilled 2 min"
    )


async def shows_the_next_container(stage: Stage, key: str) -> None:
    assert "model (1 of 2)" in stage.text
    await stage.press(key)
    assert stage.last() == WatchPodLog("fraud", "uid-7c9d4-x2x9f", "proxy")
    assert "proxy (2 of 2)" in stage.text
    assert NEWEST not in stage.text, "the log of the other container is not shown under this one's name"
    await stage.press(key)
    assert NEWEST in stage.text


async def shows_the_log_before_the_restart(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.last() == WatchPodLog("fraud", "uid-7c9d4-x2x9f", "model", previous=True)
    assert "before the last restart, which ended: OOMKilled 2 min ago" in stage.text
    assert f"{key} log of now" in stage.text
    await stage.press(key)
    assert stage.last() == WatchPodLog("fraud", "uid-7c9d4-x2x9f", "model")


async def scrolls_up(stage: Stage, key: str) -> None:
    assert NEWEST in stage.text
    await stage.press(key)
    assert NEWEST not in stage.text
    await stage.press("G")


async def scrolls_down(stage: Stage, key: str) -> None:
    await stage.press("home")
    assert OLDEST in stage.text
    await stage.press(key)
    assert OLDEST not in stage.text


async def goes_to_the_newest(stage: Stage, key: str) -> None:
    await stage.press("home")
    assert NEWEST not in stage.text
    await stage.press(key)
    assert NEWEST in stage.text


async def copies_the_log(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.app.clipboard.splitlines()[-1] == "CUDA out of memory. Tried 2.4 GiB"
