"""The columns of the grouped answer from which metrics follow."""

HOUR_KEY = "hour"
PART_KEY = "part"
"""Which part of the day that `hour` begins, where several hours are one: 0 is the first."""
LABELLED = "labelled"
PREDICTED = "predicted"
ACTUAL = "actual"
BIN = "bin"
ROWS = "rows"
NOW = "now"
"""1 in rows predicted from `Asked.split` on, else 0."""
SLICE = "slice."
"""What stands before the name of a column by whose values the rows are told apart, too."""

SUMMED = "summed."
"""What stands before the name of a sum while it is one row's share of it: a log has columns of its own."""

SCORE_SUMS = ("score", "squared", "fourth", "loss", "loss_squared")
"""Of rows with a score: Σp; of those with a label: Σ(p-y)², Σ(p-y)⁴, Σ-ln p(label), Σ(ln p(label))²."""
ERROR_SUMS = (
    "numbers",
    "error",
    "absolute",
    "squared",
    "fourth",
    "ratios",
    "ratio",
    "ratio_squared",
    "label",
    "label_squared",
)
"""Of labelled rows, e being prediction - label and y the label: how many, Σe, Σ|e|, Σe², Σe⁴; how many with y not 0,
Σ|e/y|, Σ(e/y)²; Σy, Σy²."""

DELAY_BOUNDS = (60.0, 300.0, 900.0, 3600.0, 10_800.0, 21_600.0, 43_200.0, 86_400.0, 172_800.0, 345_600.0, 604_800.0)
"""Seconds from prediction to label, up to which labelled rows are counted."""
SMALLEST_PROBABILITY = 1e-15
"""What a probability is raised to before its logarithm is taken: one sure and wrong score costs 34.5, not infinity."""
LARGEST, SMALLEST = 1e75, 1e-75
"""Numbers between which float64 holds the fourth power; PostgreSQL fails on any that it does not hold."""


def delay_column(bound: float) -> str:
    """Return the name of the count of labels that came within so many seconds."""
    return f"within_{bound:.0f}"
