"""A folder of Evidently's reports in the place of a store: it tells of drift and broken data, and of no traffic."""

from collections.abc import Iterable

from console.detect.findings import PredictionFindings
from console.detect.reported import judge_reported
from console.domain.anomaly import Status
from console.domain.model import Model, identify
from console.domain.series import Grid, Series
from console.engine.predictions.reader import StoreAnswer
from console.history.view import ModelHistory
from console.settings.evidently import EvidentlyFolder
from console.sources.evidently.reader import EvidentlyReader
from console.transport.errors import SourceError, Unreachable

EVERY = 60.0
"""How often it is worth to look into a folder (seconds)."""


class ReportsSession:
    """Reads one folder of reports."""

    def __init__(self, folder: EvidentlyFolder) -> None:
        self.name = folder.name
        self.every = EVERY
        self._reader = EvidentlyReader((folder,))

    async def read(self, at: float) -> StoreAnswer:
        """Return what the newest reports said at an instant (UTC seconds).

        Raises:
            SourceError: the folder cannot be read.
        """
        answer = await self._reader.read(at)
        (source,) = answer.sources
        if source.status is not Status.OK:
            raise _unreadable(source.detail)
        models = {model.name.raw: model for model in identify((report.model, {}) for report in answer.models)}
        findings = [judge_reported(models[each.model], each.readings, each.since) for each in answer.models]
        return StoreAnswer(tuple(findings), source.seconds or 0.0, (source.detail,) if source.detail else ())

    async def logged(self, models: Iterable[Model], fine: Grid, coarse: Grid) -> tuple[ModelHistory, ...]:
        """Return models without any series: that they are reported on is all that is known of them."""
        empty = Series.empty(fine)
        return tuple(ModelHistory(model, {}, {}, empty, empty, empty) for model in models)

    async def look_into(self, model: Model) -> PredictionFindings | None:
        """Return nothing closer: reports hold no rows."""
        return None

    async def read_model(self, model: Model, grid: Grid) -> dict[str, Series]:
        """Return nothing: reports hold no series."""
        return {}

    async def aclose(self) -> None:
        """Close nothing: files are open only while they are read."""


def _unreadable(detail: str | None) -> SourceError:
    return Unreachable(detail or "the folder cannot be read")
