"""Names, labels, errors and notes come from outside: they are painted as they are, and steer nothing."""

import string
import unicodedata

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.domain.action import Commitment, FieldChange, Outcome
from console.domain.alert import Alert
from console.domain.anomaly import Status
from console.domain.change import Change, ChangeKind
from console.domain.command import StartRun, WatchModel
from console.domain.label import Label, harmless
from console.domain.link import Link
from console.domain.model import Model, WorkloadFinding
from console.domain.run import Choice, Evidence, Run
from console.domain.signal import State
from console.domain.snapshot import ModelDetail, ModelView, Snapshot
from console.domain.source import SourceReport
from console.tui.outside.export import file_stem
from console.tui.panels.lines import Span, cells_of, lay_out, line
from tests.tui import scenes
from tests.tui.scripted_engine import Answers
from tests.tui.stage import Stage, on_stage

HOSTILE = (
    "[/]",
    "[/foo]x",
    "[@click=app.quit]press me[/]",
    "a[$primary]b[on click]",
    "p99{le=[x]}",
    "MARK\x1b]0;PWN\x07",
    "\x1b[2J\x1b[31mred",
    "\x9b31mred",
    "ev\u202eil",
    "two\nlines\rback\ttab",
    "nul\x00del\x7f",
    "zero\u200bwidth\ufeff",
    "漢字" * 40,
    "🧑‍🚒" * 40,
    "x" * 5000,
    "",
)


def hostile_view(text: str) -> ModelView:
    view = scenes.fraud()
    assert view.incident is not None
    anomaly = msgspec.structs.replace(
        view.anomalies[0],
        summary=text,
        evidence=(text, text),
        playbooks=(msgspec.structs.replace(scenes.SCALE_OUT, title=text),),
    )
    readings = {
        name: msgspec.structs.replace(reading, detail=text, state=State.ERROR)
        for name, reading in view.readings.items()
    }
    return msgspec.structs.replace(
        view,
        model=Model(f"m{text}", Label(f"m{text}"), {"namespace": text}),
        readings=readings,
        versions={text: 0.9, f"{text}2": 0.1},
        changes=(Change(ChangeKind.VERSION, scenes.AT - 60, text),),
        incident=msgspec.structs.replace(view.incident, anomalies=(anomaly,)),
        workload=WorkloadFinding(None, text),
        budget=text,
        links=(Link(text, "https://wiki.example/"), Link(text, text, opens=False)),
    )


def hostile_snapshot(text: str) -> Snapshot:
    dead = SourceReport(f"s{text}", Status.UNKNOWN, detail=text)
    return Snapshot(scenes.AT, (dead,), (hostile_view(text), scenes.healthy("ads")), context=text)


def hostile_detail(text: str) -> ModelDetail:
    detail = scenes.detail(hostile_view(text))
    return msgspec.structs.replace(
        detail,
        panels=tuple(
            msgspec.structs.replace(
                panel, objective_label=text, lines={f"{text}{n}": s for n, s in panel.lines.items()}
            )
            for panel in detail.panels
        ),
        changes=(Change(ChangeKind.VERSION, scenes.AT - 600, text), Change(ChangeKind.ALERT, scenes.AT - 60, text)),
        alerts=(Alert(Label(text), {}, text, text, scenes.AT - 60),),
        detail=text,
    )


def hostile_run(text: str) -> Run:
    plan = scenes.plan()
    assert plan.undo is not None
    replace = msgspec.structs.replace
    hostile = replace(
        plan,
        title=text,
        confirm=text,
        target=replace(plan.target, context=text, namespace=text, name=text, kind=text),
        changes=(FieldChange(text, text, text),),
        request=replace(plan.request, path=text, body={text: text}),
        undo=replace(plan.undo, title=text),
        notes=(text,),
        watch=(text,),
        dry_run=text,
        command=text,
    )
    steps = tuple(replace(step, title=text, note=text) for step in scenes.planned().steps)
    return replace(
        scenes.planned(hostile),
        model_id=f"m{text}",
        owners=(text,),
        by=text,
        steps=steps,
        evidence=(Evidence("x", text, None, text),),
        choices=(Choice("x", text),),
        commitment=Commitment(Outcome.UNKNOWN, text, scenes.AT),
        progress=text,
        message=text,
    )


def assert_inert(stage: Stage) -> None:
    """Nothing that steers a terminal is painted, and every line has exactly the width of the screen."""
    width = stage.app.size.width
    for strip in stage.app.screen._compositor.render_strips():
        assert strip.cell_length == width
        for segment in strip:
            assert segment.control is None
            for sign in segment.text:
                category = unicodedata.category(sign)
                assert category not in ("Cc", "Cs", "Zl", "Zp"), repr(segment.text)
                assert category != "Cf" or sign == "\u200d", repr(segment.text)
            assert segment.style is None or not any(key.startswith("@") for key in segment.style.meta)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_every_screen(text: str) -> None:
    answers: Answers = {WatchModel: (hostile_detail(text),), StartRun: (hostile_run(text),)}
    async with on_stage(first=(hostile_snapshot(text),), answers=answers) as stage:
        assert_inert(stage)
        await stage.press("g", "c")
        assert_inert(stage)
        assert stage.app.clipboard.replace("\u200d", "").isprintable()
        await stage.press("o")
        assert_inert(stage)
        await stage.press("down", "2", "1")
        assert_inert(stage)
        assert stage.app.clipboard == "https://wiki.example/"
        await stage.press("escape", "enter")
        assert_inert(stage)
        await stage.press("1", "d")
        assert_inert(stage)
        await stage.resize(40, 10)
        assert_inert(stage)
        await stage.press("c")
        stage.app.say(text, is_bad=True)
        await stage.pilot.pause()
        assert_inert(stage)
        assert stage.app.clipboard.replace("\u200d", "").isprintable()
        assert stage.app.is_running


async def test_markup_is_painted_as_it_is() -> None:
    async with on_stage(first=(hostile_snapshot("[bold red]x[/]"),)) as stage:
        assert "m[bold red]x[/]" in stage.text


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_file_name_is_one(text: str) -> None:
    stem = file_stem(f"m{text}", scenes.AT)
    assert set(stem) <= set(string.ascii_letters + string.digits + "._-")
    assert not stem.startswith((".", "-"))
    assert len(stem) < 128


@given(st.lists(st.text(max_size=30), max_size=5), st.text(max_size=300), st.integers(1, 60), st.booleans())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_a_laid_out_row_is_never_wider_than_the_screen(heads: list[str], body: str, width: int, wraps: bool) -> None:
    spans = [Span(harmless(head)) for head in (*heads, body)]
    rows = lay_out((line(*spans, right=() if wraps else (Span("right"),), wraps=wraps),), width)
    assert rows
    assert all(cells_of(row) <= width for row in rows)


@given(st.text(alphabet="abc ", max_size=200), st.integers(10, 40))
def test_wrapping_loses_no_word(body: str, width: int) -> None:
    rows = lay_out((line(Span("why "), body, wraps=True),), width)
    told = "".join("".join(span.text for span in row).removeprefix("why ") for row in rows)
    assert told.replace(" ", "") == body.replace(" ", "")
