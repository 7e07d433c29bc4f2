"""What the drift and the quality view of one model show: what was read last, looked into more closely."""

from console.domain.prediction_detail import PredictionDetail
from console.domain.snapshot import ModelView, Snapshot
from console.engine.predictions.reader import LookedInto, PredictionsReader

NO_STORE = LookedInto(None, "no store of predictions is configured; name one with --predictions URL")


class PredictionDetails:
    """Tells what is known of a model's predictions; `reader` is None where no store is configured."""

    def __init__(self, reader: PredictionsReader | None) -> None:
        self._reader = reader

    async def take(self, snapshot: Snapshot, view: ModelView) -> PredictionDetail:
        """Return the drift and the quality of a model as of the last reading of its store."""
        known = await self._reader.look_into(view.model) if self._reader is not None else NO_STORE
        return PredictionDetail(
            view.model.id,
            snapshot.at,
            drift=known.findings.drift if known.findings is not None else None,
            quality=known.findings.quality if known.findings is not None else None,
            detail=known.why_not,
        )
