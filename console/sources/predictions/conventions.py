"""What columns are called: the names that serving systems and people give them, best known first.

Names are compared in lower case and with `_` for everything that is neither letter nor digit: `ce-time`, `requestTime`
and `REQUEST_TIME` count as `ce_time` and `request_time`. Sources: KServe's payload logger (CloudEvents), Databricks'
inference tables, BentoML's monitoring, Vertex AI's request-response logging, and what people write.
"""

import re
from enum import StrEnum

import msgspec


class Part(StrEnum):
    """What a column of a log is, apart from features and scores."""

    TIMESTAMP = "timestamp"
    MODEL = "model"
    VERSION = "version"
    ID = "id"
    PREDICTION = "prediction"
    LATENCY = "latency"
    ERROR = "error"
    LABEL = "label"
    LABEL_TIME = "label_time"


NAMES: dict[Part, tuple[str, ...]] = {
    Part.TIMESTAMP: (
        *("timestamp", "ts", "event_timestamp", "event_time", "prediction_timestamp", "prediction_time"),
        *("predicted_at", "request_timestamp", "request_time", "inference_timestamp", "inference_time", "served_at"),
        *("logging_time", "logged_at", "log_time", "created_at", "ce_time", "datetime", "date_time", "time"),
    ),
    Part.MODEL: (
        *("model", "model_name", "inference_service", "inference_service_name", "inferenceservicename"),
        *("ce_inferenceservicename", "served_model_name", "endpoint_name", "endpoint", "deployment"),
        *("deployment_name", "deployed_model", "monitor_name", "model_id"),
    ),
    Part.VERSION: (
        *("version", "model_version", "served_model_version", "model_revision", "revision", "deployed_model_id"),
        *("served_entity_version", "served_entity_id", "deployment_version"),
    ),
    Part.ID: (
        *("id", "request_id", "prediction_id", "inference_id", "record_id", "event_id", "databricks_request_id"),
        *("ce_id", "row_id", "uuid", "correlation_id", "client_request_id", "trace_id"),
    ),
    Part.PREDICTION: (
        *("prediction", "predictions", "predicted", "predicted_value", "prediction_value", "predicted_label"),
        *("predicted_class", "prediction_label", "predicted_output", "y_pred", "y_hat", "yhat", "pred", "output"),
        *("outputs", "model_output", "forecast"),
    ),
    Part.LATENCY: (
        *("latency", "request_latency", "prediction_latency", "response_time", "request_duration"),
        *("execution_time", "execution_duration", "processing_time", "inference_duration", "inference_time", "elapsed"),
    ),
    Part.ERROR: (
        *("error", "is_error", "failed", "has_error", "error_message", "exception", "status_code", "http_status"),
        *("http_status_code", "response_code", "response_status", "success", "succeeded"),
    ),
    Part.LABEL: (
        *("label", "ground_truth", "true_label", "actual", "actual_value", "actual_label", "y_true", "target"),
        *("label_value", "truth", "outcome", "observed", "labels", "actuals"),
    ),
    Part.LABEL_TIME: (
        *("label_time", "label_timestamp", "label_ts", "labelled_at", "labeled_at", "label_created_at"),
        *("ground_truth_time", "ground_truth_timestamp", "actual_time", "actual_timestamp", "outcome_time"),
        *("feedback_time", "feedback_timestamp", "feedback_at", "observed_at", "decided_at", "resolved_at"),
    ),
}

FEEDBACK = (
    *("feedback", "user_feedback", "thumbs", "thumbs_up", "thumb", "is_correct", "correct", "was_correct", "helpful"),
    *("is_helpful", "liked", "accepted"),
)
"""Labels that say whether the prediction was right, not what would have been."""

SCORES = (
    *("score", "scores", "probability", "probabilities", "proba", "predict_proba", "prediction_score"),
    *("prediction_probability", "predicted_probability", "prob", "confidence", "y_score", "y_prob", "y_proba"),
)
SCORE_PREFIXES = ("score", "scores", "probability", "probabilities", "proba", "predict_proba", "prob", "y_pred_proba")
"""What stands before the name of a class where each has a column, as in `score_fraud` and `probabilities.fraud`."""

FEATURE_PREFIXES = ("feature", "features", "input", "inputs", "request", "model_input")
"""What stands before the dot of features that one level of a request became, as in `features.age`."""

INPUTS = frozenset(
    {
        *("features", "feature", "request", "request_body", "request_payload", "payload", "input", "inputs"),
        *("model_input", "model_inputs", "instance", "instances", "input_data", "dataframe_records"),
    }
)
"""Columns that hold all features: a struct, a map or JSON."""

OUTPUTS = frozenset(
    {
        *("response", "response_body", "response_payload", "output", "outputs", "model_output", "result"),
        *("prediction", "predictions"),
    }
)
"""Columns that hold an answer: a struct, a map or JSON."""

METADATA = frozenset({"request_metadata", "metadata", "attributes", "extensions"})
"""Columns that hold, as a struct or a map, what was served."""

OUTPUT_NAMES = (
    *("prediction", "predictions", "label", "class", "predicted_class", "predicted_label", "value", "output"),
    *("outputs", "result", "answer", "decision", "category", "y"),
)
"""What the answer itself is called inside an answer: a `label` there is the predicted one."""

SERVING = frozenset(
    {
        *("pod", "pod_name", "host", "hostname", "node", "container", "container_name", "namespace", "replica"),
        *("span_id", "trace_id", "requester", "sampling_fraction", "user_agent", "url", "filename", "ce_type"),
        *("ce_source", "ce_specversion", "ce_endpoint", "ce_namespace", "ce_component", "ce_traceparent"),
        *("logging_error_codes", "request_raw_headers", "feature_timestamp", "monitor_name", "content_type"),
    }
)
"""Columns that tell how a request was served, not what it asked."""

PARTITIONS = frozenset({"year", "month", "day", "hour", "date", "dt", "ds", "partition_date", "ingest_date"})
"""Columns by which files are laid out in folders of time: they differ in every window."""

TABLES_OF_PREDICTIONS = (
    *("predictions", "prediction", "prediction_log", "predictions_log", "prediction_logs", "inference_log"),
    *("inference_logs", "inferences", "requests", "payload", "log", "logs"),
)
TABLES_OF_LABELS = (
    *("labels", "label", "ground_truth", "ground_truths", "actuals", "outcomes", "feedback", "targets"),
)

PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
"""How many of a unit a second has."""
_UNIT_WORDS = {
    "s": "s",
    "sec": "s",
    "secs": "s",
    "second": "s",
    "seconds": "s",
    "ms": "ms",
    "msec": "ms",
    "millis": "ms",
    "millisecond": "ms",
    "milliseconds": "ms",
    "us": "us",
    "usec": "us",
    "micros": "us",
    "microsecond": "us",
    "microseconds": "us",
    "ns": "ns",
    "nanos": "ns",
    "nanosecond": "ns",
    "nanoseconds": "ns",
}
_ID_WORDS = frozenset({"id", "ids", "uuid", "guid", "hash", "token", "email", "session", "cookie", "ip"})
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NO_WORD = re.compile(r"[^0-9a-z]+")


class Name(msgspec.Struct, frozen=True):
    """A column's name as it is compared: its `words` joined by `_`, and the unit that a last word named."""

    words: str
    unit: str | None = None


def normalised(name: str) -> str:
    """Return a name as names are compared; empty where it has neither letter nor digit of ASCII."""
    return _NO_WORD.sub("_", _HUMP.sub("_", name).lower()).strip("_")


def split_unit(name: str) -> Name:
    """Return a name without the unit at its end, and the unit: `latency_ms` is `latency` in `ms`."""
    words = normalised(name)
    rest, _, last = words.rpartition("_")
    unit = _UNIT_WORDS.get(last)
    return Name(rest, unit) if rest and unit else Name(words)


def sounds_like_an_id(name: str) -> bool:
    """Return whether the last word of a name says that every value is its own."""
    return normalised(name).rpartition("_")[2] in _ID_WORDS


def class_of_score(name: str) -> str | None:
    """Return the class whose score a column holds by its name (`score_fraud`), None where it is none."""
    for separator in (".", "_"):
        prefix, found, rest = name.partition(separator)
        while found and rest:
            if normalised(prefix) in SCORE_PREFIXES:
                return rest
            more, found, rest = rest.partition(separator)
            prefix = f"{prefix}{separator}{more}"
    return None
