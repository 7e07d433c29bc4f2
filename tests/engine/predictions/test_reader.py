import asyncio
from collections.abc import Iterable

import msgspec

from console.detect.findings import PredictionFindings
from console.domain.anomaly import Status
from console.domain.label import Label
from console.domain.model import Model
from console.domain.series import Grid, Series
from console.domain.signal import FEATURE_DRIFT, Reading, State
from console.engine.predictions.reader import Predicted, PredictionsReader, StoreAnswer, WithLogs
from console.history.store import Loaded
from console.history.view import History, ModelHistory
from console.transport.http import SourceError, TimedOut

FRAUD = Model("fraud", Label("fraud"))
ALONE = History(1e9, Grid.until(1e9, 60.0, 15.0), Grid.until(1e9, 600.0, 300.0), ())
LOADED = Loaded(ALONE, 0.1, 1, ())
FINDING = PredictionFindings(FRAUD, {"feature_drift": Reading(FEATURE_DRIFT, State.OK, 0.31, feature="age")})


class ScriptedSession:
    """A store that answers from memory, fails, or lets one wait."""

    def __init__(self, name: str = "predictions", every: float = 60.0) -> None:
        self.name = name
        self.every = every
        self.failure: SourceError | None = None
        self.hold: asyncio.Event | None = None
        self.findings = (FINDING,)
        self.asked_at: list[float] = []
        self.closed = False

    async def read(self, at: float) -> StoreAnswer:
        self.asked_at.append(at)
        if self.hold is not None:
            await self.hold.wait()
        if self.failure is not None:
            raise self.failure
        return StoreAnswer(self.findings, 0.2, ("columns left out: blob",))

    async def logged(self, models: Iterable[Model], fine: Grid, coarse: Grid) -> tuple[ModelHistory, ...]:
        if self.failure is not None:
            raise self.failure
        empty = Series.empty(fine)
        return tuple(ModelHistory(model, {"traffic": empty}, {}, empty, empty, empty) for model in models)

    async def look_into(self, model: Model) -> PredictionFindings | None:
        if self.failure is not None:
            raise self.failure
        return next((finding for finding in self.findings if finding.model == model), None)

    async def read_model(self, model: Model, grid: Grid) -> dict[str, Series]:
        return {"traffic": Series.empty(grid)}

    async def aclose(self) -> None:
        self.closed = True


async def read(
    reader: PredictionsReader, at: float, *, live: bool = True, metrics: Loaded | None = LOADED
) -> Predicted:
    loading: asyncio.Future[Loaded | None] = asyncio.get_running_loop().create_future()
    loading.set_result(metrics)
    return await reader.read(at, live=live, metrics=loading)


async def test_a_store_is_read_as_often_as_it_is_worth() -> None:
    session = ScriptedSession()
    reader = PredictionsReader([session], patience=None)
    for at in (0.0, 15.0, 59.0, 60.0, 75.0):
        predicted = await read(reader, at)
        assert predicted.findings == (FINDING,)
    assert session.asked_at == [0.0, 60.0]


async def test_the_past_is_read_at_each_instant_that_is_asked_for() -> None:
    session = ScriptedSession()
    reader = PredictionsReader([session], patience=None)
    await read(reader, 30.0, live=False)
    await read(reader, 20.0, live=False)
    assert session.asked_at == [30.0, 20.0]


async def test_the_past_is_waited_for_since_it_is_read_once() -> None:
    session = ScriptedSession()
    session.hold = asyncio.Event()
    reader = PredictionsReader([session], patience=0.01)
    asyncio.get_running_loop().call_later(0.05, session.hold.set)
    assert (await read(reader, 30.0, live=False)).findings == (FINDING,)


async def test_what_a_store_wants_to_be_known_stands_in_its_report() -> None:
    (report,) = (await read(PredictionsReader([ScriptedSession()], patience=None), 0.0)).reports
    assert (report.status, report.seconds, report.detail) == (Status.OK, 0.2, "columns left out: blob")
    assert report.is_complete


async def test_a_store_that_fails_keeps_its_last_word_as_such() -> None:
    session = ScriptedSession()
    reader = PredictionsReader([session], patience=None)
    await read(reader, 0.0)
    session.failure = TimedOut("no answer within 30 s")
    predicted = await read(reader, 60.0)
    reading = predicted.findings[0].readings["feature_drift"]
    assert (reading.state, reading.value, reading.feature) == (State.SOURCE_DOWN, 0.31, "age")
    (report,) = predicted.reports
    assert (report.status, report.detail, report.answered) == (Status.UNKNOWN, "no answer within 30 s", 0.0)
    session.failure = None
    assert (await read(reader, 61.0)).findings == (FINDING,)


async def test_a_slow_store_holds_no_screen_up() -> None:
    session = ScriptedSession()
    session.hold = asyncio.Event()
    reader = PredictionsReader([session], patience=0.01)
    (report,) = (await read(reader, 0.0)).reports
    assert report.status is Status.UNKNOWN
    assert str(report.detail).startswith("no answer for ")
    session.hold.set()
    assert (await read(reader, 15.0)).findings == (FINDING,)
    assert session.asked_at == [0.0]
    await reader.aclose()
    assert session.closed


async def test_the_first_reading_is_waited_for_where_there_is_nothing_else_to_show() -> None:
    session = ScriptedSession()
    session.hold = asyncio.Event()
    reader = PredictionsReader([session], patience=0.01)
    asyncio.get_running_loop().call_later(0.05, session.hold.set)
    assert (await read(reader, 0.0, metrics=None)).findings == (FINDING,)
    session.hold = asyncio.Event()
    (report,) = (await read(reader, 200.0, metrics=None)).reports
    assert report.status is Status.UNKNOWN
    await reader.aclose()


async def test_a_late_answer_is_no_dead_store_until_it_was_missed_three_times() -> None:
    session = ScriptedSession()
    reader = PredictionsReader([session], patience=0.01)
    await read(reader, 0.0)
    session.hold = asyncio.Event()
    statuses = [(await read(reader, at)).reports[0].status for at in (60.0, 179.0, 181.0)]
    assert statuses == [Status.OK, Status.OK, Status.UNKNOWN]
    await reader.aclose()


async def test_the_first_of_two_stores_speaks_for_a_model() -> None:
    other = ScriptedSession("other")
    other.findings = (msgspec.structs.replace(FINDING, readings={}),)
    predicted = await read(PredictionsReader([ScriptedSession(), other], patience=None), 0.0)
    assert predicted.findings == (FINDING,)
    assert [report.name for report in predicted.reports] == ["predictions", "other"]


async def test_a_model_without_metrics_gets_its_signals_from_the_log() -> None:
    reader = PredictionsReader([ScriptedSession()], patience=None)
    predicted = await read(reader, 0.0)
    with_logs = await reader.onto(ALONE, predicted, [])
    assert [past.model for past in with_logs.history.models] == [FRAUD]
    measured = Model("fraud", Label("fraud"), {"namespace": "ml"})
    with_logs = await reader.onto(ALONE, predicted, [measured])
    assert with_logs.history.models == ()
    assert [finding.model for finding in with_logs.findings] == [measured]


async def test_a_model_whose_only_log_is_down_is_lost_with_the_reason() -> None:
    session = ScriptedSession()
    reader = PredictionsReader([session], patience=None)
    predicted = await read(reader, 0.0)
    session.failure = TimedOut("no answer within 30 s")
    with_logs = await reader.onto(ALONE, predicted, [])
    assert _lost(with_logs) == (("fraud",), "no answer within 30 s")


async def test_what_was_logged_is_nobody_s_among_namesakes() -> None:
    namesakes = [Model(f"fraud{{{place}}}", Label("fraud"), {"namespace": place}) for place in ("a", "b")]
    reader = PredictionsReader([ScriptedSession()], patience=None)
    await reader.onto(ALONE, await read(reader, 0.0), namesakes)
    for model in namesakes:
        assert reader.finding(model) is None
        assert (await reader.look_into(model)).findings is None
        assert await reader.read_model(model, ALONE.fine_grid, alone=True) == {}
    assert reader.finding(FRAUD) == FINDING
    assert (await reader.look_into(FRAUD)).findings == FINDING
    assert set(await reader.read_model(FRAUD, ALONE.fine_grid, alone=True)) == {"traffic"}


async def test_a_model_of_other_labels_is_found_under_the_fleet_s_own() -> None:
    measured = Model("ml/fraud", Label("fraud"), {"namespace": "ml"})
    reader = PredictionsReader([ScriptedSession()], patience=None)
    await reader.onto(ALONE, await read(reader, 0.0), [measured])
    found = reader.finding(measured)
    assert found is not None
    assert (found.model, found.readings) == (measured, FINDING.readings)


async def test_a_store_that_fails_while_its_models_are_read_is_told_as_down() -> None:
    session = ScriptedSession()
    reader = PredictionsReader([session], patience=None)
    predicted = await read(reader, 0.0)
    session.failure = TimedOut("no answer within 30 s")
    (report,) = (await reader.onto(ALONE, predicted, [])).reports
    assert (report.status, report.detail, report.answered) == (Status.UNKNOWN, "no answer within 30 s", 0.0)


def _lost(with_logs: WithLogs) -> tuple[tuple[str, ...], str]:
    return tuple(model.id for model in with_logs.lost), with_logs.why_lost
