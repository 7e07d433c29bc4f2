"""Labels that want to steer the terminal, from a real Prometheus through every face."""

import json
import time
import unicodedata
from pathlib import Path

import pytest

from tests.faults.screen import Screen, a_screen
from tests.faults.stage import HOUR, run_console
from tests.services import OpenMetricsHistory, Prometheus, Servers

HOSTILE = {
    "a colour": "red\x1b[31m\x9b32m",
    "the clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "markup": "[/x][bold on red]m[@click=app.quit]",
    "right to left": "abc\u202egnp\u2066",
    "10 kB": "x" * 10_000,
    "quotes": "q\"'\\`$(reboot) | <b>",
    "lines": "two\nlines\r\ttab",
    "wide": "漢字🧑‍🚒é",
    "blank": " ",
}


@pytest.fixture(scope="module")
def prometheus(session_servers: Servers) -> Prometheus:
    now = time.time()
    history = OpenMetricsHistory()
    for pod, name in enumerate(HOSTILE.values()):
        labels = {"model": name, "version": name, "namespace": name, "pod": f"{pod}", "job": name, "instance": f"{pod}"}
        for code, share in (("200", 0.7), ("500", 0.3)):
            span = {"start": now - HOUR, "end": now + HOUR / 2}
            history.add_counter("http_requests_total", labels | {"code": code}, 10.0 * share, **span)
    return session_servers.prometheus(history=history)


def is_harmless(text: str) -> bool:
    """Return whether nothing steers a terminal or moves what is beside it; emoji are made with a joiner."""
    steering = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return all(sign in "\n\u200d" or unicodedata.category(sign) not in steering for sign in text)


@pytest.mark.parametrize("arguments", [(), ("--format", "markdown", "--all"), ("--model", "*")])
async def test_what_summary_prints_steers_nothing(
    arguments: tuple[str, ...], prometheus: Prometheus, tmp_path: Path
) -> None:
    ended = await run_console("summary", "--prometheus", prometheus.url, *arguments, home=tmp_path)
    assert (ended.code, ended.err) == (2, "")
    assert is_harmless(ended.out)
    assert all(len(line) < 2_000 for line in ended.out.splitlines())


async def test_json_tells_the_names_as_they_are(prometheus: Prometheus, tmp_path: Path) -> None:
    ended = await run_console("summary", "--prometheus", prometheus.url, "--format", "json", home=tmp_path)
    assert is_harmless(ended.out)
    models = {model["name"]: model for model in json.loads(ended.out)["models"]}
    assert set(models) == set(HOSTILE.values())
    for model in models.values():
        assert model["signals"]["traffic"]["value"] == pytest.approx(10.0)


@pytest.mark.parametrize("command", [("watch", "--until", "critical"), ("config", "check")])
async def test_other_commands_steer_nothing(command: tuple[str, ...], prometheus: Prometheus, tmp_path: Path) -> None:
    ended = await run_console(*command, "--prometheus", prometheus.url, home=tmp_path)
    assert ended.out
    assert is_harmless(ended.out + ended.err)


async def test_every_screen_stays_aligned_and_every_model_can_be_looked_at(
    prometheus: Prometheus, tmp_path: Path
) -> None:
    async with a_screen(prometheus.url, tmp_path) as screen:
        await screen.until("critical")
        assert_aligned(screen)
        assert sum("10.0/s" in line for line in screen.text.split("\n")) == len(HOSTILE)
        for _ in HOSTILE:
            await screen.press("enter")
            await screen.until("30 %")
            assert_aligned(screen)
            await screen.press("escape", "down")
        await screen.press("f")
        assert_aligned(screen)
        await screen.press("escape", "ctrl+s")
        assert_aligned(screen)
    assert (exported := exports_in(tmp_path))
    assert all(map(is_harmless, exported))


def exports_in(folder: Path) -> list[str]:
    return [written.read_text(encoding="utf-8") for written in folder.glob("*.txt")]


def assert_aligned(screen: Screen) -> None:
    width = screen.app.size.width
    for strip in screen.app.screen._compositor.render_strips():
        assert strip.cell_length == width
        assert is_harmless(strip.text)
