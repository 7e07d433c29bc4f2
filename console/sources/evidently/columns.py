"""Puts together what the metrics of a report say of the same column, in the order in which they come."""

from collections.abc import Collection
from typing import Any

import msgspec

from console.sources.evidently.report import ColumnResult, Part

PREDICTIONS = frozenset({"prediction", "predictions", "predicted", "y_pred", "score"})
TARGETS = frozenset({"target", "label", "labels", "y_true", "y"})
"""Names that a column has by convention where a report does not tell which one is the prediction and the target."""


class Columns:
    """The columns of one report."""

    def __init__(self, predictions: Collection[str] = PREDICTIONS, targets: Collection[str] = TARGETS) -> None:
        self._predictions = predictions
        self._targets = targets
        self._found: dict[str, ColumnResult] = {}

    def say(self, name: str | None, **facts: Any) -> None:
        """Add what is known of a column; what is None says nothing."""
        if name is not None:
            known = self._found.get(name) or ColumnResult(name, self._part(name))
            told = {fact: value for fact, value in facts.items() if value is not None}
            self._found[name] = msgspec.structs.replace(known, **told)

    def all(self) -> tuple[ColumnResult, ...]:
        """Return the columns."""
        return tuple(self._found.values())

    def _part(self, name: str) -> Part:
        if name in self._predictions:
            return Part.PREDICTION
        return Part.TARGET if name in self._targets else Part.FEATURE
