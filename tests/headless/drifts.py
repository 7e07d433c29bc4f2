"""Drift and quality of a model, as the engine hands them to a face."""

import math

from console.domain.bins import Role
from console.domain.drift import BinShare, Breakage, ColumnDrift, DriftView, SliceShare, Verdict
from console.domain.quality import ClassQuality, Metric, MetricReading, QualityView, Task
from console.domain.signal import Direction

AT = 1795317614.0
"""2026-11-22T03:20:14Z"""
START = AT - 3600
REFERENCE = "the training data"
HOURS = 24


def bins(labels: str, reference: list[float], current: list[float]) -> tuple[BinShare, ...]:
    """Bins by their labels, parted by blanks, with their shares in percent."""
    return tuple(
        BinShare(label.replace("_", " "), before / 100, now / 100)
        for label, before, now in zip(labels.split(), reference, current, strict=True)
    )


AGE_BINS = bins(
    "null below 18–25 25–31 31–36 36–41 41–46 46–52 52–58 58–66 66–74 74–95 above",
    [1, 0, 9.9, 9.9, 9.9, 9.9, 9.9, 9.9, 9.9, 9.9, 9.9, 9.9, 0],
    [62, 0, 4, 4, 4, 4, 4, 4, 4, 4, 3, 3, 0],
)
INCOME_BINS = bins(
    "null below 0–18k 18–25k 25–32k 32–41k 41–55k 55–90k above",
    [0, 0, 16, 4, 20, 20, 20, 20, 0],
    [0, 0.5, 10, 19, 20, 18.5, 16, 14, 2],
)
COUNTRY_BINS = bins("null DE FR PL other new", [0, 60, 25, 10, 5, 0], [0, 58, 24, 10, 5, 3])


def over_time(before: float, after: float, hours_ago: int) -> tuple[float, ...]:
    """PSI of a day by the hour, with a gap, that went up some hours ago."""
    values = [before * (1 + 0.1 * math.sin(hour)) for hour in range(HOURS - hours_ago)] + [after] * hours_ago
    values[2] = math.nan
    return tuple(values)


def age() -> ColumnDrift:
    """A column whose pipeline writes nulls."""
    return ColumnDrift(
        name="age",
        role=Role.FEATURE,
        verdict=Verdict.BROKEN,
        null_share_reference=0.01,
        null_share_current=0.62,
        psi=2.905,
        js=0.58,
        hellinger=0.47,
        total_variation=0.61,
        largest_difference=0.61,
        chi_square=31_000.0,
        kolmogorov_smirnov=0.61,
        p_value=0.0,
        share=0.71,
        breakage=Breakage.NULLS,
        detail="null 1.0 % → 62 %",
        moved=(AGE_BINS[0],),
        bins=AGE_BINS,
        psi_over_time=over_time(0.01, 2.9, 1),
        onset=AT - 2460,
    )


def income() -> ColumnDrift:
    """A column whose population moved."""
    return ColumnDrift(
        name="income",
        role=Role.FEATURE,
        verdict=Verdict.DRIFT,
        null_share_reference=0.0,
        null_share_current=0.0,
        psi=0.31,
        js=0.18,
        hellinger=0.13,
        total_variation=0.175,
        largest_difference=0.15,
        chi_square=812.0,
        kolmogorov_smirnov=0.11,
        wasserstein=6_120.5,
        p_value=1e-40,
        share=0.24,
        moved=(INCOME_BINS[3], INCOME_BINS[2]),
        bins=INCOME_BINS,
        psi_over_time=over_time(0.02, 0.31, 9),
        onset=AT - 9 * 3600,
    )


def country() -> ColumnDrift:
    """A column that is as it was."""
    return ColumnDrift(
        name="country",
        role=Role.FEATURE,
        verdict=Verdict.OK,
        null_share_reference=0.0,
        null_share_current=0.0,
        psi=0.02,
        js=0.04,
        p_value=0.03,
        share=0.04,
        detail="new: 0.0 % → 3.0 %",
        bins=COUNTRY_BINS,
        psi_over_time=over_time(0.01, 0.02, 3),
    )


def score() -> ColumnDrift:
    """What the model answers: as it was."""
    return ColumnDrift("score", Role.SCORE, Verdict.OK, 0.0, 0.0, psi=0.003, js=0.01, p_value=0.4, share=0.01)


def segment() -> ColumnDrift:
    """A column of which too few rows are there."""
    return ColumnDrift("segment", Role.FEATURE, Verdict.NOT_ENOUGH_DATA, 0.0, 0.98, detail="31 rows, 50 are needed")


def drift(columns: tuple[ColumnDrift, ...] | None = None, **changed: object) -> DriftView:
    """A model with something of everything."""
    v42 = DriftView("fraud", START, AT, REFERENCE, 50_000, 4_500, (age(), country()), version="v42")
    v41 = DriftView("fraud", START, AT, REFERENCE, 50_000, 500, (country(),), version="v41")
    given: dict[str, object] = {
        "slices": (
            SliceShare("channel", "app", 0.4, 0.41, 0.83, 0.01, "`age` is null in 96 % of its rows"),
            SliceShare("country", "DE", 0.6, 0.58, 0.12, 0.05),
        ),
        "versions": (v42, v41),
        "newest": AT - 20,
        "notes": ("`payload` is no feature: 48,112 different values in 50,000 rows",),
        **changed,
    }
    shown = (age(), income(), country(), score(), segment()) if columns is None else columns
    return DriftView("fraud", START, AT, REFERENCE, 50_000, 5_000, shown, **given)  # type: ignore[arg-type]  # fields of a test's own choice


def well() -> DriftView:
    """A model whose columns are as they were."""
    return DriftView("ads", START, AT, "the week before", 168_000, 1_000, (country(), score()))


def empty(newest: float | None = AT - 86_400) -> DriftView:
    """A window without rows."""
    return DriftView("fraud", START, AT, REFERENCE, 50_000, 0, (), newest=newest)


ACCURACY = Metric("accuracy", "accuracy", Direction.LOW, "ratio")
ROC_AUC = Metric("roc_auc", "ROC AUC", Direction.LOW)
LOG_LOSS = Metric("log_loss", "log loss", Direction.HIGH)


def _quality_of(version: str, accuracy: float) -> QualityView:
    metrics = (MetricReading(ACCURACY, accuracy, 6_200, accuracy - 0.01, accuracy + 0.01, 0.95),)
    return QualityView("fraud", AT - 86_400, AT, Task.BINARY, 7_000, 6_200, 0.886, metrics, version=version)


def quality(**changed: object) -> QualityView:
    """A model that answers worse than in training."""
    falling = tuple(0.95 - 0.14 * min(1.0, max(0.0, (hour - 10) / 6)) for hour in range(HOURS))
    given: dict[str, object] = {
        "delay_median": 5_400.0,
        "delay_p90": 9_000.0,
        "horizon": 7_200.0,
        "classes": (ClassQuality("fraud", 1_240, 0.61, 0.74, 0.67), ClassQuality("legit", 11_160, None, 0.99, None)),
        "slices": (SliceShare("channel", "app", 0.4, 0.41, 0.83, 0.02, "accuracy 0.94 → 0.66"),),
        "estimated": (MetricReading(ACCURACY, 0.84, 5_000, 0.82, 0.86, 0.95),),
        "estimated_start": AT - 7_200,
        "estimated_end": AT,
        "assumption": "the scores are calibrated as they were in the reference, and only the inputs moved",
        "notes": ("labels of 14 unknown ids were left out",),
        **changed,
    }
    given.setdefault("versions", (_quality_of("v42", 0.80), _quality_of("v41", 0.94)))
    metrics = (
        MetricReading(ACCURACY, 0.81, 12_400, 0.803, 0.817, 0.95, over_time=falling),
        MetricReading(ROC_AUC, 0.88, 12_400, 0.871, 0.889, 0.97, over_time=falling),
        MetricReading(LOG_LOSS, None, 12_400, training=0.21, detail="no score is logged"),
    )
    return QualityView(
        "fraud",
        AT - HOURS * 3600,
        AT - 7_200,
        Task.BINARY,
        14_000,
        12_400,
        12_400 / 14_000,
        metrics,
        **given,  # type: ignore[arg-type]  # as above
    )
