"""The plain mode: every line can be read aloud, changes are announced, the same keys work."""

import pytest

from console.domain.command import CommitPlan, StartRun, WatchCluster, WatchModel, WatchPodLog, WatchPredictions
from console.domain.signal import LATENCY_P99, Reading, State
from console.domain.snapshot import Panel
from console.tui.look import Look
from console.tui.panels.lines import Line, Span, line
from console.tui.spoken.charts import chart_sentence
from console.tui.spoken.lines import lay_out_spoken, spoken_text
from tests.tui import scenes, scenes_of_pods, scenes_of_predictions
from tests.tui.scripted_engine import Answers
from tests.tui.stage import on_stage

PLAIN = Look(is_plain=True)
ANSWERS: Answers = {
    WatchModel: (scenes.detail(),),
    WatchPredictions: (scenes_of_predictions.predictions(),),
    StartRun: (scenes.planned(),),
    WatchCluster: (scenes_of_pods.facts(),),
    WatchPodLog: (scenes_of_pods.log(),),
}
SIGNS = frozenset("✖▲▼✔★◆◇▶▸◂▌←→↑↓↕›≈≥×·—─│┃━└┤╌╎▁▂▃▄▅▆▇█")


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 10)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(
    "keys",
    [
        (),
        ("enter",),
        ("2",),
        ("question_mark",),
        ("slash", "f"),
        ("j", "j"),
        ("enter", "d"),
        ("enter", "d", "down", "tab"),
        ("enter", "w"),
        ("enter", "w", "tab"),
        ("enter", "P"),
        ("enter", "P", "l"),
        ("2", "L"),
        ("N", "a"),
    ],
    ids="-".join,
)
async def test_every_line_can_be_read_aloud(keys: tuple[str, ...], size: tuple[int, int]) -> None:
    async with on_stage(answers=ANSWERS, size=size, look=PLAIN) as stage:
        await stage.press(*keys)
        for told in map(str.strip, stage.lines):
            assert not SIGNS.intersection(told), told
            assert not any("\u2800" <= sign <= "\u28ff" for sign in told), told
            assert "  " not in told, told
            assert told[:1] not in (",", ";", ".", ":"), told


async def test_a_word_marks_the_row_of_the_cursor_and_the_same_keys_move_it() -> None:
    async with on_stage(answers=ANSWERS, look=PLAIN) as stage:
        assert "selected: fraud, critical for 11 min" in stage.text
        await stage.press("j")
        assert "selected: eta, warning for 6 min" in stage.text
        assert stage.text.count("selected") == 1
        assert stage.lines[stage.app.cursor_position.y].startswith("selected: eta")


async def test_a_row_ends_with_a_whole_clause() -> None:
    async with on_stage(look=PLAIN, size=(80, 24)) as stage:
        rows = [told.strip() for told in stage.lines if ", critical for" in told or ", warning for" in told]
        assert len(rows) == 2
        assert all(told.endswith(".") for told in rows)


async def test_changes_are_announced_and_stay() -> None:
    async with on_stage(look=PLAIN) as stage:
        await stage.publish(scenes.fleet(scenes.healthy("search"), at=scenes.AT + 15, sequence=1))
        assert "03:20:29 UTC, search: ok, new in the fleet" in stage.text
        await stage.publish(scenes.fleet(scenes.healthy("search"), at=scenes.AT + 30, sequence=2))
        stage.app._tell_ages()
        await stage.pilot.pause()
        assert "search: ok, new in the fleet" in stage.text


async def test_what_is_said_is_announced_on_every_screen() -> None:
    async with on_stage(answers=ANSWERS, look=PLAIN) as stage:
        await stage.press("t", "enter")
        assert "theme light." in stage.text


async def test_a_plan_is_committed_with_the_same_keys() -> None:
    async with on_stage(answers=ANSWERS, look=PLAIN) as stage:
        await stage.press("2")
        assert "red: prod-eu tier 1, bounded, deployment ml/fraud." in stage.text
        for _ in range(100):  # the key counts once the plan was seen for a moment
            await stage.press("y")
            if stage.engine.sent(CommitPlan):
                break
        assert len(stage.engine.sent(CommitPlan)) == 1


@pytest.mark.parametrize(
    ("each", "told"),
    [
        (line(Span("✖ fraud  ", "critical"), "p99 8× · critical"), "fraud, p99 8 times, critical."),
        (line("replicas  3  →  6"), "replicas, 3 to 6."),
        (line(Span("why  ", "muted"), "v42; traffic as usual"), "why: v42; traffic as usual."),
        (line(Span(" n ", "key"), Span("cancel ", "muted"), Span(" y ", "key"), "scale"), "n: cancel; y: scale."),
        (line("on ", Span(" prod-eu red ", "red")), "on prod-eu red."),
        (line("fraud", right=(Span("done"),)), "fraud, done."),
        (line("HPA 4–12, ≥ 10 s"), "HPA 4 to 12, at least 10 s."),
        (line("Does it stay?", right=("active",)), "Does it stay? active."),
        (line("   "), ""),
    ],
)
def test_a_line_becomes_a_sentence(each: Line, told: str) -> None:
    assert spoken_text(each) == told


def test_nothing_is_said_of_an_empty_line_and_the_worst_style_counts() -> None:
    rows = lay_out_spoken((line(), line("a ", Span("b", "warning"), Span("c", "critical"))), 20)
    assert rows == [(Span("a bc.", "critical"),)]


def test_a_chart_tells_now_expectation_objective_since_when_and_trend() -> None:
    detail = scenes.detail()
    assert chart_sentence(detail.panels[0], detail) == (
        "latency: now p99 2.40 s, p95 1.60 s, p50 0.21 s; expected 0.31 s; objective 0.50 s; "
        "critical since 03:08:15 UTC, 11 min; rising, from 0.31 s to 1.68 s within 1 h; change v42 at 03:07:35 UTC"
    )
    assert "steady, from 405/s to 410/s within 1 h" in chart_sentence(detail.panels[2], detail)


def test_a_chart_without_numbers_says_why() -> None:
    gone = Reading(LATENCY_P99, State.STALE, seen=scenes.AT - 240)
    nothing = scenes.series(float("nan"), float("nan"))
    panel = Panel(LATENCY_P99, {"latency_p99": nothing}, gone)
    assert chart_sentence(panel, scenes.detail()) == "latency: stale"
