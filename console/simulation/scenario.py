"""What happens in the simulated world: each scenario a value with its faults, in words and in numbers."""

import msgspec

from console.simulation.fleet.fault import (
    BadRelease,
    BadReplica,
    DeadExporter,
    Fault,
    LostReplica,
    MemoryLeak,
    MissingImage,
    Scaled,
    Surge,
)
from console.simulation.predictions.faults import LogFault, NullSpike, PopulationShift

BEGINS = 60.0
"""Seconds from the world's start to the incident: long enough to look at a healthy fleet first."""

BEGAN = -3.25 * 3600.0
"""What happens to logged predictions has happened for some hours: they are judged by the hour."""


class Autoscaled(msgspec.Struct, frozen=True):
    """A model whose replicas an autoscaler sets by their CPU: as many as now at least, `most` at most."""

    model: str
    most: int


class Scenario(msgspec.Struct, frozen=True):
    """A story: `happens` says what will be seen, `ends` what to do about it.

    `logged` is what happens to the logged predictions of models, by their names; all faults begin so many seconds after
    the world's start. `kserve` are the names of the models that KServe serves; they get no releases. Those of
    `without_surge` are released without a pod more than usual. Each of the three nodes has room for `pods_per_node`.
    """

    name: str
    title: str
    happens: str
    ends: str
    faults: tuple[Fault, ...] = ()
    logged: tuple[tuple[str, LogFault], ...] = ()
    kserve: tuple[str, ...] = ()
    autoscaled: tuple[Autoscaled, ...] = ()
    without_surge: tuple[str, ...] = ()
    pods_per_node: int = 20

    def beginning(self, seconds: float) -> "Scenario":
        """Return the same story whose faults begin so many seconds after the world's start."""
        moved = tuple(msgspec.structs.replace(fault, begins=seconds) for fault in self.faults)
        return msgspec.structs.replace(self, faults=moved)


SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        name="surge",
        title="eta gets 2.6 times its traffic",
        happens="in about a minute all workers of eta are busy and its p99 latency is several times its objective",
        ends="put the cursor on eta; 1 opens scale-out, s chooses it, y sends it: new replicas end it within a minute",
        faults=(Surge("eta", factor=2.6, begins=BEGINS),),
    ),
    Scenario(
        name="kserve-surge",
        title="eta gets 2.6 times its traffic, and KServe serves it",
        happens="in about a minute all workers of eta are busy; its Deployment belongs to an InferenceService",
        ends="put the cursor on eta; 1 opens scale-out, s raises the floor in the InferenceService, y sends it",
        faults=(Surge("eta", factor=2.6, begins=BEGINS),),
        kserve=("eta",),
    ),
    Scenario(
        name="autoscaled-surge",
        title="eta gets 3.2 times its traffic, and its autoscaler may run one replica more",
        happens="in about a minute eta is busier than six replicas can be, and its autoscaler is at its most: 6",
        ends="put the cursor on eta; 1 opens scale-out, s raises the bounds of the autoscaler, y sends it",
        faults=(Surge("eta", factor=3.2, begins=BEGINS),),
        autoscaled=(Autoscaled("eta", most=6),),
    ),
    Scenario(
        name="full-nodes",
        title="eta gets 3.6 times its traffic, and the nodes are full",
        happens="in about a minute eta is too busy; a colleague asks for 9 replicas, and two of them find no room",
        ends="put the cursor on eta; P shows why pods wait, and 1 says that more replicas would wait as well",
        faults=(Surge("eta", factor=3.6, begins=BEGINS), Scaled("eta", 9, begins=BEGINS)),
        pods_per_node=9,
    ),
    Scenario(
        name="llm-surge",
        title="support-llm gets 2.7 times its traffic",
        happens="in about a minute requests to support-llm wait for the batch, and their first token comes late",
        ends="put the cursor on support-llm; 1 opens llm-saturation, s adds replicas, y sends it",
        faults=(Surge("support-llm", factor=2.7, begins=BEGINS),),
    ),
    Scenario(
        name="lost-replica",
        title="ads loses one of three replicas",
        happens="in about a minute one pod of ads is gone; the other two are at their limit, p99 is over its objective",
        ends="put the cursor on ads; 1 opens restore-capacity, s asks for more replicas, y sends it",
        faults=(LostReplica("ads", begins=BEGINS),),
    ),
    Scenario(
        name="dead-exporter",
        title="nobody can see ocr any more",
        happens="in about a minute no replica of ocr answers a scrape: its data is missing, its traffic is not gone",
        ends="nothing in the console ends it: the model serves, only its metrics are gone",
        faults=(DeadExporter("ocr", begins=BEGINS),),
    ),
    Scenario(
        name="bad-release",
        title="churn v8 fails 6 % of its requests",
        happens="in about a minute churn v8 is rolled out: errors rise to 6 % and latency by half",
        ends="put the cursor on churn; 1 opens roll-back-version, r and d choose the way back, y sends it",
        faults=(BadRelease("churn", version="v8", begins=BEGINS, failures=0.06, slowdown=1.5),),
    ),
    Scenario(
        name="bad-replica",
        title="one of six replicas of fraud fails 4 of 10 requests",
        happens="in about a minute 7 % of the requests to fraud fail, all at one pod, which is ready for the cluster",
        ends="put the cursor on fraud; 1 opens bad-replica, p and V take the pod that it names, d and y delete it",
        faults=(
            BadReplica(
                "fraud",
                begins=BEGINS,
                failures=0.4,
                log=(
                    "NVRM: Xid (PCI:0000:3b:00): 48, Double Bit ECC Error",
                    "ERROR predict: CUDA error: uncorrectable ECC error encountered",
                ),
            ),
        ),
    ),
    Scenario(
        name="missing-image",
        title="a release of ads stands still, for nobody can pull its image",
        happens="in about a minute ads v89 is rolled out without a pod to spare: one of three waits for its image",
        ends="put the cursor on ads; P shows ImagePullBackOff, 1 opens restore-capacity, r stops the release",
        faults=(
            MissingImage(
                "ads",
                version="v89",
                begins=BEGINS,
                why="manifest unknown: the registry has no tag v89",
            ),
        ),
        without_surge=("ads",),
    ),
    Scenario(
        name="memory-leak",
        title="ranker v132 runs out of memory again and again",
        happens="in about a minute ranker v132 is rolled out; each of its pods is killed within half a minute",
        ends="put the cursor on ranker; P shows OOMKilled, 1 opens roll-back-version, r and d choose the way back",
        faults=(
            MemoryLeak(
                "ranker",
                version="v132",
                begins=BEGINS,
                after=25.0,
                log=(
                    "WARNING server: batch of 512 rows, 3.9 of 4.0 GiB used",
                    "ERROR server: cannot allocate the output of layer 14",
                ),
            ),
        ),
    ),
    Scenario(
        name="null-feature",
        title="fraud is not told any more how far the payer trusts the device",
        happens="for three hours 7 of 10 requests to fraud have come without device_trust: a pipeline upstream broke",
        ends="put the cursor on fraud; 1 opens upstream-data-broken, which says what to check and whom to tell",
        logged=(("fraud", NullSpike("device_trust", begins=BEGAN, share=0.7)),),
    ),
    Scenario(
        name="new-customers",
        title="older people pay in another country",
        happens="for three hours fraud has seen other people: older ones, and many from SE; every value is a good one",
        ends="put the cursor on fraud; nothing is broken upstream, and the model was not trained for them",
        logged=(
            ("fraud", PopulationShift("age", begins=BEGAN, by=0.9)),
            ("fraud", PopulationShift("country", begins=BEGAN, by=0.25)),
        ),
    ),
    Scenario(
        name="quiet",
        title="a good night",
        happens="nothing happens",
        ends="there is nothing to end",
    ),
)


WITHOUT_PROMETHEUS = "null-feature"
"""The default story where nothing but logged predictions can be looked at."""


class UnknownScenario(Exception):
    """There is no such scenario; the message is one line."""


def find_scenario(name: str) -> Scenario:
    """Return a scenario by its name.

    Raises:
        UnknownScenario: There is none; the message names those that there are.
    """
    for scenario in SCENARIOS:
        if scenario.name == name:
            return scenario
    raise UnknownScenario(f"no scenario {name!r}: expected one of {', '.join(each.name for each in SCENARIOS)}")
