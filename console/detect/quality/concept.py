"""Whether a fall of quality was to be seen in the scores, or labels no longer follow them."""

from console.detect.quality.breach import is_beyond
from console.detect.quality.estimate import Calibration, estimate
from console.detect.quality.tally import Tally
from console.domain.quality import MetricReading
from console.domain.quantity import format_quantity
from console.domain.signal import Direction
from console.sources.predictions.outcome_plan import OutcomePlan


def told_by_scores(
    realised: MetricReading, since: Tally, plan: OutcomePlan, before: Calibration, *, inputs_moved: bool | None
) -> tuple[str, ...]:
    """Return as evidence what the scores of the rows since an onset promised, by what they meant before it.

    `inputs_moved` says whether features or predictions are known to have drifted, None where nobody looked.
    """
    metric = realised.metric
    if before.frequency is None or realised.low is None or realised.high is None or metric.bad is Direction.NEITHER:
        return ()
    promised = next((one for one in estimate(since, plan, before) if one.metric is metric), None)
    if promised is None or promised.low is None or promised.high is None:
        return ()
    low, high = (format_quantity(end, metric.unit) for end in (promised.low, promised.high))
    nearest = promised.low if metric.bad is Direction.LOW else promised.high
    if is_beyond((realised.low, realised.high), nearest, metric.bad):
        stable = "inputs and predictions have not moved; by them" if inputs_moved is False else "by the scores"
        return (
            f"concept drift: {stable}, {metric.title} would be {low} to {high}; labels no longer follow the scores",
        )
    return (f"scores had told it: by them {metric.title} was to be {low} to {high}, no concept drift",)
