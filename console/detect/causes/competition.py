"""Causes compete for one onset: what was found becomes confidences that add up to one, `unknown` among them."""

from collections.abc import Mapping, Sequence

from console.detect.causes.finding import Fact, Finding
from console.detect.causes.weights import PRIORS
from console.domain.anomaly import Cause, CauseKind

LEAST_TOLD = 0.05
"""The confidence below which a cause is not worth a line."""
MOST_TOLD = 3


def confidences(findings: Sequence[Finding], priors: Mapping[CauseKind, float] = PRIORS) -> dict[CauseKind, float]:
    """Return the confidence of each cause, as naive Bayes has it: prior times ratios, normalised."""
    weights = {finding.cause: priors[finding.cause] * finding.ratio for finding in findings}
    weights[CauseKind.UNKNOWN] = priors[CauseKind.UNKNOWN]
    total = sum(weights.values())
    return {kind: weight / total for kind, weight in weights.items()}


def causes_of(findings: Sequence[Finding], priors: Mapping[CauseKind, float] = PRIORS) -> tuple[Cause, ...]:
    """Return the causes worth a line, the likeliest first; `unknown` only where nothing is likelier.

    A cause that nothing speaks for is not named, however many of the others were ruled out.
    """
    shares = confidences(findings, priors)
    by_kind = {finding.cause: finding for finding in findings if finding.speaks_for}
    ranked = sorted([*by_kind, CauseKind.UNKNOWN], key=lambda kind: (-shares[kind], kind))
    if ranked[0] is not CauseKind.UNKNOWN:
        ranked.remove(CauseKind.UNKNOWN)
    told = [kind for kind in ranked if kind is ranked[0] or shares[kind] >= LEAST_TOLD][:MOST_TOLD]
    return tuple(
        _unknown(findings, shares[kind]) if kind is CauseKind.UNKNOWN else _cause(by_kind[kind], shares[kind])
        for kind in told
    )


def _cause(finding: Finding, confidence: float) -> Cause:
    spoken = [fact.words for fact in finding.facts if fact.speaks_for]
    against = [fact.words for fact in finding.facts if not fact.speaks_for]
    return Cause(finding.cause, confidence, spoken[0], (*spoken[1:], *against), finding.replicas)


def _unknown(findings: Sequence[Finding], confidence: float) -> Cause:
    ruled_out = [
        f"not {finding.cause.replace('_', ' ')}: {_against(finding).words}" for finding in findings if finding.ratio < 1
    ]
    unread = dict.fromkeys(finding.untestable for finding in findings if finding.untestable)
    evidence = (*ruled_out, *([f"could not be read: {', '.join(unread)}"] if unread else []))
    return Cause(CauseKind.UNKNOWN, confidence, "none of the known causes passes its test", evidence)


def _against(finding: Finding) -> Fact:
    return min(finding.facts, key=lambda fact: fact.ratio)
