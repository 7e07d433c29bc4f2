"""What each part of the judgement buys: labelled fleets are judged again and again, each time without one part.

    .venv/bin/python benchmarks/ablation.py [--incidents 25] [--healthy 20] [--seed 1]

A part that buys nothing goes. The servers are asked once: what they answered is remembered, so that a part costs the
judgement alone. `false` counts anomalies of healthy models, of those with an incident the time before it.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from unittest.mock import patch

import httpx
import msgspec

from console.detect.causes import explanation
from console.domain.anomaly import CauseKind
from console.settings.settings import JudgementSettings, Settings
from tests.scenarios.backfill import served_world
from tests.scenarios.looking import instants, look, settings_of
from tests.scenarios.run import healthy_tasks, tasks
from tests.scenarios.scoring import Score, calibration_error, score
from tests.scenarios.world import World

Off = Callable[[], AbstractContextManager[object]]
_EXPLANATION = "console.detect.causes.explanation"
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
    Part("rule: sudden errors", _replaced("console.detect.errors.goes_on", lambda *_: False)),
    Part("guard: confirmation", judgement={"confirm": 0.0}),
    Part("guard: least traffic", judgement={"minimum_traffic": 0.0}),
    Part("guard: least failed requests", judgement={"minimum_failed_requests": 0.0}),
)


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


async def without_each(world: World, number: int, parts: Sequence[Part]) -> list[Score]:
    """Return the score of a fleet without each of the parts."""
    looked = instants(world)
    scores = []
    async with served_world(world) as url:
        with remembered_answers():
            for part in parts:
                with part.off():
                    said = await look(part.settings(settings_of(world, url)), len(world.models), looked)
                scores.append(score(number, world.labels, said, looked))
                print(f"fleet {number}: {part.name}", file=sys.stderr)
    return scores


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
    totals = [Score() for _ in PARTS]
    for number, world in enumerate(worlds):
        scores = asyncio.run(without_each(world, number, PARTS))
        totals = [total + more for total, more in zip(totals, scores, strict=True)]
    print(f"{'without':<32}{'in time':>10}{'kind':>10}{'cause':>10}{'playbook':>10}{'false':>8}{'ECE':>9}")
    for part, total in zip(PARTS, totals, strict=True):
        print(row(part.name, total))


if __name__ == "__main__":
    main(sys.argv[1:])
