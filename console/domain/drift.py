"""What the prediction store says of a model's inputs and outputs against its reference."""

from enum import StrEnum

import msgspec

from console.domain.bins import Role


class Verdict(StrEnum):
    """What is said of a column: broken data comes before drift, and too little data gets no number."""

    OK = "ok"
    DRIFT = "drift"
    BROKEN = "broken"
    NOT_ENOUGH_DATA = "not_enough_data"


class Breakage(StrEnum):
    """How data is broken: what a pipeline does, and a population does not."""

    NULLS = "nulls"
    CONSTANT = "constant"
    NEW_CATEGORIES = "new_categories"
    VANISHED_CATEGORIES = "vanished_categories"
    OUT_OF_RANGE = "out_of_range"
    UNITS = "units"
    TYPE = "type"
    MISSING_COLUMN = "missing_column"
    MISSING_ROWS = "missing_rows"


class NotComparable(ValueError):
    """A model cannot be compared: the log does not hold it, or has nothing to compare it with; the text is one line."""


class BinShare(msgspec.Struct, frozen=True):
    """One bin in words (`18–25`, `null`, `other`), with the rows' shares (ratios) in reference and current data."""

    label: str
    reference: float
    current: float


class ColumnDrift(msgspec.Struct, frozen=True):
    """One column against its reference.

    Distances are of `console.detect.drift`, which states their conventions; each is None where there is not enough
    data. `p_value` is that of the tests that `docs/reference/drift.md` names, before the control of false discoveries.
    `share` is the part of the total change of all columns that this one carries (ratio). `moved` are the bins that
    moved most, the most telling first; `bins` are all, in their order. `detail` says the verdict in words.
    """

    name: str
    role: Role
    verdict: Verdict
    null_share_reference: float
    null_share_current: float
    psi: float | None = None
    psi_beyond_chance: float | None = None
    """The part of the PSI that neither the number of rows nor what the reference cannot know explains."""
    js: float | None = None
    hellinger: float | None = None
    total_variation: float | None = None
    largest_difference: float | None = None
    chi_square: float | None = None
    kolmogorov_smirnov: float | None = None
    wasserstein: float | None = None
    p_value: float | None = None
    share: float = 0.0
    breakage: Breakage | None = None
    broken_share: float | None = None
    """The part of the rows that is broken (ratio), None where none is."""
    detail: str = ""
    moved: tuple[BinShare, ...] = ()
    bins: tuple[BinShare, ...] = ()
    psi_over_time: tuple[float, ...] = ()
    """The PSI beyond chance of each window up to this one (`DriftView.bucket_seconds` apart), oldest first, NaN where
    there is not enough data: raw, it would rise every night with the noise of fewer rows."""
    onset: float | None = None
    """When the column left its reference (UTC seconds), None where it did not or nobody can tell."""
    onset_is_earlier: bool = False
    """The column had left its reference before all that was looked at."""

    @property
    def psi_by_chance(self) -> float | None:
        """Return the part of the PSI that chance explains, None where there is not enough data."""
        if self.psi is None or self.psi_beyond_chance is None:
            return None
        return max(0.0, self.psi - self.psi_beyond_chance)


class SliceShare(msgspec.Struct, frozen=True):
    """A part of the traffic and what it carries of a change.

    `explained` is the part of the whole change (ratio) that lies in this slice; of that, `mix` comes from the slice's
    own share having changed and the rest from a change within.
    """

    column: str
    value: str
    reference_share: float
    current_share: float
    explained: float
    mix: float
    detail: str = ""


class DriftView(msgspec.Struct, frozen=True):
    """The columns of one model over a window (`start` to `end`, UTC seconds), most contributing first.

    `reference` says in words what the window is measured against. `version` is set where one version alone is looked
    at.
    """

    model: str
    start: float
    end: float
    reference: str
    reference_rows: int
    current_rows: int
    columns: tuple[ColumnDrift, ...]
    slices: tuple[SliceShare, ...] = ()
    versions: tuple["DriftView", ...] = ()
    """The same window by version, largest traffic first, where several serve at once."""
    version: str | None = None
    newest: float | None = None
    """When the newest row of the model was logged (UTC seconds), also one outside the window; None where not known."""
    bucket_seconds: float = 3600.0
    """How far apart the points of `psi_over_time` are."""
    notes: tuple[str, ...] = ()
    """What could not be told, a line each: columns that are no features, a store that capped its rows."""
