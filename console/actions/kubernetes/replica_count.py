"""What it means to set a count of replicas, whatever runs the pods: its risk, its words, its limit and its command."""

from console.actions.kubernetes.kubectl import kubectl_command
from console.actions.kubernetes.patching_action import Description
from console.domain.action import RiskTier
from console.domain.model import Target
from console.domain.quantity import how_many


def scale_tier(seen: int, wanted: int) -> RiskTier:
    """Return the risk: up to twice as many is bounded, none at all is hard to undo, everything else has wide effect."""
    if wanted == 0:
        return RiskTier.HARD_TO_UNDO
    return RiskTier.BOUNDED if seen < wanted <= 2 * seen else RiskTier.WIDE


def count_description(
    scaled: str,
    seen: int,
    wanted: int,
    *,
    tier: RiskTier,
    notes: tuple[str, ...],
    refusals: tuple[str, ...],
    command: str | None = None,
) -> Description:
    """Return what it means for an object, which is called `scaled`, to run so many replicas."""
    return Description(
        title=f"Scale {scaled} from {seen} to {how_many(wanted, 'replica')}",
        confirm=f"scale to {wanted}",
        tier=tier,
        undo=f"Scale {scaled} back to {how_many(seen, 'replica')}",
        watch=(f"{wanted} of {how_many(wanted, 'replica')} available",),
        notes=notes,
        refusals=refusals,
        command=command,
    )


def over_the_limit(wanted: object, most: int) -> tuple[str, ...]:
    """Return that a count is more than the configuration lets a person ask for, nothing where it is not."""
    if not isinstance(wanted, int) or wanted <= most:
        return ()
    return (f"{how_many(wanted, 'replica is', 'replicas are')} over the limit of {most} (kubernetes.max_replicas)",)


def scale_command(target: Target, seen: int, wanted: int, kubeconfig: str | None = None) -> str:
    """Return the command line for kubectl, quoted for a shell; `--current-replicas` is its precondition."""
    counts = (f"--replicas={wanted}", f"--current-replicas={seen}")
    return kubectl_command(target, kubeconfig, "scale", f"{target.kind.lower()}/{target.name}", *counts)
