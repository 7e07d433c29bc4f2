"""`bad_replica`: a few replicas carry the slowness or the failures, and the rest is as healthy as before."""

from collections.abc import Sequence

from console.detect.causes.beside import SLOWER, Standing, beside, level_of, serving
from console.detect.causes.finding import Fact, Finding
from console.detect.causes.scene import Measure, Scene
from console.detect.causes.weights import FactKey
from console.domain.anomaly import CauseKind
from console.domain.circumstances import Part
from console.domain.label import harmless

FEW = 0.34
"""The part of all replicas that are few: of three, one."""
MOST_NAMED = 3


def examine_bad_replica(scene: Scene) -> Finding:
    """Return what speaks for single replicas as the cause."""
    replicas = serving(scene.circumstances.replicas, scene.after)
    standings = {
        part.name: standing
        for part in replicas
        if (standing := beside(scene, part, [other for other in replicas if other is not part], scene.after))
    }
    if len(standings) < 2:
        reason = "replicas" if not replicas else "replicas beside each other with enough requests"
        return Finding(CauseKind.BAD_REPLICA, untestable=reason)
    worse = [part for part in replicas if part.name in standings and standings[part.name].worse]
    if not worse:
        alike = sum(standing.alike for standing in standings.values())
        if alike < len(standings) / 2:
            return Finding(CauseKind.BAD_REPLICA, untestable="a clear difference between replicas")
        words = f"all {len(standings)} replicas alike"
        return Finding(CauseKind.BAD_REPLICA, (Fact(FactKey.REPLICAS_ALIKE, words),))
    if len(worse) > max(1, FEW * len(replicas)) or not _rest_is_healthy(scene, worse, replicas):
        words = f"{len(worse)} of {len(replicas)} replicas are worse, and the rest is not as before"
        return Finding(CauseKind.BAD_REPLICA, (Fact(FactKey.REPLICAS_ALIKE, words),))
    facts = [Fact(FactKey.FEW_REPLICAS, _told(worse, replicas, standings))]
    if _are_a_version(worse, replicas):
        words = f"they are all that serve {harmless(worse[0].version or '')}"
        facts.append(Fact(FactKey.FEW_REPLICAS_ARE_A_VERSION, words))
    return Finding(CauseKind.BAD_REPLICA, tuple(facts))


def _rest_is_healthy(scene: Scene, worse: Sequence[Part], replicas: Sequence[Part]) -> bool:
    """Return whether most of the other replicas are as they were before the onset, as far as that is known."""
    healthy, told = 0, 0
    for part in replicas:
        if part in worse:
            continue
        earlier, later = level_of(scene, part, scene.before), level_of(scene, part, scene.after)
        if earlier is None or later is None:
            continue
        told += 1
        slack = 0.01 if scene.measure is Measure.ERRORS else 0.0
        healthy += later <= SLOWER * earlier + slack
    return told == 0 or healthy > told / 2


def _are_a_version(worse: Sequence[Part], replicas: Sequence[Part]) -> bool:
    """Return whether the worse replicas are exactly those of one version, while others run another one."""
    version = worse[0].version
    if version is None or any(part.version != version for part in worse):
        return False
    rest = [part for part in replicas if part not in worse]
    return all(part.version != version for part in rest)


def _told(worse: Sequence[Part], replicas: Sequence[Part], standings: dict[str, Standing]) -> str:
    first = worse[0]
    names = ", ".join(harmless(part.name) for part in worse[:MOST_NAMED])
    names += f" and {len(worse) - MOST_NAMED} more" if len(worse) > MOST_NAMED else ""
    nodes = {part.node for part in worse}
    node = next(iter(nodes))
    on_node = f" (on {harmless(node)})" if len(nodes) == 1 and node else ""
    rest = len(replicas) - len(worse)
    return standings[first.name].told(names + on_node, f"the other {rest}" if rest > 1 else "the other one")
