"""What the drift and the quality view of one model show: a value that crosses from the engine to a face."""

import msgspec

from console.domain.drift import DriftView
from console.domain.quality import QualityView


class PredictionDetail(msgspec.Struct, frozen=True):
    """The drift and the quality of one model at `at` (UTC seconds); `detail` says in one line why one is missing."""

    model_id: str
    at: float
    drift: DriftView | None = None
    quality: QualityView | None = None
    detail: str | None = None
