"""What each part of the judgement buys: labelled fleets are judged again and again, each time without one part.

    .venv/bin/python benchmarks/ablation.py [--incidents 25] [--healthy 20] [--seed 1]

A part that buys nothing goes. The servers are asked once: what they answered is remembered, so that a part costs the
judgement alone. `false` counts anomalies of healthy models, of those with an incident the time before it.
"""

import argparse
import asyncio
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from unittest.mock import patch

import httpx
import msgspec
import numpy

from console.detect.baseline.detector import detect
from console.detect.baseline.views import EVERY_VIEW, View
from console.detect.causes import explanation
from console.domain.anomaly import CauseKind
from console.domain.signal import ERROR_RATIO, LATENCY_MEAN, LATENCY_P99, QUEUE, SATURATION, TRAFFIC
from console.engine.refresh import Refresher
from console.history.view import History
from console.settings.settings import JudgementSettings, Settings
from console.transport.http import SourceError
from tests.scenarios.backfill import served_world
from tests.scenarios.looking import instants, look, settings_of
from tests.scenarios.run import healthy_tasks, tasks
from tests.scenarios.scoring import Score, calibration_error, score
from tests.scenarios.world import World

Off = Callable[[], AbstractContextManager[object]]
_EXPLANATION = "console.detect.causes.explanation"
_UNUSUAL = "console.detect.unusual"
_HEALTHY_DAYS = 0.5


class Part(msgspec.Struct, frozen=True):
    """One part: `off` gives a context without it, `judgement` are settings that do the same."""

    name: str
    off: Off = nullcontext
    judgement: dict[str, float] = {}

    def settings(self, settings: Settings) -> Settings:
        """Return the settings without the part."""
        judgement = {**msgspec.structs.asdict(settings.judgement), **self.judgement}
        return msgspec.structs.replace(settings, judgement=JudgementSettings(**judgement))


def _replaced(target: str, stand_in: Callable[..., object]) -> Off:
    return lambda: patch(target, stand_in)


def _without_cause(kind: CauseKind) -> Off:
    examine = explanation.examine

    def without(scene: Any) -> Any:
        return tuple(finding for finding in examine(scene) if finding.cause is not kind)

    return _replaced(f"{_EXPLANATION}.examine", without)


PARTS = (
    Part("(all parts)"),
    *(Part(f"cause: {kind}", _without_cause(kind)) for kind in CauseKind if kind is not CauseKind.UNKNOWN),
    Part("causes: beside other models", _replaced(f"{_EXPLANATION}._beside_others", lambda one, _: one.circumstances)),
    Part("causes: one story of a model", _replaced(f"{_EXPLANATION}._of_the_same_story", lambda one, _: one)),
    Part("rule: beyond the baseline", _replaced("console.detect.judge.judge_unusual", lambda *_: [])),
    Part(
        "guard: two signals agree",
        _replaced("console.detect.unusual._agreeing", lambda _, odd: [[each] for each in odd]),
    ),
    Part("guard: restarts", _replaced("console.detect.restarts._returns", lambda *_: [])),
    Part("baseline: seasons", _replaced("console.detect.baseline.expectation._seasons", lambda *_: [])),
    Part("rule: sudden errors", _replaced("console.detect.errors.goes_on", lambda *_: False)),
    Part("guard: confirmation", judgement={"confirm": 0.0}),
    Part("guard: least traffic", judgement={"minimum_traffic": 0.0}),
    Part("guard: least failed requests", judgement={"minimum_failed_requests": 0.0}),
)


_SCORED = (TRAFFIC, ERROR_RATIO, LATENCY_MEAN, LATENCY_P99, SATURATION, QUEUE)
_CHOICES: dict[str, tuple[View, ...]] = {
    "all views": EVERY_VIEW,
    **{f"without {view}": tuple(each for each in EVERY_VIEW if each is not view) for view in EVERY_VIEW},
    **{f"{view} alone": (view,) for view in EVERY_VIEW},
}


@contextmanager
def remembered_answers() -> Iterator[None]:
    """Ask each question of a server once, and remember what it answered."""
    ask = httpx.AsyncHTTPTransport.handle_async_request
    answers: dict[tuple[str, bytes], tuple[int, list[tuple[bytes, bytes]], bytes]] = {}

    async def remember(self: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        question = (str(request.url), await request.aread())
        if question not in answers:
            response = await ask(self, request)
            if not isinstance(response.stream, httpx.AsyncByteStream):
                raise TypeError(f"{request.url} did not answer with a stream")
            body = b"".join([part async for part in response.stream])
            await response.aclose()
            answers[question] = (response.status_code, response.headers.raw, body)
        status, headers, body = answers[question]
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body), request=request)

    with patch.object(httpx.AsyncHTTPTransport, "handle_async_request", remember):
        yield


async def history_at_the_end(world: World, url: str) -> History:
    """Return the past of a fleet at its end, with a week of each signal."""
    async with Refresher(settings_of(world, url), environment={}, clock=lambda: world.ends) as refresher:
        if refresher.metrics is None:
            raise TypeError("a fleet of metrics was asked for")
        loaded = await refresher.metrics.load(world.ends)
        if isinstance(loaded, SourceError):
            raise loaded
        return loaded.history


class Marked(msgspec.Struct, frozen=True):
    """In how many of the `incidents` a signal was marked in time, and how many of the healthy `points` were."""

    found: int = 0
    incidents: int = 0
    marks: int = 0
    points: int = 0

    def __add__(self, other: "Marked") -> "Marked":
        """Return both together."""
        return Marked(*map(int.__add__, msgspec.structs.astuple(self), msgspec.structs.astuple(other)))


def by_views(world: World, history: History, views: tuple[View, ...]) -> Marked:
    """Return what some views alone mark in the weeks of a fleet.

    In time is within a quarter of an hour: the points are means of five minutes.
    """
    found: set[str] = set()
    marks = points = 0
    labels = {label.model: label for label in world.labels}
    for signal in _SCORED:
        week = history.weeks.get(signal.name)
        if week is None:
            continue
        values = numpy.asarray(week.values, dtype=numpy.float64)
        flags = detect(values, week.grid.step, signal.bad, views).anomalies
        instants = week.grid.start + week.grid.step * numpy.arange(values.shape[1])
        for past, row, marked in zip(history.models, values, flags, strict=True):
            label = labels[past.model.name.raw]
            onset = label.onset if label.is_incident else math.inf
            if marked[(instants > onset) & (instants <= onset + 900.0)].any():
                found.add(label.model)
            healthy = (instants < onset - 600.0) & (row == row)
            marks, points = marks + int(marked[healthy].sum()), points + int(healthy.sum())
    return Marked(len(found), sum(label.is_incident for label in world.labels), marks, points)


async def without_each(world: World, number: int) -> tuple[list[Score], list[Marked]]:
    """Return the score of a fleet without each of the parts, and what each choice of views marks."""
    looked = instants(world)
    scores = []
    async with served_world(world) as url:
        history = await history_at_the_end(world, url)
        marked = [by_views(world, history, views) for views in _CHOICES.values()]
        with remembered_answers():
            for part in PARTS:
                with part.off():
                    said = await look(part.settings(settings_of(world, url)), len(world.models), looked)
                scores.append(score(number, world.labels, said, looked))
                print(f"fleet {number}: {part.name}", file=sys.stderr)
    return scores, marked


def row(name: str, total: Score) -> str:
    """Return a line of the table."""
    answers = [answer for result in total.results for answer in result.answers]
    shares = [
        [result.in_time for result in total.results],
        [answer.kind for answer in answers],
        [answer.cause for answer in answers if answer.cause is not None],
        [answer.playbook for answer in answers if answer.playbook is not None],
    ]
    told = "".join(f"{100.0 * sum(each) / len(each):>8.1f} %" if each else f"{'-':>10}" for each in shares)
    error = calibration_error(total.stated)
    return f"{name:<32}{told}{len(total.false):>8}{'-' if error is None else f'{error:.3f}':>9}"


def main(arguments: Sequence[str]) -> None:
    """Print what is lost without each part."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--incidents", type=int, default=25)
    parser.add_argument("--healthy", type=int, default=20, help="healthy models that are looked at for half a day")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    worlds = [task.world() for task in tasks(asked.incidents, asked.seed, ())]
    if asked.healthy:
        (task,) = healthy_tasks(1.0, asked.seed)[:1]
        few = task.look_alikes[: asked.healthy]
        worlds.append(msgspec.structs.replace(task, look_alikes=few, watched=_HEALTHY_DAYS).world())
    totals, marks = [Score() for _ in PARTS], [Marked() for _ in _CHOICES]
    for number, world in enumerate(worlds):
        scores, marked = asyncio.run(without_each(world, number))
        totals = [total + more for total, more in zip(totals, scores, strict=True)]
        marks = [total + more for total, more in zip(marks, marked, strict=True)]
    print(f"{'without':<32}{'in time':>10}{'kind':>10}{'cause':>10}{'playbook':>10}{'false':>8}{'ECE':>9}")
    for part, total in zip(PARTS, totals, strict=True):
        print(row(part.name, total))
    print(f"\n{'views of a series':<32}{'found':>10}{'marks in 1,000 healthy points':>34}")
    for name, each in zip(_CHOICES, marks, strict=True):
        print(f"{name:<32}{each.found / max(each.incidents, 1):>10.1%}{1000.0 * each.marks / each.points:>34.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
