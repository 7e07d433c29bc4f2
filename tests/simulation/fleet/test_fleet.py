import numpy as np
import pytest

from console.simulation.fleet.fault import BadRelease, DeadExporter, Fault, LostReplica, Surge
from console.simulation.fleet.fleet import Fleet
from console.simulation.fleet.models import EIGHT_MODELS
from console.simulation.fleet.profile import Profile
from console.simulation.history import Past
from tests.simulation.pods import FixedPods

STARTED = 1_790_000_000.0
BY_NAME = {profile.name: profile for profile in EIGHT_MODELS}
ETA, OCR, ADS, CHURN = BY_NAME["eta"], BY_NAME["ocr"], BY_NAME["ads"], BY_NAME["churn"]


class Counts:
    """What all pods of a model together counted between two instants."""

    def __init__(self, fleet: Fleet, profile: Profile, start: float, end: float) -> None:
        before, after = self._read(fleet, profile, start), self._read(fleet, profile, end)
        self._difference = {key: after[key] - before.get(key, 0.0) for key in after}
        self._seconds = end - start

    @staticmethod
    def _read(fleet: Fleet, profile: Profile, now: float) -> dict[str, float]:
        found: dict[str, float] = {}
        for pod in fleet.pods(profile):
            reading = fleet.read(profile, pod.name, now)
            assert reading is not None
            for family in reading.families:
                for series in family.series:
                    key = series.name + "".join(value for key, value in series.labels if key in ("le", "code"))
                    value = float(series.values(reading.totals[None, :], reading.gauges[None, :])[0])
                    found[key] = found.get(key, 0.0) + value
        return found

    def rate(self, series: str) -> float:
        return self._difference[series] / self._seconds

    def slower_than(self, bound: str) -> float:
        whole = self._difference["http_request_duration_seconds_count"]
        return 1.0 - self._difference[f"http_request_duration_seconds_bucket{bound}"] / whole


def fleet_of(*faults: Fault, seed: int = 1) -> tuple[Fleet, FixedPods]:
    pods = FixedPods(EIGHT_MODELS)
    fleet = Fleet(EIGHT_MODELS, faults, seed, STARTED, pods)
    fleet.record(Past(near_span=60.0, far_span=600.0).times(STARTED))
    return fleet, pods


def everything(fleet: Fleet, now: float) -> np.ndarray:
    readings = [fleet.read(profile, pod.name, now) for profile in fleet.profiles for pod in fleet.pods(profile)]
    return np.concatenate([np.concatenate([each.totals, each.gauges]) for each in readings if each is not None])


def totals(fleet: Fleet, now: float) -> np.ndarray:
    readings = [fleet.read(profile, pod.name, now) for profile in fleet.profiles for pod in fleet.pods(profile)]
    return np.concatenate([each.totals for each in readings if each is not None])


def test_the_same_seed_gives_the_same_world_however_often_it_is_looked_at() -> None:
    (seldom, _), (often, _) = fleet_of(Surge("eta", 2.6, begins=20.0)), fleet_of(Surge("eta", 2.6, begins=20.0))
    for tenth in range(600):
        often.advance(STARTED + tenth / 10)
    assert np.array_equal(everything(seldom, STARTED + 61.5), everything(often, STARTED + 61.5))


def test_another_seed_gives_another_world() -> None:
    (one, _), (other, _) = fleet_of(seed=1), fleet_of(seed=2)
    assert not np.allclose(everything(one, STARTED + 30), everything(other, STARTED + 30))


def test_counters_never_fall_from_the_oldest_sample_to_the_surge() -> None:
    fleet = Fleet(EIGHT_MODELS, [Surge("eta", 2.6, begins=10.0)], 3, STARTED, FixedPods(EIGHT_MODELS))
    records = fleet.record(Past(near_span=60.0, far_span=600.0).times(STARTED))
    for record in records:
        assert np.all(np.diff(record.counters, axis=0) >= 0)
        for family in record.families:
            for series in family.series:
                if family.kind != "gauge":
                    assert np.all(np.diff(series.values(record.counters, record.gauges)) >= 0)
    before = np.concatenate([record.counters[-1] for record in records])
    for second in range(60):
        now = totals(fleet, STARTED + second * 0.7)
        assert np.all(now >= before)
        before = now


def test_live_counters_go_on_where_the_past_ends() -> None:
    fleet = Fleet(EIGHT_MODELS, [], 1, STARTED, FixedPods(EIGHT_MODELS))
    records = fleet.record(Past(near_span=60.0, far_span=600.0).times(STARTED))
    last = np.concatenate([record.counters[-1] for record in records])
    assert np.array_equal(totals(fleet, STARTED), last)
    past_rate = np.concatenate([(record.counters[-1] - record.counters[-2]) / 5.0 for record in records])
    live_rate = (totals(fleet, STARTED + 5.0) - last) / 5.0
    busy = past_rate > 1.0
    assert np.allclose(live_rate[busy], past_rate[busy], rtol=0.2)


def test_traffic_is_what_the_profile_says_at_every_hour_of_the_day() -> None:
    for hour in (0, 7, 13):
        pods = FixedPods(EIGHT_MODELS)
        fleet = Fleet(EIGHT_MODELS, [], 1, STARTED + hour * 3600.0, pods)
        counts = Counts(fleet, ETA, STARTED + hour * 3600.0 + 1, STARTED + hour * 3600.0 + 61)
        assert counts.rate("http_requests_total200") == pytest.approx(ETA.traffic, rel=0.06)


def test_yesterday_was_quieter_and_never_in_trouble() -> None:
    fleet = Fleet(EIGHT_MODELS, [], 1, STARTED, FixedPods(EIGHT_MODELS))
    for record in fleet.record(Past().times(STARTED)):
        utilisation = record.gauges[:, 0]
        assert utilisation.max() < 0.85
        assert utilisation.min() < 0.8 * utilisation[-1]


def test_a_surge_breaks_the_objective_and_new_replicas_end_it() -> None:
    fleet, pods = fleet_of(Surge("eta", 2.6, begins=60.0))
    assert Counts(fleet, ETA, STARTED + 30, STARTED + 60).slower_than("0.5") < 0.01
    surge = Counts(fleet, ETA, STARTED + 75, STARTED + 105)
    assert surge.slower_than("0.5") > 0.05
    assert surge.rate("http_requests_total200") > 2.2 * ETA.traffic
    pods.start(ETA, 1, ready_since=STARTED + 113)
    after = Counts(fleet, ETA, STARTED + 118, STARTED + 148)
    assert after.slower_than("0.5") < 0.01
    assert after.rate("http_requests_total200") > 2.2 * ETA.traffic


def test_a_surge_costs_hardly_any_errors() -> None:
    fleet, _ = fleet_of(Surge("eta", 2.6, begins=10.0))
    counts = Counts(fleet, ETA, STARTED + 20, STARTED + 320)
    failed = sum(counts.rate(f"http_requests_total{code}") for code in ("500", "503", "504"))
    assert failed / counts.rate("http_request_duration_seconds_count") < 0.01


def test_a_pod_that_is_not_ready_exports_zeros_and_takes_no_traffic() -> None:
    fleet, pods = fleet_of()
    pods.start(ETA, 1, ready_since=None)
    fleet.advance(STARTED + 10)
    reading = fleet.read(ETA, "eta-5", STARTED + 10)
    assert reading is not None
    assert not reading.totals.any()


def test_a_pod_that_ends_answers_until_prometheus_knows_and_counts_nothing_more() -> None:
    fleet, pods = fleet_of()
    last = fleet.read(ETA, "eta-4", STARTED)
    pods.by_deployment["ml", "eta"].pop()
    ended, later = fleet.read(ETA, "eta-4", STARTED + 2), fleet.read(ETA, "eta-4", STARTED + 10)
    assert last is not None
    assert ended is not None
    assert later is not None
    assert np.array_equal(ended.totals, later.totals)
    assert not later.gauges.any()
    assert fleet.read(ETA, "eta-4", STARTED + 15) is None


def test_a_dead_exporter_goes_on_counting() -> None:
    fleet, _ = fleet_of(DeadExporter("ocr", begins=10.0))
    assert fleet.answers_scrapes(OCR, "ocr-0", STARTED + 9.9)
    assert not fleet.answers_scrapes(OCR, "ocr-0", STARTED + 10.0)
    assert fleet.answers_scrapes(ETA, "eta-0", STARTED + 10.0)
    before, after = fleet.read(OCR, "ocr-0", STARTED + 20), fleet.read(OCR, "ocr-0", STARTED + 40)
    assert before is not None
    assert after is not None
    assert after.totals[0] > before.totals[0]


def test_the_others_carry_the_traffic_of_a_lost_replica_until_there_are_more() -> None:
    fleet, pods = fleet_of(LostReplica("ads", begins=10.0))
    assert not fleet.answers_scrapes(ADS, "ads-0", STARTED + 10)
    assert fleet.answers_scrapes(ADS, "ads-1", STARTED + 10)
    lost = Counts(fleet, ADS, STARTED + 20, STARTED + 50)
    assert lost.rate("http_requests_total200") == pytest.approx(ADS.traffic, rel=0.06)
    assert lost.slower_than("0.05") > 0.01
    pods.start(ADS, 1, ready_since=STARTED + 55)
    assert Counts(fleet, ADS, STARTED + 60, STARTED + 90).slower_than("0.05") < 0.01


def test_a_bad_release_fails_where_it_runs() -> None:
    fleet, pods = fleet_of(BadRelease("churn", "v8", begins=0.0, failures=0.06, slowdown=1.5))
    pods.by_deployment["ml", "churn"] = pods.by_deployment["ml", "churn"][:1]
    pods.start(CHURN, 1, ready_since=STARTED + 5, version="v8")
    counts = Counts(fleet, CHURN, STARTED + 10, STARTED + 130)
    failed = counts.rate("http_requests_total500") / counts.rate("http_request_duration_seconds_count")
    assert failed == pytest.approx(0.03, rel=0.4)
