"""How slow a model is at the load of one replica, and what follows for the number of its replicas."""

import math

import msgspec

from console.domain.quantity import format_quantity, how_many
from console.domain.series import Series
from console.domain.signal import SIGNALS

TOLERANCE = 0.1
"""The share of its capacity that a replica keeps free: the HorizontalPodAutoscaler's tolerance takes what is nearer to
its target than a tenth for being there (kube-controller-manager, --horizontal-pod-autoscaler-tolerance)."""
_ROUNDING = 1e-9


class LoadPast(msgspec.Struct, frozen=True):
    """What a model carried: requests per second of all replicas, how many served, and a latency (seconds).

    All on one grid; `signal` is the name of the latency.
    """

    signal: str
    traffic: Series
    replicas: Series
    latency: Series


class LoadPoint(msgspec.Struct, frozen=True):
    """The latency (seconds) that was usual at a load (requests per second of one replica), by so many five minutes."""

    load: float
    latency: float
    count: int


class LoadCurve(msgspec.Struct, frozen=True):
    """A latency over the load of one replica, by rising load; the latency never falls.

    `signal` is the name of the latency, `days` how far back its points lie.
    """

    signal: str
    points: tuple[LoadPoint, ...]
    days: float

    @property
    def most(self) -> float:
        """Return the highest load (requests per second of one replica) that was seen."""
        return self.points[-1].load

    def latency_at(self, load: float) -> float | None:
        """Return the latency (seconds) that is usual at a load, None above all that was seen."""
        if load > self.most * (1 + _ROUNDING):
            return None
        before = self.points[0]
        for point in self.points:
            if load <= point.load:
                return _between(load, (before.load, before.latency), (point.load, point.latency))
            before = point
        return before.latency

    def carried(self, objective: float) -> float | None:
        """Return the highest load at which the latency is usually within an objective (seconds), None where none is.

        Between the last point within the objective and the first over it the true curve is unknown, and the better of
        two bounds counts that both tell a load that is too low, if anything: the chord, for waiting times are convex in
        the load; and the hyperbola of M/M/1 to the highest load that was ever served, for of all M/M/c that one grows
        earliest (the time in the system times the free share of a server never grows with the load). Nothing is told
        beyond the highest load that was seen.
        """
        within = [point for point in self.points if point.latency <= objective]
        over = [point for point in self.points if point.latency > objective]
        if not within:
            return None
        last = within[-1]
        if not over:
            return last.load
        chord = _between(objective, (last.latency, last.load), (over[0].latency, over[0].load))
        hyperbola = self.most - (self.most - last.load) * last.latency / objective
        return min(max(chord, hyperbola), over[0].load)

    def with_now(self, load: float, latency: float) -> "LoadCurve":
        """Return the curve with a point of now, where its load (1/s of one replica) is higher than all that was seen.

        The latency is in seconds.
        """
        if load <= self.most:
            return self
        return msgspec.structs.replace(
            self, points=(*self.points, LoadPoint(load, max(latency, self.points[-1].latency), 1))
        )

    def is_bounded_by(self, objective: float) -> bool:
        """Return whether a load was seen at which the latency (seconds) is usually over an objective."""
        return self.points[-1].latency > objective


class Need(msgspec.Struct, frozen=True):
    """Replicas that carry a traffic within an objective.

    `carried` is the traffic (requests per second) that the present `replicas` carry, `headroom` the share of the
    capacity of the `needed` ones that stays free. Both are the least there is where `is_at_least`: no replica was ever
    seen at its limit.
    """

    traffic: float
    objective: float
    replicas: int
    carried: float
    needed: int
    headroom: float
    is_at_least: bool


def need_of(curve: LoadCurve, objective: float, traffic: float, replicas: int) -> Need | None:
    """Return how many replicas carry a traffic (requests per second) at an objective (seconds).

    None where the latency is over the objective at every load that was seen: more replicas do not help.
    """
    each = curve.carried(objective)
    if each is None or each <= 0:
        return None
    needed = max(1, math.ceil(traffic / (each * (1 - TOLERANCE)) - _ROUNDING))
    return Need(
        traffic=traffic,
        objective=objective,
        replicas=replicas,
        carried=each * replicas,
        needed=needed,
        headroom=1 - traffic / (each * needed),
        is_at_least=not curve.is_bounded_by(objective),
    )


class CapacityFinding(msgspec.Struct, frozen=True):
    """What is known of the capacity of a model: how its latency grows, where it stands now, and what it needs.

    `traffic` in requests per second over `replicas` that are ready, `latency` and `objective` in seconds; None is
    unknown. `why_not` says in words why there is no curve or no need.
    """

    curve: LoadCurve | None = None
    why_not: str | None = None
    traffic: float | None = None
    replicas: int | None = None
    latency: float | None = None
    objective: float | None = None
    need: Need | None = None

    @property
    def load(self) -> float | None:
        """Return the requests per second of one replica now, None where they are not known."""
        return self.traffic / self.replicas if self.traffic is not None and self.replicas else None

    @property
    def usual(self) -> float | None:
        """Return the latency (seconds) that is usual at the load of now, None where such a load was never seen."""
        return self.curve.latency_at(self.load) if self.curve is not None and self.load is not None else None

    @property
    def is_explained(self) -> bool | None:
        """Return whether the load explains a latency over its objective, None where nothing tells."""
        if self.curve is None or self.objective is None or self.load is None or self.latency is None:
            return None
        if self.latency <= self.objective:
            return None
        return self.usual is None or self.usual > self.objective

    def in_words(self) -> str:
        """Return what is known in a sentence: `4 replicas carry 120/s within p99 latency 0.50 s; 6 are needed …`."""
        if self.need is None or self.curve is None:
            return self.why_not or "not known"
        need = self.need
        name = SIGNALS[self.curve.signal].title
        carried, traffic = format_quantity(need.carried, "1/s"), format_quantity(need.traffic, "1/s")
        replicas = how_many(need.replicas, "replica")
        within = f"within {name} {format_quantity(need.objective, 's')}"
        room = f"headroom {'at least ' if need.is_at_least else ''}{format_quantity(need.headroom, 'ratio')}"
        if need.is_at_least:
            return (
                f"{replicas} have carried {carried} {within} and were never seen at their limit; "
                f"{need.needed} are enough for {traffic}, {room}"
            )
        verb = "carries" if need.replicas == 1 else "carry"
        return f"{replicas} {verb} {carried} {within}; {need.needed} are needed for {traffic}, {room}"


def _between(at: float, low: tuple[float, float], high: tuple[float, float]) -> float:
    if high[0] <= low[0]:
        return low[1]
    share = (at - low[0]) / (high[0] - low[0])
    return low[1] + min(max(share, 0.0), 1.0) * (high[1] - low[1])
