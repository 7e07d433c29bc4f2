"""What the drift and the quality view of one model show, from what was read last."""

from console.domain.prediction_detail import PredictionDetail
from console.domain.snapshot import ModelView, Snapshot
from console.engine.predictions.reader import PredictionsReader


class PredictionDetails:
    """Tells what is known of a model's predictions; `reader` is None where no store is configured."""

    def __init__(self, reader: PredictionsReader | None) -> None:
        self._reader = reader

    async def take(self, snapshot: Snapshot, view: ModelView) -> PredictionDetail:
        """Return the drift and the quality of a model as of the last reading of its store."""
        finding = self._reader.finding(view.model) if self._reader is not None else None
        detail = None
        if self._reader is None:
            detail = "no store of predictions is configured; name one with --predictions URL"
        elif finding is None:
            detail = "no store of predictions holds this model"
        return PredictionDetail(
            view.model.id,
            snapshot.at,
            drift=finding.drift if finding is not None else None,
            quality=finding.quality if finding is not None else None,
            detail=detail,
        )
