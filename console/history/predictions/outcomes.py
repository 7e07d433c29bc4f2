"""The past of outcomes: days whose labels have had their time are kept on disk, younger ones asked for again.

Labels are counted up to the newest full step of a clock (five minutes, an hour where they come late), so that whoever
looks at one instant sees the same; between two steps nothing is asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from console.domain.model import identify
from console.domain.moments import floor_to_step
from console.domain.series import Grid
from console.history.predictions.answer_cache import AnswerCache
from console.history.predictions.outcome_assembly import cells_by_model, hours_of
from console.history.predictions.outcome_past import OutcomePast
from console.history.predictions.past import HOUR
from console.settings.predictions import PredictionStore
from console.sources.predictions.cutoff import CutoffByDay
from console.sources.predictions.log import PredictionLog
from console.sources.predictions.outcome_columns import LABELLED
from console.sources.predictions.outcome_facts import classes_expression, facts_expression, read_facts
from console.sources.predictions.outcome_plan import OutcomePlan
from console.sources.predictions.outcome_task import Planned, plan_outcomes
from console.sources.predictions.outcomes import Asked, delay_bounds, outcome_expression
from console.transport.errors import TimedOut, TooLarge
from console.transport.sql.store import SqlStore

if TYPE_CHECKING:
    import pyarrow

DAY = 86_400.0
SPAN = 7 * DAY
"""Seconds before the horizon of which outcomes are read."""
PLANNED_EVERY = 6 * HOUR
"""Seconds after which it is looked at anew what the models predict and how late their labels come.

Until then only models that came since are looked at, with every step of the labels: whoever looks at one instant reads
them alike, for however long."""
VERSION_OF_ANSWERS = 2
"""To be raised whenever the same question gets another answer."""
_STEP, _LONG_STEP = 300.0, HOUR
_LONG_WAIT = 4 * HOUR
_MOST_DAYS = 64
"""So many are asked for at once at first: more than are ever missing."""


class _Piece(msgspec.Struct, frozen=True):
    """Rows predicted from `start` to before `end` with the labels up to `cutoff`; a final piece cannot change."""

    start: float
    end: float
    cutoff: float
    is_final: bool


class _Plans(msgspec.Struct, frozen=True):
    """How the outcomes of models (raw names) are read, from rows up to `end` (UTC seconds)."""

    end: float
    by_model: dict[str, Planned]


class OutcomeReader:
    """Reads the outcomes of all models of a log; one for each log, as long as it is looked at."""

    def __init__(self, store: SqlStore, log: PredictionLog, settings: PredictionStore, cache: AnswerCache) -> None:
        self._store = store
        self._log = log
        self._settings = settings
        self._cache = cache
        self._planned: dict[str, Planned] = {}
        self._lasting: _Plans | None = None
        """Of models that were there when it was last looked at all of them."""
        self._of_newer: _Plans | None = None
        self._most_days = _MOST_DAYS
        self._answers: dict[tuple[OutcomePlan, tuple[str, ...] | None, _Piece], pyarrow.Table] = {}

    async def load(self, at: float) -> tuple[OutcomePast, ...]:
        """Return the past of every model whose outcomes can be read, up to an instant (UTC seconds), by name.

        Raises:
            SourceError: the store does not answer.
        """
        planned = await self._plans(at)
        models: dict[OutcomePlan, list[str]] = {}
        for model, one in planned.items():
            if one.plan is not None:
                models.setdefault(one.plan, []).append(model)
        pasts: list[OutcomePast] = []
        used: dict[tuple[OutcomePlan, tuple[str, ...] | None, _Piece], pyarrow.Table] = {}
        for plan, names in models.items():
            asked_for = None if len(models) == 1 else tuple(sorted(names))
            pieces = pieces_of(plan, at)
            answers = await self._answers_of(plan, asked_for, pieces, at)
            used |= {(plan, asked_for, piece): answer for piece, answer in answers.items()}
            tables = [answers[piece] for piece in pieces]
            pasts.extend(self._pasts(plan, names, planned, tables, at))
        self._answers = used
        self._cache.tidy()
        return tuple(sorted(pasts, key=lambda past: past.model.name.raw))

    def unread(self) -> Mapping[str, tuple[str, ...]]:
        """Return by model (raw name) why its outcomes cannot be read, after a load."""
        return {model: planned.notes for model, planned in self._planned.items() if planned.plan is None}

    async def _plans(self, at: float) -> Mapping[str, Planned]:
        """Return how the outcomes of every model are read, by raw name."""
        learned_at, now = floor_to_step(at, PLANNED_EVERY), floor_to_step(at, _STEP)
        if self._lasting is None or self._lasting.end != learned_at:
            self._lasting = await self._learned(learned_at - SPAN, learned_at, besides=())
            self._of_newer = None
        if self._of_newer is None or self._of_newer.end != now:
            self._of_newer = await self._learned(learned_at, now, besides=tuple(self._lasting.by_model))
        self._planned = self._lasting.by_model | self._of_newer.by_model
        return self._planned

    async def _learned(self, start: float, end: float, *, besides: Sequence[str]) -> "_Plans":
        """Return how the outcomes of all models but some are read, from their rows in a window (UTC seconds)."""
        ranges = []
        if start < end:
            ranges = (await self._store.read(facts_expression(self._log, start, end, besides))).to_pylist()
        classes = []
        if ranges and (question := classes_expression(self._log, start, end, besides)) is not None:
            classes = (await self._store.read(question)).to_pylist()
        planned = {
            model: plan_outcomes(self._log, known, self._settings.rule_for(model), self._settings.lateness)
            for model, known in read_facts(ranges, classes).items()
        }
        return _Plans(end, planned)

    async def _answers_of(
        self, plan: OutcomePlan, models: tuple[str, ...] | None, pieces: Sequence[_Piece], at: float
    ) -> "dict[_Piece, pyarrow.Table]":
        """Return the groups of pieces: those at hand, final ones that are on disk, and the store's for all others.

        Days that are missing are asked for together; fewer of them the next time where the store takes too long.
        """
        found: dict[_Piece, pyarrow.Table] = {}
        for piece in pieces:
            answer = self._answers.get((plan, models, piece))
            if answer is None and piece.is_final:
                answer = self._cache.load(self._in_words(plan, models, piece))
            if answer is not None:
                found[piece] = answer
        for run in _runs(pieces, found, self._most_days):
            is_settled = any(piece.is_final for piece in run)
            cutoff = cutoff_of(plan, at)
            question = Asked(
                run[0].start, run[-1].end, CutoffByDay(plan.latest, cutoff) if is_settled else cutoff, models
            )
            try:
                answer = await self._ask(plan, question)
            except TimedOut:
                self._most_days = max(1, len(run) // 2)
                raise
            for piece, own in _by_piece(answer, run):
                found[piece] = own
                if piece.is_final and _has_labels(own):
                    self._cache.keep(self._in_words(plan, models, piece), own)
        return found

    async def _ask(self, plan: OutcomePlan, asked: Asked) -> "pyarrow.Table":
        """Ask the store, in halves where an answer has too many groups; one hour is as small as it gets."""
        import pyarrow

        try:
            return await self._store.read(outcome_expression(self._log, plan, asked))
        except TooLarge:
            middle = floor_to_step((asked.start + asked.end) / 2, HOUR)
            if not asked.start < middle < asked.end:
                raise
        halves = (msgspec.structs.replace(asked, end=middle), msgspec.structs.replace(asked, start=middle))
        return pyarrow.concat_tables([await self._ask(plan, half) for half in halves])

    def _in_words(self, plan: OutcomePlan, models: tuple[str, ...] | None, piece: _Piece) -> str:
        """Return what was asked, the same for the same question to the same store only."""
        columns = {name: str(kind) for name, kind in self._log.table.schema().items()}
        told = (VERSION_OF_ANSWERS, self._store.shown, columns, plan, models, piece)
        return msgspec.json.encode(told).decode()

    def _pasts(
        self,
        plan: OutcomePlan,
        names: Sequence[str],
        planned: Mapping[str, Planned],
        tables: Sequence["pyarrow.Table"],
        at: float,
    ) -> list[OutcomePast]:
        import numpy as np
        import pyarrow

        start = floor_to_step(at, HOUR) - span_of(plan)
        grid = Grid(start, HOUR, round((floor_to_step(at, HOUR) - start) / HOUR) + 1)
        found = cells_by_model(pyarrow.concat_tables(tables), plan, grid)
        models = {model.name.raw: model for model in identify((name, {}) for name in names)}
        return [
            OutcomePast(
                model=models[name],
                at=at,
                cutoff=cutoff_of(plan, at),
                plan=plan,
                grid=grid,
                versions=found[name].versions,
                classes=found[name].classes,
                cells=found[name].cells,
                known=np.ones(grid.count, dtype=np.bool_),
                has_labels=self._log.has_label,
                knows_label_times=self._log.has_label_time,
                delay_bounds=delay_bounds(self._log),
                notes=planned[name].notes,
            )
            for name in names
            if name in found
        ]


def _runs(pieces: Iterable[_Piece], found: "Mapping[_Piece, pyarrow.Table]", most: int) -> list[list[_Piece]]:
    """Return the pieces that were not found, in runs of at most so many that follow one another."""
    runs: list[list[_Piece]] = []
    for piece in pieces:
        if piece in found:
            continue
        if not runs or runs[-1][-1].end != piece.start or len(runs[-1]) == most:
            runs.append([])
        runs[-1].append(piece)
    return runs


def _by_piece(answer: "pyarrow.Table", run: Sequence[_Piece]) -> "list[tuple[_Piece, pyarrow.Table]]":
    """Return which groups of an answer are whose."""
    import numpy

    if len(run) == 1:
        return [(run[0], answer)]
    place = numpy.searchsorted([piece.start for piece in run], hours_of(answer), side="right") - 1
    return [(piece, answer.take(numpy.flatnonzero(place == number))) for number, piece in enumerate(run)]


def _has_labels(answer: "pyarrow.Table") -> bool:
    """Return whether any row has a label: a day without one may get them yet, by whoever fills the table."""
    import pyarrow.compute

    return bool(answer.num_rows) and pyarrow.compute.max(answer.column(LABELLED)).as_py() > 0


def cutoff_of(plan: OutcomePlan, at: float) -> float:
    """Return up to when (UTC seconds) labels are counted at an instant."""
    return floor_to_step(at, _LONG_STEP if plan.latest > _LONG_WAIT else _STEP)


def span_of(plan: OutcomePlan) -> float:
    """Return how far back (seconds) outcomes are read."""
    return SPAN + HOUR * -(-plan.horizon // HOUR)


def pieces_of(plan: OutcomePlan, at: float) -> tuple[_Piece, ...]:
    """Return the days that are read at an instant, the oldest first, the last one up to the cutoff.

    A day is final when all its labels that will ever count had the time to come; then the cutoff of every later look
    is the same.
    """
    cutoff = cutoff_of(plan, at)
    start = floor_to_step(floor_to_step(at, HOUR) - span_of(plan), DAY)
    pieces = []
    while start < cutoff:
        end = start + DAY
        settled = end + plan.latest
        is_final = settled <= cutoff
        pieces.append(_Piece(start, min(end, cutoff), settled if is_final else cutoff, is_final))
        start = end
    return tuple(pieces)
