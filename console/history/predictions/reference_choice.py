"""Which rows a model is measured against: a choice that stays the same for long.

A window of the past moves in steps, since all hours must be counted again in the bins of another reference.
"""

from collections.abc import Sequence

import msgspec

from console.domain.moments import floor_to_step, in_words, rfc3339
from console.settings.predictions import ReferenceSettings, StoreAddress
from console.sources.predictions.versions import LoggedVersion

HOUR, DAY, WEEK = 3600.0, 86_400.0, 604_800.0
YOUNG = 2 * WEEK + DAY
"""Seconds of a log in which no whole week is the reference yet."""
_MONDAY = 4 * DAY
"""The Unix epoch began on a Thursday."""
_SHARES = (WEEK, 4 * DAY, 2 * DAY, DAY, DAY / 2, DAY / 4, 2 * HOUR, HOUR)


class ReferenceChoice(msgspec.Struct, frozen=True):
    """The rows of a reference: those of another table (`data`), or of the log itself from `start` to before `end`."""

    said: str
    start: float = 0.0
    end: float = 0.0
    version: str | None = None
    data: StoreAddress | None = None
    identity: str = ""
    """Which rows the data set has: another text when they change."""


def choose_reference(
    wanted: ReferenceSettings | None, versions: Sequence[LoggedVersion], at: float
) -> ReferenceChoice | None:
    """Return the reference of a model as wanted at an instant, None where the log is too young for one.

    Where nothing is wanted it is the last whole week that ended a day ago or more, and in a log of less than two weeks
    its first part. `versions` are those of the model, by first appearance.
    """
    if wanted is not None and wanted.data is not None:
        return ReferenceChoice(said=f"the data set {wanted.data.shown}", data=wanted.data)
    versions = [version for version in versions if version.first < at]
    if not versions:
        return None
    if wanted is not None and wanted.window is not None:
        end = floor_to_step(at - wanted.ends_before, _step_of(wanted.window))
        return ReferenceChoice(_said(end - wanted.window, end), end - wanted.window, end)
    if wanted is not None and wanted.version_days is not None:
        newest = versions[-1]
        return _first_part(newest.first, at, wanted.version_days * DAY, version=newest.version)
    oldest = versions[0].first
    if at - oldest >= YOUNG:
        end = floor_to_step(at - DAY - _MONDAY, WEEK) + _MONDAY
        return ReferenceChoice(_said(end - WEEK, end), end - WEEK, end)
    return _first_part(oldest, at, WEEK)


def _first_part(first: float, at: float, longest: float, version: str | None = None) -> ReferenceChoice | None:
    start = floor_to_step(first, HOUR)
    spans = (min(longest, share) for share in (longest, *_SHARES) if share <= longest)
    span = next((span for span in spans if 2 * span <= at - start), None)
    if span is None:
        return None
    of = "the log" if version is None else f"version {version}"
    return ReferenceChoice(f"the first {in_words(span)} of {of}", start, start + span, version)


def _step_of(window: float) -> float:
    return next((step for step in (WEEK, DAY) if window >= step), HOUR)


def _said(start: float, end: float) -> str:
    return f"{rfc3339(start)} to {rfc3339(end)}"
