"""`bad_replica`: a few replicas carry the slowness or the failures, and the rest is as healthy as before."""

from collections.abc import Sequence

from console.detect.causes.arrivals import newcomers
from console.detect.causes.beside import Standing, beside, carry_it_alone, serving
from console.detect.causes.finding import Fact, Finding
from console.detect.causes.load import Load
from console.detect.causes.saturation import is_at_limit
from console.detect.causes.scene import Scene
from console.detect.causes.weights import FactKey
from console.domain.anomaly import CauseKind
from console.domain.circumstances import Part
from console.domain.label import harmless

SINGLE = 0.2
"""The part of all replicas that may break at once by one machine."""
FEW = 0.34
"""The part of all replicas that are few: of three, one."""
MOST_NAMED = 3


def examine_bad_replica(scene: Scene, load: Load, saturation: Finding) -> Finding:
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
    rest = [part for part in replicas if part not in worse]
    if not carry_it_alone(scene, worse, rest, scene.after):
        words = f"{len(worse)} of {len(replicas)} replicas are worse, but the rest is not as before"
        return Finding(CauseKind.BAD_REPLICA, (Fact(FactKey.REST_NOT_WELL, words),))
    if len(worse) > max(1, FEW * len(replicas)):
        words = f"{len(worse)} of {len(replicas)} replicas are worse, and the rest is well"
        return Finding(CauseKind.BAD_REPLICA, (Fact(FactKey.MANY_REPLICAS, words),))
    key = FactKey.FEW_REPLICAS if len(worse) <= max(1, SINGLE * len(replicas)) else FactKey.SOME_REPLICAS
    facts = [Fact(key, _told(worse, replicas, standings))]
    if _are_a_version(worse, replicas):
        words = f"they are all that serve {harmless(worse[0].version or '')}"
        facts.append(Fact(FactKey.FEW_REPLICAS_ARE_A_VERSION, words))
    elif worse[0].version is None and len(newcomers(scene, worse)) == len(worse):
        facts.append(Fact(FactKey.FEW_REPLICAS_ARE_NEW, "they are those that are new"))
    if (load.is_more and not load.had_room) or is_at_limit(saturation):
        facts.append(Fact(FactKey.FEW_REPLICAS_UNDER_LOAD, "all carry as much as they can"))
    return Finding(CauseKind.BAD_REPLICA, tuple(facts), replicas=tuple(part.name for part in worse))


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
