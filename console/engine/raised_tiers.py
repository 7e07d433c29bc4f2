"""The risk of a plan as it is shown: what its provider computed, raised by the configuration and never lowered."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

import msgspec

from console.domain.action import Plan, RiskTier


def with_raised_tier(plan: Plan, tiers: Mapping[str, int]) -> Plan:
    """Return a plan with the highest of its own tier and those of the globs that its action's name matches."""
    return at_least(plan, raised_for(plan.action, tiers))


def raised_for(action: str, tiers: Mapping[str, int]) -> int:
    """Return the highest tier of the globs that the name of an action matches, 0 where none does."""
    return max((tier for glob, tier in tiers.items() if fnmatchcase(action, glob)), default=0)


def at_least(plan: Plan, tier: int) -> Plan:
    """Return a plan whose tier is at least this one."""
    return plan if plan.tier >= tier else msgspec.structs.replace(plan, tier=RiskTier(tier))
