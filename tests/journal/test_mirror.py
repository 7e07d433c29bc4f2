from console.journal.chain import Link
from console.journal.contents import Entry
from console.journal.events import Event, RunLine
from console.journal.mirror import RUN_LINES_KEPT_SECONDS, Mirror
from tests.journal.samples import ANN, intent

NOW = 1_763_781_600.0


def entry(event: Event) -> Entry:
    return Entry(event, Link(""), 1)


def line(at: float) -> RunLine:
    return RunLine(at=at, who=ANN, run_id="7f3", name="evidence")


def test_only_lines_of_runs_of_long_ago_are_left_out() -> None:
    mirror = Mirror(lambda: NOW)
    old, new = line(NOW - RUN_LINES_KEPT_SECONDS - 1), line(NOW - RUN_LINES_KEPT_SECONDS)
    mirror.add([entry(old), entry(intent(at=1.0)), entry(new)])
    assert mirror.events() == (intent(at=1.0), new)


def test_a_line_from_the_future_hides_nothing() -> None:
    mirror = Mirror(lambda: NOW)
    mirror.add([entry(line(NOW + 1e9)), entry(line(NOW))])
    assert len(mirror.events()) == 2


def test_without_a_clock_nothing_is_left_out() -> None:
    mirror = Mirror()
    mirror.add([entry(line(0.0))])
    assert mirror.changes().events == (line(0.0),)
