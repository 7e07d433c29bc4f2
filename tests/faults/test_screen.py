"""What a person sees while a source fails: the last good numbers, dimmed, with their age, under one banner."""

import re
from pathlib import Path

from tests.faults.lying_proxy import LyingProxy, asks
from tests.faults.screen import a_screen
from tests.sources.lying_server import CLOSE, Lie


async def test_a_dead_source_dims_the_fleet_and_tells_its_age(proxy: LyingProxy, tmp_path: Path) -> None:
    async with a_screen(proxy.url, tmp_path) as screen:
        await screen.until("ads")
        live = screen.colours_of("10.0/s")
        proxy.lie(CLOSE)
        await screen.until("prometheus has not answered for 10 s: ")
        assert screen.text.count("not answer") == 1, "one banner"
        await screen.until("? ads")
        ads = screen.line_of("? ads")
        assert re.search(r" 10\.0/s\? +0\.0 %\? +p99 0\.25 s\? ", ads)
        assert re.search(r" \d+ s old", ads)
        assert screen.colours_of("10.0/s?").isdisjoint(live)
        proxy.be_honest()
        await screen.until("✔ ads")
        assert "10.0/s " in screen.line_of("✔ ads")


async def test_charts_end_where_their_data_does(proxy: LyingProxy, tmp_path: Path) -> None:
    async with a_screen(proxy.url, tmp_path) as screen:
        await screen.until("fraud")
        await screen.press("enter")
        await screen.until("errors  30 %")
        drawn = screen.line_of("30 % ┤")
        proxy.lie(CLOSE)
        await screen.until("source down")
        assert "errors  30 %?" in screen.text
        assert "⠉⠉⠉" in drawn
        assert screen.line_of("30 % ┤").count("⠉") == drawn.count("⠉"), "the line is still drawn"


async def test_a_query_that_fails_dims_its_own_number(proxy: LyingProxy, tmp_path: Path) -> None:
    async with a_screen(proxy.url, tmp_path) as screen:
        await screen.until("ads")
        live = screen.colours_of("10.0/s")
        proxy.lie(Lie(503, b"<h1>Bad gateway</h1>", "text/html"), asks("histogram_quantile(0.99"))
        await screen.until("prometheus answers in part")
        await screen.until("? ads")
        ads = screen.line_of("? ads")
        assert " p99 0.25 s? " in ads
        assert re.search(r" p99 latency( \d+ s old)?: ", ads)
        assert " 10.0/s " in ads
        assert screen.colours_of("10.0/s") == live
