"""How often each cause happens, and how much each tested fact changes that: the one table behind every confidence.

A weight is the likelihood ratio of a fact: how much likelier one meets it where its cause is at work than where another
is. They are rounded on purpose; `benchmarks/cause_calibration.py` measures what they make of simulated incidents.
"""

from enum import StrEnum

import msgspec

from console.domain.anomaly import CauseKind

PRIORS: dict[CauseKind, float] = {
    CauseKind.NEW_VERSION: 0.24,
    CauseKind.TRAFFIC_SURGE: 0.14,
    CauseKind.CAPACITY_LOSS: 0.11,
    CauseKind.BAD_REPLICA: 0.11,
    CauseKind.SATURATION: 0.1,
    CauseKind.DEPENDENCY: 0.12,
    CauseKind.UPSTREAM_DATA: 0.03,
    CauseKind.POPULATION_SHIFT: 0.02,
    CauseKind.UNKNOWN: 0.13,
}
"""How often each is the cause, before anything was read; changes of our own are the most frequent one."""

LOGGED_PRIORS: dict[CauseKind, float] = {
    CauseKind.UPSTREAM_DATA: 0.45,
    CauseKind.POPULATION_SHIFT: 0.25,
    CauseKind.NEW_VERSION: 0.2,
    CauseKind.UNKNOWN: 0.1,
}
"""The same where inputs, answers or rows of a log are the matter: most of that is made before the model is asked."""


class FactKey(StrEnum):
    """What a test can find."""

    VERSION_WORSE = "version_worse"
    VERSION_ALIKE = "version_alike"
    VERSION_OVERLOADED = "version_overloaded"
    VERSION_RUNS_WELL = "version_runs_well"
    VERSION_FOLLOWED = "version_followed"
    VERSION_EARLIER = "version_earlier"
    VERSIONS_UNCHANGED = "versions_unchanged"
    CONFIGURATION_FOLLOWED = "configuration_followed"
    RELEASED_IN_WINDOW = "released_in_window"
    NEW_REPLICAS_WORSE = "new_replicas_worse"
    REPLICAS_REPLACED = "replicas_replaced"
    REPLICAS_OLD = "replicas_old"
    TRAFFIC_FAR_ABOVE = "traffic_far_above"
    TRAFFIC_ABOVE = "traffic_above"
    TRAFFIC_OF_SEASON = "traffic_of_season"
    TRAFFIC_STEADY = "traffic_steady"
    ROOM_LEFT = "room_left"
    REPLICAS_FELL = "replicas_fell"
    REPLICAS_FELL_UNLOADED = "replicas_fell_unloaded"
    REPLICAS_FELL_LATER = "replicas_fell_later"
    REPLICAS_KEPT = "replicas_kept"
    FEW_REPLICAS = "few_replicas"
    SOME_REPLICAS = "some_replicas"
    FEW_REPLICAS_UNDER_LOAD = "few_replicas_under_load"
    FEW_REPLICAS_ARE_NEW = "few_replicas_are_new"
    FEW_REPLICAS_ARE_A_VERSION = "few_replicas_are_a_version"
    MANY_REPLICAS = "many_replicas"
    REST_NOT_WELL = "rest_not_well"
    REPLICAS_ALIKE = "replicas_alike"
    RESOURCE_AT_LIMIT = "resource_at_limit"
    CACHE_FILLED = "cache_filled"
    CACHE_FULL = "cache_full"
    SLOTS_FILLED = "slots_filled"
    SLOTS_HELD = "slots_held"
    LIMIT_REACHED_BY_LOAD = "limit_reached_by_load"
    AUTOSCALER_AT_MOST = "autoscaler_at_most"
    LATENCY_STEADY = "latency_steady"
    BELOW_LIMITS = "below_limits"
    DEPENDENCY_MOVED = "dependency_moved"
    DEPENDENCY_STEADY = "dependency_steady"
    SHARED_TROUBLE = "shared_trouble"
    SHARED_BY_TWO = "shared_by_two"
    BROKE_ALONE = "broke_alone"
    PARTS_DIFFER = "parts_differ"
    RESOURCE_BUSY = "resource_busy"
    LOAD_CHANGED = "load_changed"
    INPUTS_BROKEN = "inputs_broken"
    INPUTS_MOVED = "inputs_moved"
    INPUTS_WHOLE = "inputs_whole"
    NOTHING_FAILS = "nothing_fails"
    VALUES_BROKEN = "values_broken"
    VALUES_STRANGE = "values_strange"
    VALUES_OF_NOBODY = "values_of_nobody"
    VALUES_WHOLE = "values_whole"
    OUTPUTS_BROKEN = "outputs_broken"
    ROWS_THINNED = "rows_thinned"
    ROWS_GONE = "rows_gone"
    DATA_OF_OTHERS_WHOLE = "data_of_others_whole"
    VERSION_READS_ANEW = "version_reads_anew"
    VERSION_GETS_OTHERS = "version_gets_others"
    VERSION_IS_ASKED = "version_is_asked"
    OTHERS_GET_THE_SAME = "others_get_the_same"
    ANSWERS_CHANGED_ALONE = "answers_changed_alone"
    MANY_INPUTS_MOVED = "many_inputs_moved"
    TWO_INPUTS_MOVED = "two_inputs_moved"
    ONE_INPUT_MOVED = "one_input_moved"
    MOVED_AT_ONCE = "moved_at_once"
    MOVED_BY_STEPS = "moved_by_steps"
    NOT_AT_ONCE = "not_at_once"


class Weight(msgspec.Struct, frozen=True):
    """A likelihood ratio and why it is as large as it is."""

    ratio: float
    reason: str


WEIGHTS: dict[FactKey, Weight] = {
    FactKey.VERSION_WORSE: Weight(100, "the same requests at the same time; only what serves them differs"),
    FactKey.VERSION_ALIKE: Weight(0.02, "the version beside it suffers as much"),
    FactKey.VERSION_RUNS_WELL: Weight(0.02, "most of its replicas are well, so it is those that are not"),
    FactKey.VERSION_FOLLOWED: Weight(
        30, "an incident seldom begins within a quarter of an hour of a release by chance"
    ),
    FactKey.VERSION_EARLIER: Weight(0.3, "what a release breaks mostly breaks at once"),
    FactKey.VERSION_OVERLOADED: Weight(0.1, "its load is not equal, so the comparison says little"),
    FactKey.RELEASED_IN_WINDOW: Weight(10, "a log tells an onset by the hour, and many an hour has a release"),
    FactKey.NEW_REPLICAS_WORSE: Weight(30, "nothing names versions, but those that were there before are well"),
    FactKey.REPLICAS_REPLACED: Weight(3, "all are new, as after a release"),
    FactKey.REPLICAS_OLD: Weight(0.3, "a release mostly brings new replicas; some servers load a model in place"),
    FactKey.VERSIONS_UNCHANGED: Weight(0.02, "the versions are known and none took over traffic"),
    FactKey.CONFIGURATION_FOLLOWED: Weight(10, "as a version; the metrics know no name for it"),
    FactKey.TRAFFIC_FAR_ABOVE: Weight(300, "traffic that neither the hour nor the time before explains"),
    FactKey.TRAFFIC_ABOVE: Weight(10, "a quarter more happens on many a day"),
    FactKey.TRAFFIC_OF_SEASON: Weight(0.3, "it rose as it does at this hour, and that was well before"),
    FactKey.ROOM_LEFT: Weight(0.3, "by the law of utilisation what was busy before has room for that load"),
    FactKey.TRAFFIC_STEADY: Weight(0.02, "no more requests than before"),
    FactKey.REPLICAS_FELL: Weight(300, "fewer replicas carry the same traffic"),
    FactKey.REPLICAS_FELL_UNLOADED: Weight(1, "replicas fell with their traffic: each carries no more than before"),
    FactKey.REPLICAS_FELL_LATER: Weight(0.3, "they fell after the onset: what breaks a model also kills its replicas"),
    FactKey.REPLICAS_KEPT: Weight(0.02, "as many replicas are ready as before"),
    FactKey.FEW_REPLICAS: Weight(100, "the same requests at the same time; only the replica differs"),
    FactKey.FEW_REPLICAS_ARE_A_VERSION: Weight(0.3, "they are all that a version has: it is the version"),
    FactKey.SOME_REPLICAS: Weight(10, "under load, the weakest third breaks first"),
    FactKey.FEW_REPLICAS_UNDER_LOAD: Weight(0.3, "under load, the weakest breaks first"),
    FactKey.FEW_REPLICAS_ARE_NEW: Weight(0.1, "no version is named, and a release looks like that"),
    FactKey.MANY_REPLICAS: Weight(0.3, "so many replicas seldom break at once"),
    FactKey.REST_NOT_WELL: Weight(0.3, "what the rest suffers as well is not theirs"),
    FactKey.REPLICAS_ALIKE: Weight(0.02, "every replica suffers as much"),
    FactKey.RESOURCE_AT_LIMIT: Weight(30, "what computes has nothing left, and did before the onset"),
    FactKey.CACHE_FILLED: Weight(30, "the cache is full of requests that bring more than before"),
    FactKey.CACHE_FULL: Weight(3, "requests bring more or take longer; nobody counts their tokens"),
    FactKey.SLOTS_FILLED: Weight(10, "all slots are taken by requests that take as long as before"),
    FactKey.SLOTS_HELD: Weight(1, "each request holds its slot or cache longer; whatever is slow does that"),
    FactKey.LIMIT_REACHED_BY_LOAD: Weight(0.1, "the limit is reached because more requests reach each replica"),
    FactKey.AUTOSCALER_AT_MOST: Weight(3, "nothing can be added any more"),
    FactKey.LATENCY_STEADY: Weight(0.1, "what is overloaded is slow before it fails"),
    FactKey.BELOW_LIMITS: Weight(0.1, "what is measured has room left"),
    FactKey.DEPENDENCY_MOVED: Weight(300, "it broke when the model did"),
    FactKey.DEPENDENCY_STEADY: Weight(0.3, "it is measured, and as well as before"),
    FactKey.SHARED_TROUBLE: Weight(100, "several others hardly ever break within the same minutes by chance"),
    FactKey.SHARED_BY_TWO: Weight(10, "two models of which nobody knows that they share anything"),
    FactKey.BROKE_ALONE: Weight(0.3, "what models call is mostly called by several"),
    FactKey.PARTS_DIFFER: Weight(0.02, "what they call is the same for all of them"),
    FactKey.RESOURCE_BUSY: Weight(0.1, "who waits for others computes nothing meanwhile"),
    FactKey.LOAD_CHANGED: Weight(0.1, "the load explains it"),
    FactKey.INPUTS_BROKEN: Weight(100, "inputs broke when the model did"),
    FactKey.INPUTS_MOVED: Weight(10, "inputs moved when the model did"),
    FactKey.NOTHING_FAILS: Weight(0.1, "broken inputs are answered with errors, seldom late"),
    FactKey.INPUTS_WHOLE: Weight(0.1, "inputs are logged, and nothing is the matter with them"),
    FactKey.VALUES_BROKEN: Weight(100, "nulls, another unit or type, what more than half of the rows never were"),
    FactKey.VALUES_STRANGE: Weight(3, "a few rows that the reference does not hold: a fault, or a new market"),
    FactKey.VALUES_OF_NOBODY: Weight(0.02, "people do not bring nulls, nor another unit"),
    FactKey.VALUES_WHOLE: Weight(0.3, "most faults of a pipeline leave nulls, defaults or another unit"),
    FactKey.OUTPUTS_BROKEN: Weight(3, "answers that are null or constant: fed so, or the model or its log is broken"),
    FactKey.ROWS_THINNED: Weight(10, "some rows go on: who samples or writes them changed; callers leave one by one"),
    FactKey.ROWS_GONE: Weight(3, "no row at all: nobody writes, or nobody asks"),
    FactKey.DATA_OF_OTHERS_WHOLE: Weight(0.02, "what comes from before the model comes to all versions"),
    FactKey.VERSION_READS_ANEW: Weight(30, "a version brings its own reading of its inputs: broken, it looks the same"),
    FactKey.VERSION_GETS_OTHERS: Weight(10, "it reads them otherwise, or is sent other requests"),
    FactKey.VERSION_IS_ASKED: Weight(0.3, "whole inputs that move seldom do so because of who reads them"),
    FactKey.OTHERS_GET_THE_SAME: Weight(0.3, "what changes before the model changes for all, unless routes differ"),
    FactKey.ANSWERS_CHANGED_ALONE: Weight(10, "whatever answers has changed, or an input that nobody logs"),
    FactKey.MANY_INPUTS_MOVED: Weight(30, "no single fault moves three inputs, each to values that are good ones"),
    FactKey.TWO_INPUTS_MOVED: Weight(10, "two may come from one source, and mostly do not"),
    FactKey.ONE_INPUT_MOVED: Weight(3, "an input that moves and is whole is mostly the world"),
    FactKey.MOVED_AT_ONCE: Weight(3, "pipelines change from one moment to the next, people seldom do"),
    FactKey.MOVED_BY_STEPS: Weight(3, "people change over hours and days"),
    FactKey.NOT_AT_ONCE: Weight(0.3, "a deployed fault does not come by steps; an ageing sensor does"),
}
