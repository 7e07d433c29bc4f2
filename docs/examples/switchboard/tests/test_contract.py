"""The contract that every action of the console keeps, held by the one of Switchboard."""

import pytest
from switchboard_stand import CASES

from console.actions.contract import Obligation, obligations


@pytest.mark.parametrize("obligation", obligations(CASES), ids=str)
async def test_it_does_what_every_action_must(obligation: Obligation) -> None:
    await obligation()
