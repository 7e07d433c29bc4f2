"""What the owner of a model promised, and how fast a promise is being spent."""

from typing import Annotated

import msgspec

from console.domain.moments import Interval

SECONDS_OF_BUDGET_PERIOD = 30 * 86400.0


class Objective(msgspec.Struct, frozen=True):
    """The promises for one model.

    `availability` is the ratio of requests that must succeed over 30 days; `latency` maps names of latency signals to
    seconds. `saturation` is the ratio above which a model has no headroom.
    """

    availability: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.999
    latency: dict[str, Interval] = {}
    saturation: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.9

    @property
    def error_budget(self) -> float:
        """Return the ratio of requests that may fail."""
        return round(1.0 - self.availability, 12)


class BurnRate(msgspec.Struct, frozen=True):
    """How many times faster than allowed the error budget is spent over one window (seconds).

    1 spends exactly the budget in its period (Google SRE workbook, chapter 5, "Alerting on SLOs").
    """

    window: float
    error_ratio: float
    requests: float
    """Requests seen within the window."""

    def rate(self, error_budget: float) -> float:
        """Return the burn rate for an error budget (ratio)."""
        return self.error_ratio / error_budget

    @property
    def failed_requests(self) -> float:
        """Return how many requests failed within the window."""
        return self.error_ratio * self.requests
