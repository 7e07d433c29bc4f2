"""What stands beside the anomalies of one model's log: its columns, versions and windows."""

import msgspec

from console.detect.drift.rule import DriftRule
from console.detect.drift.versions import Appearance, BesideOthers, appearances, beside_others
from console.detect.drift.windows import Windows
from console.domain.drift import DriftView, Verdict
from console.history.predictions.past import PredictionPast


class Circumstances(msgspec.Struct, frozen=True):
    """What stands beside the anomalies of one model: its columns, versions and windows."""

    past: PredictionPast
    view: DriftView
    windows: Windows
    beside: BesideOthers | None
    appeared: tuple[Appearance, ...]

    def version_at(self, onset: float) -> str | None:
        """Return the version that appeared in the window of an onset or the one before, None where none did."""
        span = self.view.bucket_seconds
        near = [appearance.version for appearance in self.appeared if -span <= appearance.at - onset <= span]
        return near[-1] if near else None

    @property
    def names_versions(self) -> bool:
        """Return whether the log tells versions at all."""
        return bool(self.past.versions)


def circumstances(
    past: PredictionPast, view: DriftView, windows: Windows, rule: DriftRule, *, rows_are_missing: bool = False
) -> Circumstances:
    """Return the circumstances; versions are looked at only where something is the matter."""
    matters = any(column.verdict in (Verdict.DRIFT, Verdict.BROKEN) for column in view.columns)
    beside = beside_others(past, windows.newest(rule.windows), rule) if matters else None
    appeared = appearances(past) if matters or rows_are_missing else ()
    return Circumstances(past, view, windows, beside, appeared)
