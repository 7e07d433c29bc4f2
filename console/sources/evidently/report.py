"""What a report of Evidently says, whichever version of it wrote the file."""

import math
from enum import StrEnum

import msgspec

SMALLEST_P_VALUE = 1e-300


class Part(StrEnum):
    """What a column is to the model."""

    FEATURE = "feature"
    PREDICTION = "prediction"
    TARGET = "target"


class ColumnResult(msgspec.Struct, frozen=True):
    """One column: the drift score that `method` gave it, and the share (ratio) of its rows that are missing.

    `drifted` is Evidently's own verdict, None where the file does not tell. `missing_excess` is how much larger the
    missing share is than it should be: than in the reference, or all of it where Evidently's own test failed.
    """

    name: str
    part: Part = Part.FEATURE
    method: str | None = None
    score: float | None = None
    threshold: float | None = None
    drifted: bool | None = None
    missing: float | None = None
    missing_excess: float | None = None

    @property
    def is_p_value(self) -> bool:
        """Return whether the score is a p-value: drift is then a score below the threshold, not above it."""
        return self.method is not None and "p_value" in self.method

    @property
    def is_judged(self) -> bool:
        """Return whether anything can be said of the score: without a threshold nobody knows which way it is bad."""
        return self.score is not None and (self.threshold is not None or self.drifted is not None)

    @property
    def excess(self) -> float:
        """Return the score in units of the threshold, above 1 for drift whatever the method is; 0 for no score."""
        if self.score is None:
            return 0.0
        if self.threshold is None:
            return self.score
        if self.is_p_value:
            return self.threshold / max(self.score, SMALLEST_P_VALUE)
        return self.score / self.threshold if self.threshold > 0 else math.inf

    @property
    def has_drifted(self) -> bool:
        """Return Evidently's verdict, where there is none what its own rule says of score and threshold."""
        if self.drifted is not None or self.score is None or self.threshold is None:
            return bool(self.drifted)
        return self.score < self.threshold if self.is_p_value else self.score >= self.threshold


class EvidentlyReport(msgspec.Struct, frozen=True):
    """One report; `drifted_share` is the ratio of columns that drifted, `written` its time (UTC seconds) if it tells.

    `names` are what may name the model, the most telling first: what its metadata and its tags say.
    """

    columns: tuple[ColumnResult, ...]
    drifted_columns: int | None = None
    drifted_share: float | None = None
    written: float | None = None
    names: tuple[str, ...] = ()
