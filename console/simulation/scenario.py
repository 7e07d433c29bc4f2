"""What happens in the simulated world: each scenario a value with its faults, in words and in numbers."""

import msgspec

from console.simulation.fleet.fault import BadRelease, DeadExporter, Fault, LostReplica, Surge
from console.simulation.predictions.faults import LogFault, NullSpike, PopulationShift

BEGINS = 60.0
"""Seconds from the world's start to the incident: long enough to look at a healthy fleet first."""

BEGAN = -3.25 * 3600.0
"""What happens to logged predictions has happened for some hours: they are judged by the hour."""


class Scenario(msgspec.Struct, frozen=True):
    """A story: `happens` says what will be seen, `ends` what to do about it.

    `logged` is what happens to the logged predictions of models, by their names; all faults begin so many seconds after
    the world's start. `kserve` are the names of the models that KServe serves; they get no releases.
    """

    name: str
    title: str
    happens: str
    ends: str
    faults: tuple[Fault, ...] = ()
    logged: tuple[tuple[str, LogFault], ...] = ()
    kserve: tuple[str, ...] = ()

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
