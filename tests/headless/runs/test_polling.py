"""What breaks while a run is followed ends the command, which would wait for ever otherwise."""

import asyncio

import pytest

from console.engine.parts import Parts
from console.headless.commands.playbook_run import PlaybookBeginning
from console.headless.runs.consent import Consent
from console.headless.runs.decisions import Decider
from console.headless.runs.following import Following
from console.headless.runs.telling import RunTeller
from console.settings.settings import Settings


async def a_refresh_that_breaks() -> None:
    raise RuntimeError("a bug of a source")


async def test_a_refresh_that_breaks_ends_the_command() -> None:
    following = Following(
        Settings(), PlaybookBeginning("scale-out", "eta", rehearse=False), Decider(Consent()), RunTeller("text")
    )
    nothing_is_asked_of_it = Parts.__new__(Parts)
    async with asyncio.timeout(5):
        with pytest.raises(RuntimeError, match="a bug of a source"):
            await following._until_stop(nothing_is_asked_of_it, following._watched(a_refresh_that_breaks()))
