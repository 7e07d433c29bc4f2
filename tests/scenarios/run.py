"""Draws labelled fleets, looks at them as an engineer on call would, and tells how often the console was right.

`make scenarios`, `make scenarios ARGS="--incidents 50 --seed 7 --only surge,slow-version --misses"`.
"""

import argparse
import asyncio
import itertools
import math
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import msgspec

from tests.scenarios.backfill import served_world
from tests.scenarios.composing import Plan, compose, compose_healthy
from tests.scenarios.incidents import METRIC_INCIDENTS
from tests.scenarios.log_stories import LOG_INCIDENTS, LOG_LOOK_ALIKES, compose_logged
from tests.scenarios.logged_world import LoggedWorld, settings_of_logs, write_logs
from tests.scenarios.look_alikes import LOOK_ALIKES
from tests.scenarios.looking import instants, look, settings_of
from tests.scenarios.scoring import Score, score
from tests.scenarios.table import misses, table
from tests.scenarios.world import World

_IN_A_FLEET = 25
_LOOK_ALIKES_IN_A_FLEET = 8
_HEALTHY_IN_A_FLEET = 54
_LOGS_IN_A_FLEET = 6
_OF_LOGS = 0.12
"""How many of the incidents are those of logged predictions (ratio)."""
_WATCHED = 3.0
"""Days for which a healthy fleet is looked at."""
_ALIKE = {"slow-dependency": 3, "failing-dependency": 3}
"""How many incidents a story is, where it is not one."""


class Task(msgspec.Struct, frozen=True, tag=True):
    """A fleet to draw: by names of stories, so that it can be sent to another process."""

    seed: int
    incidents: tuple[str, ...]
    look_alikes: tuple[str, ...]
    days: float
    watched: float | None = None
    """Days for which a fleet in which nothing is wrong is looked at."""

    def world(self) -> World:
        """Return the fleet."""
        look_alikes = [LOOK_ALIKES[name] for name in self.look_alikes]
        if self.watched is not None:
            return compose_healthy(self.seed, look_alikes, days=self.days, watched=self.watched)
        return compose(self.seed, Plan([METRIC_INCIDENTS[name] for name in self.incidents], look_alikes, self.days))

    async def told(self) -> Score:
        """Draw the fleet, look at it and return its score."""
        world = self.world()
        looked = instants(world)
        async with served_world(world) as url:
            said = await look(settings_of(world, url), len(world.models), looked)
        return score(self.seed, world.labels, said, looked)


class LogTask(msgspec.Struct, frozen=True, tag=True):
    """A fleet of logged predictions to draw."""

    seed: int
    incidents: tuple[str, ...]
    look_alikes: tuple[str, ...]

    def world(self) -> LoggedWorld:
        """Return the fleet."""
        incidents = [LOG_INCIDENTS[name] for name in self.incidents]
        return compose_logged(self.seed, incidents, [LOG_LOOK_ALIKES[name] for name in self.look_alikes])

    async def told(self) -> Score:
        """Draw the fleet, look at it and return its score."""
        world = self.world()
        looked = world.looks()
        with tempfile.TemporaryDirectory(prefix="incident-console-") as folder:
            write_logs(world, Path(folder))
            said = await look(settings_of_logs(world, Path(folder)), len(world.models), looked)
        return score(self.seed, world.labels, said, looked)


def run(task: Task | LogTask) -> Score:
    """Draw a fleet, look at it and return its score."""
    return asyncio.run(task.told())


def tasks(incidents: int, seed: int, only: Sequence[str]) -> list[Task]:
    """Return the fleets that hold so many incidents together."""
    stories = itertools.cycle([name for name in METRIC_INCIDENTS if not only or name in only])
    chosen: list[str] = []
    while sum(_ALIKE.get(name, 1) for name in chosen) < incidents:
        chosen.append(next(stories))
    look_alikes = itertools.cycle(LOOK_ALIKES)
    parts = [tuple(chosen[first : first + _IN_A_FLEET]) for first in range(0, len(chosen), _IN_A_FLEET)]
    return [
        Task(
            seed=seed * 1000 + number,
            incidents=part,
            look_alikes=tuple(itertools.islice(look_alikes, _LOOK_ALIKES_IN_A_FLEET)),
            days=7.2 if number % 2 == 0 else 2.5,
        )
        for number, part in enumerate(parts)
    ]


def healthy_tasks(days: float, seed: int) -> list[Task]:
    """Return the fleets that are looked at for so many days of a model together, though nothing is wrong."""
    names = list(LOOK_ALIKES)
    fleets = math.ceil(days / (_HEALTHY_IN_A_FLEET * _WATCHED))
    look_alikes = tuple(names[number % len(names)] for number in range(_HEALTHY_IN_A_FLEET))
    return [Task(seed * 1000 + 500 + number, (), look_alikes, 7.2, _WATCHED) for number in range(fleets)]


def log_tasks(incidents: int, seed: int, only: Sequence[str]) -> list[LogTask]:
    """Return the fleets of logged predictions that hold so many incidents together."""
    stories = itertools.cycle([name for name in LOG_INCIDENTS if not only or name in only])
    chosen = tuple(itertools.islice(stories, incidents))
    parts = [chosen[first : first + _LOGS_IN_A_FLEET] for first in range(0, incidents, _LOGS_IN_A_FLEET)]
    return [LogTask(seed * 1000 + 900 + number, part, tuple(LOG_LOOK_ALIKES)) for number, part in enumerate(parts)]


def planned_tasks(incidents: int, healthy: float, seed: int, only: Sequence[str]) -> list[Task | LogTask]:
    """Return all fleets, the longest first; `only` are stories, none is all."""
    of_metrics = not only or not METRIC_INCIDENTS.keys().isdisjoint(only)
    of_logs = not only or not LOG_INCIDENTS.keys().isdisjoint(only)
    logged = round(incidents * (_OF_LOGS if of_metrics else 1.0)) if of_logs else 0
    return [
        *healthy_tasks(healthy, seed),
        *log_tasks(logged, seed, only),
        *(tasks(incidents - logged, seed, only) if of_metrics else ()),
    ]


def main(arguments: Sequence[str]) -> int:
    """Run from the command line; return the exit code."""
    stories = [*METRIC_INCIDENTS, *LOG_INCIDENTS]
    parser = argparse.ArgumentParser(prog="scenarios", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--incidents", type=int, default=200, help="how many incidents are drawn (200)")
    parser.add_argument("--seed", type=int, default=1, help="decides all that is random (1)")
    parser.add_argument("--healthy", type=float, default=300.0, help="days of healthy models that are looked at (300)")
    parser.add_argument("--only", default="", help=f"stories, with commas: {', '.join(stories)}")
    parser.add_argument("--jobs", type=int, default=2, help="fleets at the same time (2)")
    parser.add_argument("--misses", action="store_true", help="a line for each incident that was told wrongly")
    asked = parser.parse_args(arguments)
    only = [name for name in asked.only.split(",") if name]
    unknown = sorted(set(only) - set(stories))
    if unknown:
        parser.error(f"no story {unknown[0]!r}: expected one of {', '.join(stories)}")
    began = time.monotonic()
    total = Score()
    planned = planned_tasks(asked.incidents, asked.healthy, asked.seed, only)
    with ProcessPoolExecutor(asked.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        for number, part in enumerate(pool.map(run, planned), start=1):
            total += part
            print(f"fleet {number} of {len(planned)}, {time.monotonic() - began:.0f} s", file=sys.stderr)
    print(table(total))
    if asked.misses:
        print("", *misses(total), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
