"""The risk of a plan as it is shown: what its provider computed, raised by the configuration and never lowered."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

import msgspec

from console.domain.action import Plan, RiskTier


def with_raised_tier(plan: Plan, tiers: Mapping[str, int]) -> Plan:
    """Return a plan with the highest of its own tier and those of the globs that its action's name matches."""
    raised = max((tier for glob, tier in tiers.items() if fnmatchcase(plan.action, glob)), default=0)
    return at_least(plan, raised)


def at_least(plan: Plan, tier: int) -> Plan:
    """Return a plan whose tier is at least this one."""
    return plan if plan.tier >= tier else msgspec.structs.replace(plan, tier=RiskTier(tier))
