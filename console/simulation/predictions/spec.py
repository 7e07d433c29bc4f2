"""What a simulated model logs: its inputs, its task, how fast and how completely labels follow."""

from enum import StrEnum

import msgspec

from console.simulation.predictions.faults import FaultOfFeature, LogFault
from console.simulation.predictions.features import Choice, Feature


class Task(StrEnum):
    """What a model predicts."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"


class LogSpec(msgspec.Struct, frozen=True):
    """One model and what happens to its log.

    `bias` is the logit at which a binary model starts, `middle` the median answer of a regression, `classes` are the
    answers of a multiclass model. `latency` is the median in seconds, `failures` the ratio of requests that fail.
    Labels come `label_delay` seconds after the prediction (median), for `label_coverage` of the rows; `corrections`
    of them are told again later, otherwise. `daily` and `weekend` are how much of the traffic the night and the weekend
    take away (ratios).
    """

    model: str
    version: str
    task: Task
    features: tuple[Feature, ...]
    bias: float = 0.0
    middle: float = 1.0
    classes: tuple[str, ...] = ()
    latency: float = 0.03
    failures: float = 0.002
    label_delay: float = 7200.0
    label_coverage: float = 0.9
    corrections: float = 0.0
    daily: float = 0.5
    weekend: float = 0.3
    faults: tuple[LogFault, ...] = ()

    def __post_init__(self) -> None:
        features = {feature.name: feature for feature in self.features}
        for fault in self.faults:
            if isinstance(fault, FaultOfFeature) and fault.feature not in features:
                raise ValueError(
                    f"{self.model} has no feature {fault.feature!r}: expected one of {', '.join(features)}"
                )
            only = getattr(fault, "only", None)
            if only is not None:
                sliced = features.get(only[0])
                if not isinstance(sliced, Choice) or only[1] not in sliced.options:
                    raise ValueError(f"{self.model} has no category {only[0]!r} with a value {only[1]!r} to slice by")

    def with_faults(self, *faults: LogFault) -> "LogSpec":
        """Return the same model to which these things happen, too."""
        return msgspec.structs.replace(self, faults=(*self.faults, *faults))
