"""The risk of a replica count, and the same change as a person would type it."""

from console.actions.kubernetes.kubectl import kubectl_command
from console.domain.action import RiskTier
from console.domain.model import Target


def scale_tier(seen: int, wanted: int) -> RiskTier:
    """Return the risk: up to twice as many is bounded, none at all is hard to undo, everything else has wide effect."""
    if wanted == 0:
        return RiskTier.HARD_TO_UNDO
    return RiskTier.BOUNDED if seen < wanted <= 2 * seen else RiskTier.WIDE


def scale_command(target: Target, seen: int, wanted: int, kubeconfig: str | None = None) -> str:
    """Return the command line for kubectl, quoted for a shell; `--current-replicas` is its precondition."""
    counts = (f"--replicas={wanted}", f"--current-replicas={seen}")
    return kubectl_command(target, kubeconfig, "scale", f"{target.kind.lower()}/{target.name}", *counts)
