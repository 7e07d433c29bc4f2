"""What breaks while a run is followed ends the command, which would wait for ever otherwise."""

import asyncio

import pytest

from console.engine.parts import Parts
from console.headless.commands.playbook_run import Request, _Following
from console.headless.playbook_run.decisions import Consent, Decider
from console.settings.settings import Settings


async def a_refresh_that_breaks() -> None:
    raise RuntimeError("a bug of a source")


async def test_a_refresh_that_breaks_ends_the_command() -> None:
    following = _Following(Settings(), Request("scale-out", "eta"), Decider(Consent()))
    nothing_is_asked_of_it = Parts.__new__(Parts)
    async with asyncio.timeout(5):
        with pytest.raises(RuntimeError, match="a bug of a source"):
            await following._until_stop(nothing_is_asked_of_it, following._watched(a_refresh_that_breaks()))
