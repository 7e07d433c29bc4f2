"""One log of predictions as all later questions see it: the same column names, whatever the store calls them."""

from typing import TYPE_CHECKING

import msgspec

from console.domain.bins import ColumnKind

if TYPE_CHECKING:
    import ibis

TIMESTAMP = "timestamp"
MODEL = "model"
VERSION = "version"
ID = "id"
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


class LoggedColumn(msgspec.Struct, frozen=True):
    """A feature, the prediction or a score: `name` as people call it, `column` in the log's table, its type there."""

    name: str
    column: str
    kind: ColumnKind
    type_name: str


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
    skipped: dict[str, str] = {}
    notes: tuple[str, ...] = ()
    """What a person should know of the mapping, a line each: clocks, ids that are not unique."""

    @property
    def columns(self) -> tuple[LoggedColumn, ...]:
        """Return all columns whose distribution is watched: features, then the prediction, then scores."""
        return (*self.features, *((self.prediction,) if self.prediction else ()), *self.scores)
