"""`watch` when something flaps: it is told so once, and what it is in the end."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from console.detect.source_down import freeze
from console.domain.anomaly import Status
from console.domain.snapshot import Snapshot
from console.headless.watch.calm import MOST_LINES, STEADY_SECONDS, Calm
from console.headless.watch.news import Event, News
from console.headless.watch.observation import Observation, news_between
from console.headless.watch.text import news_text
from tests.headless.fleets import AT, PROMETHEUS, eta, healthy
from tests.headless.test_watch import DOWN, REFUSED, at, failing


def calmed(snapshots: Sequence[Snapshot]) -> list[News]:
    calm, observed, lines = Calm(), Observation.first(snapshots[0]), []
    for snapshot in snapshots[1:]:
        before, observed = observed, observed.then(snapshot)
        lines += calm.let_through(news_between(before, observed), observed)
    return lines


def test_what_flaps_is_told_so_once_and_then_when_it_is_steady() -> None:
    flapping = [at(15 * n, failing("fraud") if n % 2 else healthy("fraud")) for n in range(41)]
    steady = [at(600 + 15 * n, healthy("fraud")) for n in range(1, 41)]
    lines = calmed([*flapping, *steady])
    assert [line.event for line in lines] == [*[Event.STATUS] * MOST_LINES, Event.FLAPPING, Event.STEADY]
    assert lines[-2].text.startswith("changed 5 times within 1 min, now: was ok; errors 4.1 %")
    assert lines[-1].at == AT + 600 + STEADY_SECONDS
    assert lines[-1].status is Status.OK
    assert lines[-1].text.startswith("steady for 5 min: traffic 1,204/s")


def test_a_flapping_source_does_not_flood() -> None:
    lines = calmed([at(15 * n, source=DOWN if n % 2 else PROMETHEUS) for n in range(200)])
    assert len(lines) == MOST_LINES + 1
    assert news_text(lines[-1])[21:25] == "FLAP"


def test_a_critical_model_is_told_although_it_flaps() -> None:
    lines = calmed([at(15 * n, eta() if n % 2 else healthy("eta")) for n in range(20)] + [at(300, failing("eta"))])
    assert [line.status for line in lines][-1] is Status.CRITICAL
    assert lines[-1].event is Event.STATUS


def test_what_flapped_is_not_told_steady_while_a_source_hides_it() -> None:
    flapping = [at(15 * n, failing("eta") if n % 2 else healthy("eta")) for n in range(20)]
    hidden = [at(300 + 15 * n, *freeze((healthy("eta"),), REFUSED), source=DOWN) for n in range(40)]
    again = [at(900 + 15 * n, failing("eta")) for n in range(2)]
    of_model = [line for line in calmed([*flapping, *hidden, *again]) if line.model == "eta"]
    assert (of_model[-1].event, of_model[-1].status, of_model[-1].at) == (Event.STEADY, Status.CRITICAL, AT + 900)


STATES = st.lists(st.sampled_from(["ok", "warning", "critical", "down"]), min_size=2, max_size=120)


@given(STATES)
def test_flapping_is_bounded_and_the_last_state_is_told_in_the_end(states: list[str]) -> None:
    views = {"ok": healthy("eta"), "warning": eta(), "critical": failing("eta")}
    snapshots = [at(0, healthy("eta"))]
    for state in states:
        seconds = 15.0 * len(snapshots)
        down = at(seconds, *freeze(snapshots[-1].models, REFUSED), source=DOWN)
        snapshots.append(down if state == "down" else at(seconds, views[state]))
    end = snapshots[-1].at - AT
    frozen = freeze(snapshots[-1].models, REFUSED)
    hidden = [at(end + 15.0 * n, *frozen, source=DOWN) for n in range(1, 30)]
    end += 15.0 * len(hidden)
    last = next((state for state in reversed(states) if state != "down"), "ok")
    quiet = [at(end + 15.0 * n, views[last]) for n in range(1, 60)]

    lines = calmed([*snapshots, *hidden, *quiet])

    of_model = [line for line in lines if line.model == "eta"]
    for start in of_model:
        within = [line for line in of_model if start.at <= line.at < start.at + STEADY_SECONDS]
        assert len(within) <= 2 * MOST_LINES + 3
    told_last = of_model[-1].status if of_model else Status.OK
    assert told_last is Status(last)


def test_a_clock_that_is_set_back_makes_nothing_negative_and_keeps_nothing_back() -> None:
    forth = [at(15 * n, source=DOWN if n % 2 else PROMETHEUS) for n in range(20)]
    lines = calmed([*forth, at(-3600, healthy("ads"), source=DOWN), at(-3585, healthy("ads"))])
    assert [line.event for line in lines[-2:]] == [Event.STEADY, Event.SOURCE_UP]
    assert not any("-" in line.text.replace("-> ", "") for line in lines)
