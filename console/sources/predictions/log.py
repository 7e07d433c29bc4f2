"""One log of predictions as all later questions see it: the same column names, whatever the store calls them."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

import msgspec

from console.domain.bins import ColumnKind
from console.sources.predictions.cutoff import LabelledBy

if TYPE_CHECKING:
    import ibis

TIMESTAMP = "timestamp"
MODEL = "model"
VERSION = "version"
ID = "id"
ALWAYS_THERE = frozenset({TIMESTAMP, MODEL, VERSION, ID})
"""Columns that every table of rows has, where the log has them."""
PREDICTION = "prediction"
LATENCY = "latency"
ERROR = "error"
LABEL = "label"
LABEL_TIME = "label_time"
SCORE = "score"
SCORE_OF_CLASS = "score."
"""What stands before the name of a class where there is a score for each."""
FEATURE = "feature."
"""What stands before the name of a feature: a feature may be called `timestamp`, too."""

Between = Callable[[float, float, Collection[str] | None], "ibis.Table"]
LabelledBetween = Callable[[float, float, LabelledBy | None], "ibis.Table"]


class LoggedColumn(msgspec.Struct, frozen=True):
    """A feature, the prediction or a score: `name` as people call it, `column` in the log's table.

    `type_name` is the family of its type in the store (`number`, `text`, `boolean`): whole numbers that become decimal
    ones are no change of type, numbers that become text are.
    """

    name: str
    column: str
    kind: ColumnKind
    type_name: str


class Origin(msgspec.Struct, frozen=True):
    """Where a column of the log comes from: its `name` and type in the store, and what decided so.

    `unit` is what the numbers of a time or a latency count.
    """

    name: str
    type_name: str
    configured: bool = False
    unit: str = ""


class PredictionLog(msgspec.Struct, frozen=True):
    """A log of predictions.

    `table` is an ibis expression whose columns are named as above: `timestamp` (UTC, without a zone), `model` and
    `version` (strings, never null), `id` (string), `latency` (float, seconds), `error` (boolean), `label` and
    `label_time` (UTC), `prediction`, `score` or `score.CLASS`, and `feature.NAME`. Those that the store does not hold
    are absent, except `timestamp`, `model` and `version`. Labels of a second table are joined already: a row has its
    newest.
    `skipped` says of columns that are no features why, by their name in the store.
    """

    table: "ibis.Table"
    features: tuple[LoggedColumn, ...]
    prediction: LoggedColumn | None = None
    scores: tuple[LoggedColumn, ...] = ()
    has_id: bool = False
    has_latency: bool = False
    has_error: bool = False
    has_label: bool = False
    has_label_time: bool = False
    is_feedback: bool = False
    """The label does not say what was true, but whether the prediction was right: a boolean, true where it was."""
    skipped: dict[str, str] = {}
    model_name: str = ""
    """The model of rows that name none."""
    notes: tuple[str, ...] = ()
    """What a person should know of the mapping, a line each."""
    mistakes: tuple[str, ...] = ()
    """What the configuration says of the columns and the store does not bear out, a line each."""
    origins: dict[str, Origin] = {}
    """Where each column of `table` comes from, by its name there; what the store does not hold is absent."""
    unlabelled: "ibis.Table | None" = None
    """All rows, without the labels of a second table."""
    given_labels: "ibis.Table | None" = None
    """All labels of a second table that ever came: `id`, `label` and, where known, `label_time`."""
    rows_between: Between | None = None
    labelled_rows_between: LabelledBetween | None = None

    @property
    def columns(self) -> tuple[LoggedColumn, ...]:
        """Return all columns whose distribution is watched: features, then the prediction, then scores."""
        return (*self.features, *((self.prediction,) if self.prediction else ()), *self.scores)

    def between(self, start: float, end: float, columns: Collection[str] | None = None) -> "ibis.Table":
        """Return the rows predicted from `start` until before `end` (UTC seconds), without labels of a second table.

        `columns` are those needed beside timestamp, model, version and id: each costs time to be written as SQL.

        The condition is on the column of the store itself, so that engines skip files and use indexes, and nothing is
        joined: this is what traffic and distributions are counted in.
        """
        if self.rows_between is not None:
            return self.rows_between(start, end, columns)
        return self._filtered(start, end)

    def labelled_between(self, start: float, end: float, *, labelled_by: LabelledBy | None = None) -> "ibis.Table":
        """Return the rows predicted from `start` until before `end` (UTC seconds) with their labels, null without one.

        With `labelled_by`, labels that came later are not known yet, and one that was corrected later is
        the old one.
        """
        if self.labelled_rows_between is not None:
            return self.labelled_rows_between(start, end, labelled_by)
        return self._filtered(start, end)

    def _filtered(self, start: float, end: float) -> "ibis.Table":
        from console.sources.predictions.clock import utc_literal

        instant = self.table[TIMESTAMP]
        return self.table.filter(instant >= utc_literal(start), instant < utc_literal(end))
