"""From which change on a column drifts or is broken."""

import msgspec


class DriftRule(msgspec.Struct, frozen=True):
    """The thresholds of judgement; `docs/reference/drift.md` says how each was chosen."""

    minimum_rows: int = 50
    """Rows below which nothing is said of a column, in the window and in the reference."""
    steady_rows: int = 200
    """Rows that a window is to hold: the running hour is joined with the hour before it, and quiet hours are joined."""
    false_discoveries: float = 0.01
    """The rate of false discoveries among the columns (and slices) of one window, before persistence."""
    false_alarms: float = 2e-5
    """The same of the last windows taken together, which hold the noise of a small reference just once."""
    least_effect: float = 0.005
    """The PSI beyond chance below which no change is worth an alarm: a shift by 0.07 standard deviations."""
    large_effect: float = 0.1
    """The PSI beyond chance from which a change that `sudden_windows` tell, each alone, need not last any longer: below
    it, by the usual reading of the PSI (Siddiqi 2006, Credit Risk Scorecards), a population has not changed."""
    sudden_windows: int = 2
    """How many of the newest windows must each be as certain of a large change as all are of a small one."""
    windows: int = 4
    """How many of the newest windows are looked at for persistence …"""
    drifted_windows: int = 3
    """… and in how many of them the column must differ from the reference …"""
    leaning: float = 0.05
    """… by a p-value of at most this, for it is the windows together that must be certain."""
    broken_significance: float = 1e-6
    """The probability by chance below which data is broken; a single window is enough, as nobody can wait for more."""
    broken_unlike_usual: float = 1e-4
    """The probability below which broken data is not what these hours always look like: few rows prove no pattern."""
    broken_share: float = 0.02
    """The rows that must be broken (a ratio of the column's rows, beyond those of the reference)."""
    critical_share: float = 0.5
    """The share of broken rows from which it is critical."""
    constant_share: float = 0.99
    """The share of the rows that one value holds in a constant column."""
    lost_rows: float = 0.6
    """The share of the usual rows that must be missing, in two hours on end …"""
    silent_rows: float = 0.9
    """… or in one, when it is so many."""
