"""What must not matter to a cause: the order of parts, units, and when it all happened."""

from array import array
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.detect.case import Case
from console.detect.causes import explain
from console.detect.causes.competition import causes_of, confidences
from console.detect.causes.explanation import examine
from console.detect.causes.scene import scene_of
from console.detect.causes.weights import LOGGED_PRIORS, PRIORS, WEIGHTS, FactKey
from console.domain.anomaly import Anomaly, Cause, CauseKind
from console.domain.circumstances import Capacity, Circumstances, Part
from console.domain.series import Grid, Series
from console.history.view import ModelHistory
from tests.detect.causes.simulated.drawing import Drawn
from tests.detect.causes.simulated.incidents import draw
from tests.detect.causes.simulated.reading import Reading

KINDS = [kind for kind in CauseKind if kind is not CauseKind.POPULATION_SHIFT]
Read = tuple[Case, tuple[Anomaly, ...], Circumstances]


def read_of(kind: CauseKind, seed: int) -> Read:
    """Return what is read of a simulated incident, ten minutes after it began or as soon after as it is seen."""
    drawn: Drawn = draw(kind, seed)
    reading = Reading(drawn)
    found = [read for point in (40, 80, 120, 200) if (read := reading.at(min(drawn.begins + point, 899))) is not None]
    return found[0] if found else read_of(kind, seed + 1000)


INCIDENTS = st.tuples(st.sampled_from(KINDS), st.integers(0, 6))
"""What is drawn is small, so that a failure can be read: `read_of` makes the rest of it."""


def told(read: Read) -> list[list[tuple[CauseKind, object]]]:
    case, anomalies, circumstances = read
    return [
        [(cause.kind, pytest.approx(cause.confidence)) for cause in explained.causes]
        for explained in explain(case, anomalies, circumstances)
    ]


@settings(max_examples=12, deadline=None)
@given(INCIDENTS, st.integers(0, 1000))
def test_the_order_of_parts_does_not_matter(incident: tuple[CauseKind, int], seed: int) -> None:
    read = read_of(*incident)
    case, anomalies, circumstances = read
    random = Random(seed)
    versions = random.sample(circumstances.versions, len(circumstances.versions))
    replicas = random.sample(circumstances.replicas, len(circumstances.replicas))
    shuffled = msgspec.structs.replace(circumstances, versions=tuple(versions), replicas=tuple(replicas))
    assert told((case, anomalies, shuffled)) == told(read)


@settings(max_examples=12, deadline=None)
@given(INCIDENTS, st.sampled_from([-864_000.0, 3600.0, 7 * 86_400.0]))
def test_the_time_of_the_incident_does_not_matter(incident: tuple[CauseKind, int], seconds: float) -> None:
    read = read_of(*incident)
    assert told(moved(read, seconds)) == told(read)


@settings(max_examples=12, deadline=None)
@given(INCIDENTS, st.sampled_from([0.001, 1000.0]))
def test_the_unit_of_latency_does_not_matter(incident: tuple[CauseKind, int], factor: float) -> None:
    read = read_of(*incident)
    case, anomalies, circumstances = read
    scaled = tuple(
        msgspec.structs.replace(one, limit=one.limit * factor)
        if one.limit and one.signal and one.signal.startswith("latency")
        else one
        for one in anomalies
    )

    def of_part(part: Part) -> Part:
        return msgspec.structs.replace(
            part, latency=times(part.latency, factor), latency_high=times(part.latency_high, factor)
        )

    fine = {
        name: times(series, factor) if name.startswith("latency") else series
        for name, series in case.history.fine.items()
    }
    history = msgspec.structs.replace(case.history, fine=fine)
    in_other_unit = msgspec.structs.replace(
        circumstances,
        versions=tuple(map(of_part, circumstances.versions)),
        replicas=tuple(map(of_part, circumstances.replicas)),
    )
    assert told((msgspec.structs.replace(case, history=history), scaled, in_other_unit)) == told(read)


def times(series: Series | None, factor: float) -> Series | None:
    return series and Series(series.grid, array("d", [value * factor for value in series.values]))


def _anomaly_later(anomaly: Anomaly, seconds: float) -> Anomaly:
    over = anomaly.recovering_since
    recovering_since = None if over is None else over + seconds
    return msgspec.structs.replace(anomaly, onset=anomaly.onset + seconds, recovering_since=recovering_since)


def moved(read: Read, seconds: float) -> Read:
    """Return the same incident at another time."""
    case, anomalies, circumstances = read

    def later(value: object) -> object:
        if isinstance(value, Grid):
            return Grid(value.start + seconds, value.step, value.count)
        if isinstance(value, Series):
            return Series(Grid(value.grid.start + seconds, value.grid.step, value.grid.count), value.values)
        if isinstance(value, tuple):
            return tuple(map(later, value))
        if isinstance(value, dict):
            return {key: later(each) for key, each in value.items()}
        if isinstance(value, Part | Capacity | ModelHistory):
            fields = {name: later(getattr(value, name)) for name in value.__struct_fields__}
            return msgspec.structs.replace(value, **fields)
        return value

    at = {"at": case.at + seconds, "history": later(case.history)}
    dependencies = tuple(
        msgspec.structs.replace(one, latency=later(one.latency), error_ratio=later(one.error_ratio))
        for one in circumstances.dependencies
    )
    around = {
        name: later(getattr(circumstances, name)) for name in ("grid", "versions", "replicas", "capacity", "gauges")
    }
    return (
        msgspec.structs.replace(case, **at),
        tuple(_anomaly_later(one, seconds) for one in anomalies),
        msgspec.structs.replace(
            circumstances, onset=circumstances.onset + seconds, dependencies=dependencies, **around
        ),
    )


@settings(max_examples=20, deadline=None)
@given(INCIDENTS)
def test_confidences_are_shares_of_one_whole(incident: tuple[CauseKind, int]) -> None:
    read = read_of(*incident)
    case, anomalies, circumstances = read
    findings = examine(scene_of(case, anomalies[0], anomalies, circumstances))
    shares = confidences(findings)
    assert sum(shares.values()) == pytest.approx(1.0)
    causes: tuple[Cause, ...] = causes_of(findings)
    assert causes
    assert sum(cause.confidence for cause in causes) <= 1.0 + 1e-9
    assert all(cause.detail for cause in causes)


def test_every_fact_is_weighed_and_every_cause_has_a_prior() -> None:
    assert set(WEIGHTS) == set(FactKey)
    assert set(PRIORS) == set(CauseKind)
    assert set(LOGGED_PRIORS) <= set(PRIORS)
    assert [sum(PRIORS.values()), sum(LOGGED_PRIORS.values())] == pytest.approx([1.0, 1.0])
    assert all(weight.reason for weight in WEIGHTS.values())


@pytest.mark.parametrize(
    "weaker_first",
    [
        (FactKey.VERSIONS_UNCHANGED, FactKey.VERSION_EARLIER, FactKey.VERSION_FOLLOWED, FactKey.VERSION_WORSE),
        (FactKey.TRAFFIC_STEADY, FactKey.TRAFFIC_OF_SEASON, FactKey.TRAFFIC_ABOVE, FactKey.TRAFFIC_FAR_ABOVE),
        (FactKey.REPLICAS_KEPT, FactKey.REPLICAS_FELL_LATER, FactKey.REPLICAS_FELL),
        (FactKey.REPLICAS_ALIKE, FactKey.MANY_REPLICAS, FactKey.SOME_REPLICAS, FactKey.FEW_REPLICAS),
        (FactKey.BELOW_LIMITS, FactKey.SLOTS_HELD, FactKey.SLOTS_FILLED),
        (FactKey.VALUES_OF_NOBODY, FactKey.VALUES_WHOLE, FactKey.VALUES_STRANGE, FactKey.VALUES_BROKEN),
        (FactKey.ONE_INPUT_MOVED, FactKey.TWO_INPUTS_MOVED, FactKey.MANY_INPUTS_MOVED),
        (FactKey.ROWS_GONE, FactKey.ROWS_THINNED),
    ],
)
def test_a_stronger_fact_weighs_more(weaker_first: tuple[FactKey, ...]) -> None:
    ratios = [WEIGHTS[key].ratio for key in weaker_first]
    assert ratios == sorted(ratios)
    assert len(set(ratios)) == len(ratios)
