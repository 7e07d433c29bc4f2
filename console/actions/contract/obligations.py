"""Runs the checks of the contract: one by one under any test framework, or all of them without one."""

from collections.abc import Iterable

import msgspec

from console.actions.contract.checks import Check, ContractBroken, checks_of
from console.actions.contract.stand import Case


class Obligation(msgspec.Struct, frozen=True):
    """One check of one action, to be awaited; its text names both."""

    case: Case
    check: Check

    def __str__(self) -> str:
        return f"{self.case.name}: {self.check.__name__.removeprefix('check_').replace('_', ' ')}"

    async def __call__(self) -> None:
        """Make a stand and check the action on it.

        Raises:
            ContractBroken: the action does not do what every action must.
        """
        async with self.case.make() as stand:
            found, meant = stand.action.specification.name, self.case.action
            if meant not in (None, found):
                raise ContractBroken(f"the stand is one of {found}, not of {meant}")
            await self.check(stand, self.case.lacking)


def obligations(cases: Iterable[Case]) -> tuple[Obligation, ...]:
    """Return everything that some actions have to show, each on a stand of its own."""
    return tuple(Obligation(case, check) for case in cases for check in checks_of(case.lacking))


async def findings(cases: Iterable[Case]) -> list[str]:
    """Return what some actions do not do although every action must, a line each; an empty list is what is wanted."""
    found = []
    for obligation in obligations(cases):
        try:
            await obligation()
        except ContractBroken as broken:
            found.append(f"{obligation}: {broken}")
    return found
