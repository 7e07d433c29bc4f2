"""Which model of the fleet a model of the log is, and the models that only the log knows."""

import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from console.detect.findings import PredictionFindings
from console.domain.model import Model
from console.domain.series import NOT_A_NUMBER, Grid, Series
from console.history.view import History, ModelHistory


def matched(findings: Iterable[PredictionFindings], models: Iterable[Model]) -> tuple[PredictionFindings, ...]:
    """Return the findings, each under the model of the fleet that it is about where the fleet has that one.

    A model of the log is the one of the same id, else the only one of the same name. Namesakes stay apart: nobody can
    tell which of them was logged, and the log's model is one of its own.
    """
    fleet = _Fleet(models)
    return tuple(
        msgspec.structs.replace(finding, model=fleet.find(finding.model) or finding.model) for finding in findings
    )


def without_metrics(logged: Iterable[Model], models: Iterable[Model]) -> tuple[Model, ...]:
    """Return the models of the log that the metrics do not know."""
    fleet = _Fleet(models)
    return tuple(model for model in logged if fleet.find(model) is None)


def joined(history: History, logged: Sequence[ModelHistory]) -> History:
    """Return the history of the fleet with that of models which only the log knows.

    They stand last, since what looks further back counts the models that the metrics know.
    """
    return msgspec.structs.replace(history, models=(*history.models, *logged)) if logged else history


def held_between(series: Series, grid: Grid) -> Series:
    """Return a series of a coarser grid on a finer one: a value holds from its instant until the next one's."""
    own = series.grid
    values = array("d", [NOT_A_NUMBER]) * grid.count
    for index in range(grid.count):
        place = math.floor((grid.instant(index) - own.start) / own.step)
        if 0 <= place < own.count:
            values[index] = series.values[place]
    return Series(grid, values)


class _Fleet:
    def __init__(self, models: Iterable[Model]) -> None:
        self._by_id: dict[str, Model] = {}
        self._by_name: defaultdict[str, list[Model]] = defaultdict(list)
        for model in models:
            self._by_id[model.id] = model
            self._by_name[model.name.raw].append(model)

    def find(self, model: Model) -> Model | None:
        """Return the model of the fleet that a model of the log is, None where there is none."""
        namesakes = self._by_name.get(model.name.raw, [])
        return self._by_id.get(model.id) or (namesakes[0] if len(namesakes) == 1 else None)
