"""A run of kubectl ends when kubectl ends, whatever a login left behind."""

import asyncio
import os

from console.transport.kubernetes.kubectl_process import run_kubectl

ENVIRONMENT = {"PATH": os.environ["PATH"]}
LEFT_BEHIND = "setsid sleep 20 & "
"""A browser that a login opened: in a session of its own, with the output of kubectl still open."""


async def test_a_child_that_goes_on_with_the_pipes_holds_nothing_up() -> None:
    async with asyncio.timeout(10):
        finished = await run_kubectl(["/bin/sh", "-c", LEFT_BEHIND + "cat; echo no >&2"], ENVIRONMENT, b"said", 5.0)
    assert (finished.code, finished.output, finished.complaint) == (0, b"said", "no\n")
    assert not finished.timed_out


async def test_one_that_takes_too_long_ends_though_its_child_goes_on() -> None:
    async with asyncio.timeout(10):
        finished = await run_kubectl(["/bin/sh", "-c", LEFT_BEHIND + "sleep 20"], ENVIRONMENT, b"", 0.2)
    assert finished.timed_out


async def test_a_body_that_nobody_reads_holds_nothing_up() -> None:
    async with asyncio.timeout(10):
        finished = await run_kubectl(["/bin/sh", "-c", "exit 3"], ENVIRONMENT, b"x" * 2**20, 5.0)
    assert (finished.code, finished.timed_out) == (3, False)
