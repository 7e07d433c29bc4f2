"""How often a stated cause is right, beside how sure it was stated: `python benchmarks/cause_calibration.py`.

Simulated incidents (`simulated_incidents.py`) of every cause, with innocent coincidences and with parts that cannot be
read, looked at once each between two and forty-five minutes after they began. Prints the reliability table with the
expected calibration error, how often each cause is named right, how often each fact is met with its cause and without
beside its weight in `console.detect.causes.weights`, and what is lost without each test.
Exit status 1 when a budget is missed. Arguments: first and last seed, and `--wrong` to list what was named wrong.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec
import numpy

from console.detect.causes.competition import causes_of
from console.detect.causes.explanation import examine
from console.detect.causes.finding import Finding
from console.detect.causes.scene import scene_of
from console.detect.causes.weights import WEIGHTS, FactKey
from console.domain.anomaly import Cause, CauseKind
from tests.detect.causes.simulated.drawing import POINTS
from tests.detect.causes.simulated.incidents import draw
from tests.detect.causes.simulated.reading import Reading

MIX = {
    CauseKind.NEW_VERSION: 0.2,
    CauseKind.TRAFFIC_SURGE: 0.15,
    CauseKind.CAPACITY_LOSS: 0.15,
    CauseKind.BAD_REPLICA: 0.13,
    CauseKind.SATURATION: 0.12,
    CauseKind.DEPENDENCY: 0.15,
    CauseKind.UPSTREAM_DATA: 0.04,
    CauseKind.UNKNOWN: 0.06,
}
LARGEST_ERROR, LEAST_SURE = 0.05, 0.6
SURE = 0.8
LOOKS = 6
"""Instants that are tried until an incident is seen; what nobody sees needs no cause."""


class Stated(msgspec.Struct, frozen=True):
    """What was said of an incident, and what was the matter."""

    true: CauseKind
    findings: tuple[Finding, ...]
    story: str

    @property
    def first(self) -> Cause:
        """Return the cause that was named first."""
        return causes_of(self.findings)[0]


def sample(seeds: Iterable[int]) -> list[Stated]:
    """Return what is said of an incident of each seed that anybody sees."""
    stated = []
    for seed in seeds:
        random = numpy.random.default_rng([seed, 1])
        cause = list(MIX)[int(random.choice(len(MIX), p=list(MIX.values())))]
        drawn = draw(cause, seed)
        reading = Reading(drawn)
        for _ in range(LOOKS):
            point = min(POINTS - 1, drawn.begins + int(random.integers(8, 180)))
            read = reading.at(point)
            if read is not None:
                case, anomalies, circumstances = read
                findings = examine(scene_of(case, anomalies[0], anomalies, circumstances))
                minutes = (case.at - drawn.times[drawn.begins]) / 60
                story = f"{seed} {anomalies[0].signal} after {minutes:.0f} min, {drawn.story()}"
                stated.append(Stated(cause, findings, story))
                break
    return stated


def calibration_error(right: Sequence[bool], sure: Sequence[float], *, tell: bool) -> float:
    """Return the expected calibration error over ten bins (Guo et al. 2017), and print the bins."""
    is_right, stated = numpy.array(right), numpy.array(sure)
    error = 0.0
    for low, high in pairwise(numpy.linspace(0, 1, 11)):
        inside = (stated >= low) & ((stated < high) | (high == 1.0))
        if inside.any():
            apart = abs(is_right[inside].mean() - stated[inside].mean())
            error += inside.mean() * apart
            if tell:
                means = f"{stated[inside].mean():10.3f}{is_right[inside].mean():10.3f}"
                print(f"{low:.1f} to {high:.1f}{inside.sum():8}{means}")
    return float(error)


def reliability(stated: Sequence[Stated]) -> bool:
    """Print the reliability table and return whether the budgets are kept."""
    right, sure = [one.first.kind is one.true for one in stated], [one.first.confidence for one in stated]
    print(f"{'stated':<10}{'n':>8}{'stated':>10}{'right':>10}")
    error = calibration_error(right, sure, tell=True)
    certain = float(numpy.mean(numpy.array(sure) >= SURE))
    print(f"{len(stated)} incidents, {numpy.mean(right):.1%} right")
    print(f"expected calibration error {error:.3f} (at most {LARGEST_ERROR}); {certain:.0%} at {SURE} or more", end=" ")
    print(f"(at least {LEAST_SURE:.0%})")
    return error <= LARGEST_ERROR and certain >= LEAST_SURE


def by_cause(stated: Sequence[Stated]) -> None:
    """Print how often each cause is named right and what else is named."""
    table: dict[CauseKind, Counter[CauseKind]] = defaultdict(Counter)
    for one in stated:
        table[one.true][one.first.kind] += 1
    for true in MIX:
        named = table[true]
        others = ", ".join(f"{kind} {count}" for kind, count in named.most_common() if kind is not true)
        print(f"{true:<16}{named.total():>6}{named[true] / max(1, named.total()):>8.1%}   {others}")


def by_fact(stated: Sequence[Stated]) -> None:
    """Print how often each fact is met with its cause and with others, and the ratio of the two beside its weight."""
    met: dict[FactKey, Counter[bool]] = defaultdict(Counter)
    for one in stated:
        for finding in one.findings:
            for fact in finding.facts:
                met[fact.key][finding.cause is one.true] += 1
    causes = {fact.key: finding.cause for one in stated for finding in one.findings for fact in finding.facts}
    for key in FactKey:
        if key in causes:
            of_cause = sum(one.true is causes[key] for one in stated)
            others = len(stated) - of_cause
            ratio = ((met[key][True] + 0.5) / (of_cause + 1)) / ((met[key][False] + 0.5) / (others + 1))
            print(f"{key:<28}{met[key][True]:>6}{met[key][False]:>6}{ratio:>9.2f}{WEIGHTS[key].ratio:>9}")


def ablation(stated: Sequence[Stated]) -> None:
    """Print what is right without each test: a test that buys nothing should go."""
    everything = numpy.mean([one.first.kind is one.true for one in stated])
    for cause in MIX:
        if cause is CauseKind.UNKNOWN:
            continue
        without = [
            msgspec.structs.replace(one, findings=tuple(_blind(found, cause) for found in one.findings))
            for one in stated
        ]
        right = [one.first.kind is one.true for one in without]
        error = calibration_error(right, [one.first.confidence for one in without], tell=False)
        print(f"without {cause:<16}{numpy.mean(right) - everything:>+8.1%} right, calibration error {error:.3f}")


def _blind(found: Finding, cause: CauseKind) -> Finding:
    return Finding(cause, untestable="left out") if found.cause is cause else found


def main(arguments: Sequence[str]) -> int:
    """Sample, print and return the exit status."""
    numbers = [int(argument) for argument in arguments if argument.isdigit()]
    stated = sample(range(*(numbers or (0, 2000))))
    kept = reliability(stated)
    for part in (by_cause, by_fact, ablation):
        print()
        part(stated)
    if "--wrong" in arguments:
        for one in stated:
            if one.first.kind is not one.true:
                first = one.first
                print(f"{one.true} named {first.kind} at {first.confidence:.2f}: {first.detail}; seed {one.story}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
