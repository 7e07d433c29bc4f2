"""How the outcomes of some models are read: their task, their classes, and what their scores mean."""

from enum import StrEnum

import msgspec

from console.domain.quality import Task

OTHER = "other"
"""What stands for all classes that are not told apart: the rare ones, or all but the positive one."""
NOT_PREDICTED = "another"
"""What stands for a label that is a rare class, too, but not the predicted one, or that is only known to differ."""


class ScoreMeaning(StrEnum):
    """What a score is the probability of."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    PREDICTED = "predicted"


class OutcomePlan(msgspec.Struct, frozen=True):
    """What is alike in the outcomes of some models, so that one query reads them all.

    `classes` are the classes by name: of a binary task the negative and the positive one, else empty (every class by
    its own name) or the commonest, all others being `other`. With `is_feedback` a label says only whether the
    prediction was right. `score` is the column of the log that holds the
    probability of `score_means`. Where `threshold` is set nothing is predicted but the score, and from there on it
    means the positive class. `class_scores` are the columns of a multiclass model's scores by class. `horizon`
    (seconds) is how long a label may take; `latest` after the last prediction of a day its labels are settled.
    """

    task: Task
    horizon: float
    latest: float
    classes: tuple[str, ...] = ()
    score: str | None = None
    score_means: ScoreMeaning = ScoreMeaning.POSITIVE
    threshold: float | None = None
    class_scores: tuple[tuple[str, str], ...] = ()
    is_feedback: bool = False
    step: int = 1
    """Hours that are told apart: 1, 6 or 24. Groups of few rows would be as many as the rows."""

    @property
    def negative(self) -> str:
        """Return the class of a binary task that its metrics are not about."""
        return self.classes[0]

    @property
    def positive(self) -> str:
        """Return the class that the metrics of a binary task are about."""
        return self.classes[1]

    @property
    def has_scores(self) -> bool:
        """Return whether there is any probability to read."""
        return self.score is not None or bool(self.class_scores)
