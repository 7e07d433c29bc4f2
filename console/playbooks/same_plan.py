"""Whether a plan that was made anew says what was shown, so that it may be sent by the key that the older one got."""

import re

import msgspec

from console.domain.action import Plan

_HOW_LONG_AGO = re.compile(r"\d+ (?:s|min|h|d)(?: \d+ (?:min|h))? ago")


def says_the_same(shown: Plan, anew: Plan) -> bool:
    """Return whether two plans differ only in when they were made: same request, risk, dry run, notes and refusals."""
    return _said(shown) == _said(anew)


def _said(plan: Plan) -> Plan:
    """Return all that a plan tells a person, without its instants."""
    return msgspec.structs.replace(
        plan,
        made_at=0.0,
        notes=tuple(_HOW_LONG_AGO.sub("ago", note) for note in plan.notes),
    )
