"""The two histograms: one scale, every bin named, nothing that moved without a sign."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from console.tui.widgets.histogram_rows import Bin, HistogramData, histogram_rows

SHARES = st.floats(0, 1)
BINS = st.lists(st.builds(Bin, st.text(max_size=12), SHARES, SHARES, st.booleans()), max_size=40).map(tuple)
BARS = "▁▂▃▄▅▆▇█"


def drawn(data: HistogramData, width: int, height: int) -> list[str]:
    return ["".join(text for text, _ in row) for row in histogram_rows(data, width, height)]


def pair(*bins: Bin) -> HistogramData:
    return HistogramData("reference", "now", bins)


@given(BINS, st.integers(0, 120), st.integers(0, 30))
def test_it_always_fills_exactly_its_room(bins: tuple[Bin, ...], width: int, height: int) -> None:
    rows = drawn(HistogramData("reference", "now", bins), width, height)
    assert len(rows) == (height if width > 0 else 0)
    assert all(cell_len(row) == width for row in rows)


def test_both_stand_on_one_scale() -> None:
    rows = drawn(pair(Bin("a", 0.2, 0.8), Bin("b", 0.8, 0.2)), 24, 11)
    above, below = rows[1:5], rows[6:10]
    assert [row[12] for row in above[1:]] == ["█", "█", "█"]
    assert [row[0] for row in below[1:]] == ["█", "█", "█"]
    assert above[-1][0] == below[-1][12] == "▆"


def test_a_bin_that_moved_has_an_arrow_with_its_share_or_where_there_is_no_room_with_its_label() -> None:
    moved = pair(
        Bin("null", 0.01, 0.62, has_moved=True), Bin("18–25", 0.4, 0.1, has_moved=True), Bin("25–31", 0.5, 0.28)
    )
    high = "\n".join(drawn(moved, 36, 13))
    assert "▲62 %" in high
    assert "▼10 %" in high
    assert "▲28 %" not in high
    assert drawn(moved, 36, 5)[-1].split() == ["null▲", "18–25▼", "25–31"]


def test_the_smallest_share_is_seen_and_an_empty_bin_is_not() -> None:
    rows = drawn(pair(Bin("other", 0.0001, 0.0), Bin("b", 1.0, 1.0)), 24, 11)
    assert rows[4][0] == "▁"
    assert "<1 %" in rows[3]
    assert rows[9][0] == " "


def test_where_not_all_bins_have_room_those_that_moved_most_stay_in_order_and_the_rest_is_counted() -> None:
    bins = [Bin(f"b{number}", 0.02, 0.02) for number in range(30)]
    bins[7] = Bin("seven", 0.1, 0.02)
    bins[21] = Bin("late", 0.1, 0.11, has_moved=True)
    rows = drawn(pair(*bins), 26, 9)
    assert rows[0].endswith("26 more bins")
    labels = rows[-1].split()
    assert len(labels) == 4
    assert labels.index("seven") < labels.index("late")


def test_without_bins_the_reason_stands_there() -> None:
    rows = drawn(HistogramData("age", "now", no_data="no bins are known"), 30, 5)
    assert rows[1].strip() == "no bins are known"
