"""What an action costs this console: `python benchmarks/action_cost.py`.

The CPU time of the whole process, screen and engine, from the key that asks for a plan until the plan is painted, and
from the key that confirms it until its request leaves (what the journal waits for on disk costs no CPU), beside one
bare dry-run request of the same bytes by httpx to the same server, in the same process and in turns; medians. A bare
request opens its connection as a script's does. The cluster is simulated, in a process of its own, over TLS.
Exit status 1 when a budget is missed.
"""

import asyncio
import base64
import json
import os
import queue
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
import msgspec
import yaml
from process_cost import compile_console, verdict
from textual.pilot import Pilot

from console.actions.kubernetes.scale import SCALE
from console.domain.action import Request
from console.domain.command import EndRun
from console.domain.run import Run
from console.engine.loop import Engine
from console.engine.parts import make_engine
from console.settings.file import read_settings
from console.simulation.scenario import find_scenario
from console.simulation.world import SimulatedWorld
from console.transport.kubernetes.answers import Answer
from console.transport.kubernetes.authentication import Connection
from console.transport.kubernetes.requests import ApiRequest
from console.tui.app import ConsoleApp
from console.tui.messages import Value
from console.tui.screens.actions import ActionsScreen

MODEL, FEW, MANY = "eta", 5, 6
WARM_UP, ROUNDS = 3, 15
"""What is imported and made once is not the cost of a key."""
PLAN_BUDGET, COMMIT_BUDGET = 3.0, 1.0
PATIENCE_SECONDS, SETTLED_SECONDS, ARMED_SECONDS, LOOK_SECONDS = 60.0, 0.4, 0.7, 0.005
REFRESH_SECONDS = 3600.0
"""The refresh of the fleet is no part of it."""


class Cost(msgspec.Struct, frozen=True):
    """CPU seconds of one round each."""

    plans: list[float]
    commits: list[float]
    bare: list[float]


def main() -> int:
    """Measure, print and return the exit status."""
    compile_console()
    return asyncio.run(_beside_a_world())


async def _beside_a_world() -> int:
    async with SimulatedWorld(find_scenario("quiet"), environment=os.environ) as world:
        command = [sys.executable, __file__, str(world.config_path)]
        process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
        written, _ = await process.communicate()
    if process.returncode:
        return process.returncode
    cost = msgspec.json.decode(written, type=Cost)
    kept = [
        verdict("from the key to the plan on the screen", cost.plans, cost.bare, PLAN_BUDGET),
        verdict("from the key that confirms to the request", cost.commits, cost.bare, COMMIT_BUDGET),
    ]
    return 0 if all(kept) else 1


async def _measure(config: Path) -> Cost:
    """Plan and send scalings of a model, up and down, by the keys of the list of actions."""
    settings = read_settings(config, os.environ)
    assert settings.kubernetes is not None
    cluster = msgspec.structs.replace(settings.kubernetes, write=True)
    settings = msgspec.structs.replace(settings, refresh=REFRESH_SECONDS, kubernetes=cluster)

    def engine_of(publish: Callable[[Value], None], crashed: Callable[[BaseException], None]) -> Engine:
        return make_engine(settings, environment=os.environ, at=None, publish=publish, crashed=crashed)

    app, cost = ConsoleApp(engine_of), Cost([], [], [])
    with _noticed_sending() as sent:
        async with app.run_test(size=(120, 40)) as pilot:
            await _until(lambda: app.snapshot is not None and app.snapshot.find(MODEL) is not None)
            for turn in range(WARM_UP + ROUNDS):
                replicas = FEW if turn % 2 else MANY
                planned, confirmed, request = await _one_round(app, pilot, replicas, sent)
                bare = await asyncio.to_thread(_bare, settings.kubernetes.kubeconfig, request)
                if turn >= WARM_UP:
                    cost.plans.append(planned)
                    cost.commits.append(confirmed)
                    cost.bare.append(bare)
            app.stop_engine(PATIENCE_SECONDS)
    return cost


async def _one_round(
    app: ConsoleApp, pilot: Pilot[None], replicas: int, sent: queue.Queue[float]
) -> tuple[float, float, Request]:
    """Return what a plan and its confirmation cost, and the request that was sent."""
    screen = ActionsScreen(MODEL, SCALE.name)
    await app.push_screen(screen)
    await _until(lambda: screen.works(app.keymap.action("actions.choose")))
    await pilot.pause(SETTLED_SECONDS)
    await pilot.press("enter", *f"{replicas}")
    earlier = {run.id for run in app.runs.listed}
    found: list[Run] = []

    def is_planned() -> bool:
        found[:] = [run for run in app.runs.listed if run.id not in earlier and run.plan is not None]
        return bool(found)

    before = time.process_time()
    await pilot.press("enter")
    await _until(is_planned)
    await pilot.pause()
    planned = time.process_time() - before
    plan = found[0].plan
    assert plan is not None
    assert not plan.refusals, plan.refusals
    await pilot.pause(ARMED_SECONDS)
    before = time.process_time()
    await pilot.press("y")
    confirmed = await asyncio.to_thread(sent.get, timeout=PATIENCE_SECONDS) - before
    await _until(lambda: (run := app.runs.find(found[0].id)) is not None and run.commitment is not None)
    app.send(EndRun(found[0].id))
    await _until(lambda: (run := app.runs.find(found[0].id)) is not None and run.ended is not None)
    while app.screen is not app.screen_stack[0]:
        app.pop_screen()
    await pilot.pause(SETTLED_SECONDS)
    return planned, confirmed, plan.request


@contextmanager
def _noticed_sending() -> Iterator[queue.Queue[float]]:
    """Give a queue of the CPU time at which each request that changes something is handed to the HTTP client."""
    sent: queue.Queue[float] = queue.Queue()
    exchange = Connection.exchange

    async def noticed(connection: Connection, request: ApiRequest, **given: Any) -> Answer:
        if request.mutates:
            sent.put(time.process_time())
        return await exchange(connection, request, **given)

    with mock.patch.object(Connection, "exchange", noticed):
        yield sent


def _bare(kubeconfig: str | None, request: Request) -> float:
    """Return what the dry run of the same bytes costs as a script sends it."""
    assert kubeconfig is not None
    document = yaml.safe_load(Path(kubeconfig).expanduser().read_text(encoding="utf-8"))
    cluster, user = document["clusters"][0]["cluster"], document["users"][0]["user"]
    authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
    headers = {"Authorization": f"Bearer {user['token']}", "Content-Type": request.content_type}
    seen = request.body[1]["value"]  # the replicas have moved since: the precondition follows, the bytes stay as many
    wanted = request.body[2]["value"]
    body = [request.body[0], {**request.body[1], "value": wanted}, {**request.body[2], "value": seen}]
    before = time.thread_time()
    with httpx.Client(verify=ssl.create_default_context(cadata=authority), trust_env=False) as client:
        answer = client.patch(
            cluster["server"] + request.path, params={"dryRun": "All"}, headers=headers, content=json.dumps(body)
        )
    spent = time.thread_time() - before
    assert answer.status_code == 200, answer.text
    return spent


async def _until(is_so: Callable[[], bool]) -> None:
    """Look rarely, so that looking costs next to nothing."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        await asyncio.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(_measure(Path(sys.argv[1])))))
        sys.exit(0)
    sys.exit(main())
