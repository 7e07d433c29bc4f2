import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from console.domain.quantity import format_seconds
from console.tui.widgets.chart_data import ChartData, Line, Marker, Objective
from console.tui.widgets.chart_rows import chart_rows
from tests.tui.conftest import Golden

START = 1_795_400_400.0
STEP = 30.0
POINTS = 121


def wave(base: float, jump: float, gap: range = range(0)) -> list[float]:
    """Return a wave that jumps at three quarters, with NaN where the gap is."""
    return [
        math.nan if point in gap else base * (1 + 0.1 * math.sin(point / 3)) + jump / (1 + math.exp((85 - point) / 3))
        for point in range(POINTS)
    ]


LATENCY = ChartData(
    "latency",
    START,
    STEP,
    (
        Line("p99 2.40 s", wave(0.3, 2.1), tag="p99"),
        Line("p95 1.6 s", wave(0.2, 1.4), tag="p95"),
        Line("p50 0.21 s", wave(0.1, 0.1, range(20, 30)), tag="p50"),
    ),
    format_seconds,
    Objective(0.5, "SLO 0.5 s"),
    (Marker(START, "config"), Marker(START + 80 * STEP, "v42"), Marker(START + 120 * STEP, "scaled")),
)


def change(**fields: object) -> ChartData:
    return msgspec.structs.replace(LATENCY, **fields)


def picture(data: ChartData, width: int, height: int) -> list[str]:
    return ["".join(text for text, _ in row) for row in chart_rows(data, width, height)]


def styles_of(data: ChartData, width: int, height: int) -> set[str]:
    return {style for row in chart_rows(data, width, height) for _, style in row}


PICTURES = {
    "latency": LATENCY,
    "no_data": change(no_data="no data: not exported by triton", note="stale 4 min"),
    "stale": change(note="stale 4 min", stale=True),
    "from_the_data": change(
        title="quality 0.94 auc",
        lines=(Line("", [0.94 + 0.01 * math.sin(point / 9) for point in range(POINTS)]),),
        format_value="{:.3f}".format,
        objective=None,
        markers=(),
        from_zero=False,
    ),
}


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize(("width", "height"), [(120, 40), (80, 24), (40, 10), (40, 3), (30, 2), (20, 1), (1, 1)])
def test_picture(name: str, width: int, height: int, golden: Golden) -> None:
    golden(f"chart_{name}_{width}x{height}", picture(PICTURES[name], width, height))


def test_an_objective_far_above_the_data_is_named_not_drawn() -> None:
    rows = picture(change(objective=Objective(30.0, "SLO 30 s")), 60, 10)
    assert "↑ SLO 30 s" in rows[1]
    assert not any("╌" in row for row in rows)


def test_the_label_of_the_objective_never_hides_the_line() -> None:
    flat = change(lines=(Line("", [0.5] * POINTS),), markers=())
    rows = picture(flat, 60, 12)
    without = picture(msgspec.structs.replace(flat, objective=Objective(0.5, "")), 60, 12)
    dots = "".join(character for character in "".join(rows) if "⠀" < character <= "⣿")
    assert dots == "".join(character for character in "".join(without) if "⠀" < character <= "⣿")
    assert any("SLO 0.5 s" in row for row in rows)


def test_markers_outside_the_time_axis_are_not_drawn() -> None:
    outside = change(markers=(Marker(START - 1, "before"), Marker(START + 121 * STEP, "after")))
    assert not any("╎" in row for row in picture(outside, 80, 24))


@pytest.mark.parametrize("at", [START, START + 120 * STEP])
def test_markers_on_the_edges_are_drawn_with_their_label(at: float) -> None:
    rows = picture(change(markers=(Marker(at, "edge"),)), 80, 24)
    assert any("╎" in row for row in rows)
    assert any("edge" in row for row in rows)


def test_only_nan_is_told_in_words() -> None:
    assert any("no data in this time range" in row for row in picture(change(lines=(Line("", [math.nan] * 9),)), 60, 8))


def test_a_long_reason_is_broken_between_words() -> None:
    reason = "no data: prometheus has not answered since 03:11"
    rows = picture(change(no_data=reason), 20, 10)
    assert " ".join(row.strip() for row in rows[1:-1]).strip() == reason


def test_every_line_of_a_stale_chart_is_dimmed() -> None:
    styles = styles_of(change(stale=True), 80, 24)
    assert "stale" in styles
    assert not any(style.startswith("line-") for style in styles)


def test_the_first_line_is_painted_over_the_others() -> None:
    same = [1.0] * POINTS
    data = change(lines=(Line("", same, "critical"), Line("", same, "muted")), objective=None)
    styles = styles_of(data, 80, 24)
    assert "critical" in styles
    assert "muted" not in styles


def test_a_sparkline_shows_the_first_line_that_has_numbers() -> None:
    data = change(lines=(Line("", [math.nan] * 4), Line("", [0.0, 1.0, 0.0, 1.0])), objective=None)
    assert picture(data, 4, 2)[1] == "▁█▁█"


def test_equal_data_is_equal_though_nan_is_not() -> None:
    again = change(lines=tuple(Line(line.name, list(line.values), line.style, line.tag) for line in LATENCY.lines))
    assert again == LATENCY
    assert change(lines=(Line("p99", wave(0.3, 2.0)),)) != LATENCY


def test_a_spike_of_one_point_among_many_is_drawn() -> None:
    values = [0.1] * 5000
    values[2500] = 9.0
    top_row = picture(change(lines=(Line("", values),), step=1.0, markers=(), objective=None), 60, 12)[1]
    assert any("⠀" < character <= "⣿" for character in top_row)


FLOATS = st.floats(allow_nan=True, allow_infinity=True)
TEXTS = st.text(st.sampled_from("a 模é\u0301\u200d\ufe0f👩❤[/]\x1b\x00"), max_size=12)
ANY_CHART = st.builds(
    ChartData,
    title=TEXTS,
    start=FLOATS,
    step=FLOATS,
    lines=st.lists(
        st.builds(Line, name=TEXTS, values=st.lists(FLOATS, max_size=30), style=st.none(), tag=TEXTS), max_size=5
    ).map(tuple),
    format_value=st.sampled_from([format_seconds, str, lambda value: "模\u200d"]),
    objective=st.none() | st.builds(Objective, value=FLOATS, label=TEXTS),
    markers=st.lists(st.builds(Marker, at=FLOATS, label=TEXTS), max_size=4).map(tuple),
    note=TEXTS,
    stale=st.booleans(),
    no_data=TEXTS,
    from_zero=st.booleans(),
)


@given(ANY_CHART, st.integers(0, 90), st.integers(0, 30))
def test_every_chart_fills_exactly_its_cells(data: ChartData, width: int, height: int) -> None:
    rows = chart_rows(data, width, height)
    assert len(rows) == (height if width else 0)
    assert all(sum(cell_len(text) for text, _ in row) == width for row in rows)


@given(st.integers(1, 100), st.integers(1, 30), st.sampled_from([0, 60, 120]))
def test_a_spike_is_seen_at_every_size(width: int, height: int, at: int) -> None:
    values = [0.0] * POINTS
    values[at] = 1.0
    data = change(title="", lines=(Line("", values),), objective=None, markers=())
    rows = picture(data, width, height)
    if height < 4:
        assert "█" in rows[min(1, height - 1)]
    else:
        assert any("⠀" < character <= "⣿" for character in rows[1])
