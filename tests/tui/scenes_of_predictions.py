"""Models whose predictions are logged, as an engine publishes them."""

from console.domain.anomaly import Anomaly, AnomalyKind, Incident, PlaybookOffer, Severity, Status
from console.domain.label import Label
from console.domain.model import Model
from console.domain.prediction_detail import PredictionDetail
from console.domain.signal import (
    DATA_QUALITY,
    ERROR_RATIO,
    FEATURE_DRIFT,
    LATENCY_P99,
    PREDICTION_DRIFT,
    TRAFFIC,
    Direction,
    Reading,
    Signal,
    State,
)
from console.domain.snapshot import ModelDetail, ModelView, Panel
from tests.headless.drifts import drift, quality
from tests.tui.scenes import AT, ok, series


def churn() -> ModelView:
    """A model whose inputs are broken, whose labels come late, and whose answers have become worse."""
    broken = Anomaly(
        id="churn/data_quality",
        kind=AnomalyKind.DATA_QUALITY,
        signal="data_quality",
        severity=Severity.CRITICAL,
        onset=AT - 2460,
        summary="`age` null in 62 % of rows, expected 1 %",
        unit="ratio",
        value=0.62,
        playbooks=(PlaybookOffer("upstream-data-broken", "Find what broke the inputs"),),
    )
    accuracy = Signal("model_quality", "accuracy", "1", Direction.LOW)
    return ModelView(
        Model("churn", Label("churn")),
        Status.CRITICAL,
        {
            "traffic": ok(TRAFFIC, 38.0, 40.0),
            "error_ratio": ok(ERROR_RATIO, 0.001, 0.001, 0.001),
            "latency_p99": ok(LATENCY_P99, 0.09, 0.09),
            "feature_drift": Reading(FEATURE_DRIFT, State.OK, 0.31, 0.02, seen=AT, feature="income"),
            "prediction_drift": Reading(PREDICTION_DRIFT, State.OK, 0.02, 0.01, seen=AT, feature="score"),
            "data_quality": Reading(DATA_QUALITY, State.OK, 0.62, seen=AT, feature="age"),
            "model_quality": Reading(accuracy, State.OK, 0.81, 0.95, 0.9, seen=AT - 7_200, limit=0.9),
        },
        versions={"v7": 1.0},
        incident=Incident("churn", AT - 2460, (broken,)),
        headline_signal="latency_p99",
        headline=series(0.09, 0.09),
    )


def churn_detail() -> ModelDetail:
    """The last hour of a model with a log of predictions."""
    view = churn()
    readings = view.readings
    lines = {"feature_drift": series(0.02, 0.31), "prediction_drift": series(0.01, 0.02)}
    return ModelDetail(
        at=AT,
        start=AT - 3600,
        end=AT,
        view=view,
        panels=(
            Panel(LATENCY_P99, {"latency_p99": series(0.09, 0.09)}, readings["latency_p99"]),
            Panel(TRAFFIC, {"traffic": series(40, 38)}, readings["traffic"]),
            Panel(FEATURE_DRIFT, lines, readings["feature_drift"]),
            Panel(DATA_QUALITY, {"data_quality": series(0.01, 0.62)}, readings["data_quality"]),
            Panel(
                readings["model_quality"].signal,
                {"model_quality": series(0.95, 0.81, wobble=0.01)},
                readings["model_quality"],
                0.9,
                "objective 0.9",
            ),
        ),
        changes=(),
    )


def predictions(**changed: object) -> PredictionDetail:
    """Drift and quality of a model."""
    given: dict[str, object] = {"drift": drift(), "quality": quality(), **changed}
    return PredictionDetail("fraud", AT, **given)  # type: ignore[arg-type]  # fields of a test's own choice
