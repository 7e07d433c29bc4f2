"""The measures of quality, by task, in the order in which one is chosen to speak for a model."""

from collections.abc import Mapping

from console.domain.quality import Metric, Task
from console.domain.signal import Direction

ROC_AUC = Metric("roc_auc", "ROC AUC", Direction.LOW)
F1 = Metric("f1", "F1", Direction.LOW)
ACCURACY = Metric("accuracy", "accuracy", Direction.LOW)
PRECISION = Metric("precision", "precision", Direction.LOW)
RECALL = Metric("recall", "recall", Direction.LOW)
LOG_LOSS = Metric("log_loss", "log loss", Direction.HIGH)
BRIER = Metric("brier", "Brier score", Direction.HIGH)
CALIBRATION_ERROR = Metric("calibration_error", "calibration error", Direction.HIGH)
F1_MACRO = Metric("f1_macro", "macro F1", Direction.LOW)
F1_WEIGHTED = Metric("f1_weighted", "weighted F1", Direction.LOW)
PRECISION_MACRO = Metric("precision_macro", "macro precision", Direction.LOW)
RECALL_MACRO = Metric("recall_macro", "macro recall", Direction.LOW)
MAE = Metric("mae", "MAE", Direction.HIGH)
RMSE = Metric("rmse", "RMSE", Direction.HIGH)
MAPE = Metric("mape", "MAPE", Direction.HIGH, "ratio")
BIAS = Metric("bias", "bias", Direction.NEITHER)
"""The mean of prediction minus label: far from 0 is bad, whichever way."""
R2 = Metric("r2", "R²", Direction.LOW)

OF_TASK: Mapping[Task, tuple[Metric, ...]] = {
    Task.BINARY: (ROC_AUC, F1, ACCURACY, PRECISION, RECALL, LOG_LOSS, BRIER, CALIBRATION_ERROR),
    Task.MULTICLASS: (
        ACCURACY,
        F1_MACRO,
        F1_WEIGHTED,
        PRECISION_MACRO,
        RECALL_MACRO,
        LOG_LOSS,
        BRIER,
        CALIBRATION_ERROR,
    ),
    Task.REGRESSION: (MAE, RMSE, MAPE, BIAS, R2),
}

_ALIASES = {
    "auc": "roc_auc",
    "auroc": "roc_auc",
    "rocauc": "roc_auc",
    "f1score": "f1",
    "logloss": "log_loss",
    "crossentropy": "log_loss",
    "brierscore": "brier",
    "ece": "calibration_error",
    "f1macro": "f1_macro",
    "macrof1": "f1_macro",
    "weightedf1": "f1_weighted",
    "meanabsoluteerror": "mae",
    "rootmeansquarederror": "rmse",
    "meanabsolutepercentageerror": "mape",
    "meanerror": "bias",
    "r2score": "r2",
}


def metric_named(name: str, task: Task) -> Metric | None:
    """Return the metric of a task that a person means: `auc`, `ROC-AUC` and `roc_auc` are one. None where none is."""
    bare = "".join(letter for letter in name.lower() if letter.isalnum())
    for metric in OF_TASK[task]:
        if bare in (metric.name.replace("_", ""), *(a for a, known in _ALIASES.items() if known == metric.name)):
            return metric
    return None
