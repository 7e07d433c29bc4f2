"""Kills of a process that follows runs, at random points: nothing is lost, nothing is sent twice.

`python -m tests.engine.killing 500` prints what many of them came to; a second argument is the seed.
"""

import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import msgspec

from console.domain.action import Outcome
from console.journal.events import Intent, RunLine
from console.journal.file_journal import FILE_NAME, FileJournal
from console.playbooks.state import RunState, is_over
from console.playbooks.story import Story, begun_by, continued
from console.simulation.cluster.api import Api
from console.simulation.cluster.messages import Answer, Request
from tests.actions.kubernetes.world import SCALE_PATH
from tests.engine.killed_follower import STOP

SECONDS_OF_A_LIFE = 0.5
SECONDS_UNTIL_HOPELESS = 60.0
BY_THE_CLOCK = "by the clock"
AT_THE_REQUEST = ("before it arrives", "before it is applied", "before it is answered")
SHARE_AT_THE_REQUEST = 0.4
"""The share of consoles that are killed when their first, second or third request is on its way."""


class Killed(msgspec.Struct):
    """What happened: kills by when they struck, requests by the number of intents before them, and how runs ended."""

    kills: Counter[str] = msgspec.field(default_factory=Counter)
    requests: list[int] = msgspec.field(default_factory=list)
    applied: list[int] = msgspec.field(default_factory=list)
    runs: Counter[str] = msgspec.field(default_factory=Counter)
    torn: int = 0
    problems: list[str] = msgspec.field(default_factory=list)


class Killer:
    """Starts consoles and kills them, some by the clock and some at their request."""

    def __init__(self, directory: Path, seed: int) -> None:
        self._journal = directory / FILE_NAME
        self._random = random.Random(seed)
        self._console: int | None = None
        self._when = BY_THE_CLOCK
        self._requests_to_pass = 0
        self.seen = Killed()

    def watch(self, answer_of: "type[Api]") -> None:
        """Look at every request that changes the cluster."""
        answer = answer_of.answer

        def watched(api: Api, request: Request) -> Answer:
            if request.method != "PATCH" or request.dry_run or request.path != SCALE_PATH:
                return answer(api, request)
            intents = self._journal.read_bytes().count(b'"kind":"intent"')
            self.seen.requests.append(intents)
            when = self._when if not self._requests_to_pass else BY_THE_CLOCK
            self._requests_to_pass = max(0, self._requests_to_pass - 1)
            if when in AT_THE_REQUEST[:2]:
                self._kill()
            if when == AT_THE_REQUEST[0]:
                return Answer(status=503)
            answered = answer(api, request)
            if answered.status == 200:
                self.seen.applied.append(intents)
            if when == AT_THE_REQUEST[2]:
                self._kill()
            return answered

        answer_of.answer = watched  # type: ignore[method-assign, assignment]  # the one who calls puts it back

    async def one_life(self, nursery: asyncio.subprocess.Process) -> None:
        """Start a console and kill it."""
        is_at_request = self._random.random() < SHARE_AT_THE_REQUEST
        self._when = self._random.choice(AT_THE_REQUEST) if is_at_request else BY_THE_CLOCK
        self._requests_to_pass = self._random.randrange(3) if is_at_request else 0
        self._console = await begun(nursery)
        ended = asyncio.create_task(line_of(nursery))
        seconds = self._random.uniform(0.0, SECONDS_OF_A_LIFE)
        await asyncio.wait({ended}, timeout=4 * SECONDS_OF_A_LIFE if is_at_request else seconds)
        if self._console is not None:
            self._when = BY_THE_CLOCK
            self._kill()
        code = int(await ended)
        if code != -signal.SIGKILL:
            self.seen.problems.append(f"a console ended by itself: {code}")

    def _kill(self) -> None:
        if self._console is not None:
            os.kill(self._console, signal.SIGKILL)
            self.seen.kills[self._when] += 1
            self._console = None

    async def last_life(self, nursery: asyncio.subprocess.Process) -> None:
        """Let a console end what is open."""
        self._when, self._console = BY_THE_CLOCK, None
        await begun(nursery)
        async with asyncio.timeout(SECONDS_UNTIL_HOPELESS):
            code = int(await line_of(nursery))
        if code != 0:
            self.seen.problems.append(f"the last console failed: {code}")


async def begun(nursery: asyncio.subprocess.Process) -> int:
    """Have a console started; return its process id."""
    assert nursery.stdin is not None
    nursery.stdin.write(b"\n")
    return int(await line_of(nursery))


async def line_of(nursery: asyncio.subprocess.Process) -> str:
    """Return the next line of the nursery."""
    assert nursery.stdout is not None
    line = await nursery.stdout.readline()
    if not line:
        raise RuntimeError("the nursery has ended")
    return line.decode().strip()


async def kill_consoles(directory: Path, kills: int, seed: int, pod: str) -> Killed:
    """Kill consoles before the cluster of a directory's kubeconfig; return what came of it."""
    answer = Api.answer
    killer = Killer(directory, seed)
    killer.watch(Api)
    nursery = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.engine.killed_follower", str(directory), pod),
        cwd=Path(__file__).parents[2],
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        for _ in range(kills):
            await killer.one_life(nursery)
        (directory / STOP).touch()
        await killer.last_life(nursery)
    finally:
        Api.answer = answer  # type: ignore[method-assign]  # as it was
        assert nursery.stdin is not None
        nursery.stdin.close()
        await nursery.wait()
    judge(directory, killer.seen)
    return killer.seen


def judge(directory: Path, seen: Killed) -> None:
    """Add what the journal does not explain, what was sent twice, and what was lost, a line each."""
    contents = FileJournal(directory).load()
    seen.torn = sum(problem.is_torn for problem in contents.problems)
    seen.problems += [f"line {each.line}: {each.reason}" for each in contents.problems if not each.is_torn]
    stories: dict[str, Story] = {}
    intents: dict[str, list[int]] = {}
    number = 0
    for event in contents.events:
        if isinstance(event, RunLine):
            before = stories.get(event.run_id)
            story = continued(before, event) if before is not None else begun_by(event)
            if story is None:
                seen.problems.append(f"run {event.run_id} has no beginning")
            else:
                stories[event.run_id] = story
        elif isinstance(event, Intent):
            number += 1
            intents.setdefault(event.reference.run_id, []).append(number)
    twice = [intent for intent, count in Counter(seen.requests).items() if count > 1]
    seen.problems += [f"intent {intent} was sent more than once" for intent in twice]
    for run_id, story in stories.items():
        seen.problems += told_of(run_id, story, intents.get(run_id, []), seen)
        seen.runs[how_it_ended(story.state)] += 1


def told_of(run_id: str, story: Story, intents: list[int], seen: Killed) -> list[str]:
    """Return what is wrong with a run, a line each."""
    problems = []
    if story.unexplained is not None:
        problems.append(f"run {run_id}: {story.unexplained}")
    elif not is_over(story.state):
        problems.append(f"run {run_id} was lost at {story.state.active}")
    if len(intents) > 1:
        problems.append(f"run {run_id} sent {len(intents)} plans")
    outcome = outcome_of(story.state)
    if set(intents) & set(seen.applied) and outcome is None:
        problems.append(f"run {run_id} was applied and does not know it")
    if outcome in (Outcome.APPLIED, Outcome.VERIFIED) and not set(intents) & set(seen.applied):
        problems.append(f"run {run_id} takes for applied what never was")
    return problems


def outcome_of(state: RunState) -> Outcome | None:
    """Return what a run knows of what it sent, None where it sent nothing."""
    return state.sent[-1].outcome if state.sent else None


def how_it_ended(state: RunState) -> str:
    """Return the end of a run in a word."""
    outcome = outcome_of(state)
    return "nothing sent" if outcome is None else outcome.value


async def main(kills: int, seed: int) -> int:
    """Kill many consoles and print what came of it; return how many problems there were."""
    from tests.actions.kubernetes.world import a_world

    started, cpu = time.perf_counter(), os.times()
    with tempfile.TemporaryDirectory() as folder:
        async with a_world(Path(folder)) as world:
            pod = world.cluster.pods("ml", "fraud")[0].name
            seen = await kill_consoles(Path(folder), kills, seed, pod)
    used = sum(os.times()[:4]) - sum(cpu[:4])
    told = ", ".join(f"{count} {when}" for when, count in sorted(seen.kills.items()))
    ended = ", ".join(f"{count} {how}" for how, count in sorted(seen.runs.items()))
    print(f"{sum(seen.kills.values())} kills ({told}), {len(seen.requests)} requests, {seen.torn} torn lines")
    print(f"{sum(seen.runs.values())} runs: {ended}")
    print(f"{time.perf_counter() - started:.0f} s, {used:.0f} s of CPU, {len(seen.problems)} problems (seed {seed})")
    for problem in seen.problems:
        print(problem)
    return len(seen.problems)


if __name__ == "__main__":
    chosen = [int(argument) for argument in sys.argv[1:]] or [500]
    sys.exit(min(1, asyncio.run(main(chosen[0], chosen[1] if len(chosen) > 1 else 1))))
