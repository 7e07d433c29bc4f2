"""Flows of the keys of the list of links."""

from tests.tui import scenes
from tests.tui.stage import Stage


async def lists_the_links(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.at == "LinksScreen"
    assert "fleet › fraud › links" in stage.text
    assert "runbook of ModelLatencyHigh" in stage.text
    await stage.press("escape")


async def opens_the_page_under_the_cursor(stage: Stage, key: str) -> None:
    await stage.press("G", key)
    assert stage.app.clipboard == scenes.links(3600)[2].url


async def opens_the_page_with_its_number(stage: Stage, key: str) -> None:
    stage.app.ways_out.copied = ""
    await stage.press(key)
    url = scenes.links(3600)[int(key) - 1].url if key in "13" else ""
    assert stage.app.clipboard == url, "there are three, of which the second is no page"


async def copies_the_address(stage: Stage, key: str) -> None:
    await stage.press("g", key)
    assert stage.app.clipboard == "https://wiki.example/runbooks/latency"
