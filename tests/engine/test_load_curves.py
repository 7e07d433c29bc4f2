import asyncio

import msgspec

from console.domain.load_curve import LoadPast
from console.domain.model import Model
from console.domain.signal import LATENCY_MEAN, Reading, State
from console.engine.load_curves import LoadCurves
from console.transport.http import SourceError
from tests.detect.loads import past, swing
from tests.engine.stage import SLOW, Stage

SWINGING = past(swing(8.0, 38.0))


class Source:
    """Tells loads by script and remembers when it was asked."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.answer: LoadPast | SourceError | None = SWINGING
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, model: Model, signal: str, at: float) -> LoadPast | None:
        self.asked.append(at)
        await self.gate.wait()
        if isinstance(self.answer, SourceError):
            raise self.answer
        return self.answer


async def test_a_curve_is_read_once_within_the_step_of_its_past() -> None:
    source = Source()
    curves = LoadCurves(source)
    found = await curves.of(SLOW, 900.0)
    assert found.curve is not None
    assert await curves.of(SLOW, 1199.0) == found == curves.known("eta")
    assert not curves.is_wanting(SLOW, 1199.0)
    assert curves.is_wanting(SLOW, 1200.0)
    assert source.asked == [900.0]


async def test_another_latency_is_another_curve() -> None:
    source = Source()
    curves = LoadCurves(source)
    await curves.of(SLOW, 900.0)
    promised = {"latency_mean": Reading(LATENCY_MEAN, State.OK, 2.0, objective=0.1, limit=0.1)}
    await curves.of(msgspec.structs.replace(SLOW, readings=promised), 900.0)
    none = await curves.of(msgspec.structs.replace(SLOW, readings={}, headline_signal=None), 900.0)
    assert (len(source.asked), none.why_not) == (2, "no latency of it is exported")


async def test_who_has_no_patience_gets_what_is_known_and_it_is_read_on() -> None:
    source = Source()
    source.gate.clear()
    curves = LoadCurves(source)
    early = await curves.of(SLOW, 900.0, patience=0.0)
    assert (early.curve, early.why_not) == (None, "its past loads are still being read")
    assert not curves.is_wanting(SLOW, 900.0)
    source.gate.set()
    assert (await curves.of(SLOW, 900.0)).curve is not None
    assert source.asked == [900.0]


async def test_a_source_that_fails_is_told() -> None:
    source = Source()
    source.answer = SourceError("the query took too long")
    curves = LoadCurves(source)
    assert (await curves.of(SLOW, 900.0)).why_not == "the query took too long"
    source.answer = None
    told = (await curves.of(SLOW, 1200.0)).why_not
    assert told == "the metrics do not tell its traffic, replicas and latency together"


async def test_what_is_still_read_is_let_go() -> None:
    source = Source()
    source.gate.clear()
    curves = LoadCurves(source)
    await curves.of(SLOW, 900.0, patience=0.0)
    await curves.aclose()
    assert curves.is_wanting(SLOW, 900.0)


async def test_a_run_proposes_what_was_measured() -> None:
    """The 4 replicas of the stage get 260/s; each carried up to 38/s within the objective before."""
    stage = Stage()
    stage.load = msgspec.structs.replace(SWINGING, signal="latency_p99")
    await stage.start()
    run = await stage.until(lambda run: any("4 replicas" in seen.text for seen in run.evidence))
    wanted = next(seen for seen in run.evidence if seen.name == "wanted")
    assert (wanted.value, wanted.text) == (
        8,
        "8: 4 replicas carry 156/s within p99 latency 0.50 s; 8 are needed for 260/s, headroom 16 %",
    )
