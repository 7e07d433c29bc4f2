"""What an action costs this console: `python benchmarks/action_cost.py`.

CPU time from the key that asks for a plan until the frame with the plan is ready to be written to the terminal, and
from the key that confirms it until its request is handed to the HTTP client (`fsync` aside, as the budget says), beside
one bare dry-run request of the same
bytes by httpx to the same server, in the same process and in turns; medians. A plan is asked for in two ways: in the
list of actions, which opens the screen of the run, and by the key of a decision in a playbook, whose screen is open.
The budgets are on the whole process, screen and all, against a bare request as a script sends it, connecting first.
What the threads of engine and screen do, and a bare request on a connection that is open, are told beside them. A key
comes as from the terminal's driver: Pilot would look for idle widgets and charge it to the key. The cluster is
simulated, in a process of its own, over TLS. Exit status 1 when a budget is missed.
"""

import asyncio
import base64
import json
import math
import os
import queue
import ssl
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import httpx
import msgspec
import yaml
from process_cost import compile_console, verdict
from textual import events
from textual._compositor import CompositorUpdate
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from console.actions.kubernetes.scale import SCALE
from console.domain.action import Plan, Request
from console.domain.command import EndRun, GiveParameter
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
from console.tui.collector import spare_what_stays
from console.tui.messages import Value
from console.tui.panels.plan import plan_lines
from console.tui.screens.actions import ActionsScreen
from console.tui.screens.one_run import WantedRun
from console.tui.screens.playbook import PlaybookScreen

MODEL, FEW, MANY = "eta", 5, 6
PLAYBOOK, ITS_KEY, ITS_VALUE = "scale-at-once", "s", "replicas"  # a decision that leads to a scaling, and what it asks
ITS_TEXT = """\
apiVersion: incident-console/v1
kind: Playbook
metadata: {id: scale-at-once, version: 1, title: Scale at once, owners: [benchmark], reviewed: 2026-11-26}
match: [{anomaly: {kind: [latency]}}]
evidence: {latency: {signal: headline}}
params: {replicas: {type: integer, title: replicas, default: 5, min: 1, max: 200}}
steps:
  - id: decide
    decide: Is it too few replicas?
    options: [{key: s, label: scale out, goto: scale}, {key: e, label: something else, goto: end}]
  - id: scale
    title: Scale
    action: kubernetes.scale
    with: {replicas: $params.replicas}
    verify: {better: {var: latency, op: "<", value: 1, for: 1m}, timeout: 5m}
    on_verified: end
    on_worse: end
    on_timeout: end
    on_skipped: end
"""
WARM_UP, ROUNDS = 3, 15  # what is imported and made once is not the cost of a key
PLAN_BUDGET, COMMIT_BUDGET = 3.0, 1.0
SIZE = 120, 40
PATIENCE_SECONDS, SETTLED_SECONDS, ARMED_SECONDS, LOOK_SECONDS = 60.0, 0.4, 0.7, 0.02
REFRESH_SECONDS = 3600.0  # the refresh of the fleet is no part of it


_syncing: list[float] = []


class Spent(NamedTuple):
    """CPU seconds of one stretch: of the process without `fsync`, of its engine's thread, of its screen's thread."""

    process: float
    engine: float
    screen: float


class Cost(msgspec.Struct, frozen=True):
    """What the rounds of one way to a plan cost, and a bare request in each, connecting first and connected."""

    plans: list[Spent]
    commits: list[Spent]
    bare: list[float]
    bare_connected: list[float]
    least: list[float]
    """What a key costs that writes the plan into a Textual application of nothing but one `Static`."""


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
    kept = [_judge(way, cost) for way, cost in msgspec.json.decode(written, type=dict[str, Cost]).items()]
    return 0 if all(kept) else 1


def _judge(way: str, cost: Cost) -> bool:
    """Print what a way to a plan costs and return whether it keeps the budgets."""
    print(
        f"{way}: a bare request is {_milliseconds(cost.bare)}, connected already {_milliseconds(cost.bare_connected)}"
    )
    kept = []
    for what, spent, budget in (
        ("from the key to the plan on the screen", cost.plans, PLAN_BUDGET),
        ("from the key that confirms to the request", cost.commits, COMMIT_BUDGET),
    ):
        kept.append(verdict(what, [each.process for each in spent], cost.bare, budget))
        for whose, own in (("engine", [each.engine for each in spent]), ("screen", [each.screen for each in spent])):
            against = (statistics.median(own) / statistics.median(bare) for bare in (cost.bare, cost.bare_connected))
            print("  of that the {} {} = {:.2f} bare, {:.2f} connected".format(whose, _milliseconds(own), *against))
    least = statistics.median(cost.least) / statistics.median(cost.bare)
    print(f"  a key that shows the plan in one Static of Textual {_milliseconds(cost.least)} = {least:.2f} bare")
    return all(kept)


def _milliseconds(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.1f} ms"


async def _measure(config: Path) -> dict[str, Cost]:
    """Plan and send scalings of a model, up and down, in both ways."""
    settings = read_settings(config, os.environ)
    assert settings.kubernetes is not None
    cluster = msgspec.structs.replace(settings.kubernetes, write=True)
    (config.parent / f"{PLAYBOOK}.yaml").write_text(ITS_TEXT, encoding="utf-8")
    playbooks = (f"{config.parent}",)
    settings = msgspec.structs.replace(settings, refresh=REFRESH_SECONDS, kubernetes=cluster, playbooks=playbooks)

    def engine_of(publish: Callable[[Value], None], crashed: Callable[[BaseException], None]) -> Engine:
        return make_engine(settings, environment=os.environ, at=None, publish=publish, crashed=crashed)

    app = ConsoleApp(engine_of, on_first_snapshot=spare_what_stays)
    ways = {"in the list of actions": _ask_in_the_list, "in an open playbook": _ask_in_a_playbook}
    costs: dict[str, Cost] = {}
    plans: dict[str, Plan] = {}
    noticed = _noticed_painting(), _noticed_sending()
    with _fsync_aside(), noticed[0] as painted, noticed[1] as sent, _bare_client(cluster.kubeconfig) as bare:
        async with app.run_test(size=SIZE) as pilot:
            await _until(lambda: app.snapshot is not None and app.snapshot.find(MODEL) is not None)
            for way, ask in ways.items():
                costs[way] = Cost([], [], [], [], [])
                for turn in range(WARM_UP + ROUNDS):
                    key = await ask(app, pilot, FEW if turn % 2 else MANY)
                    planned, confirmed, plans[way] = await _one_round(app, pilot, key, painted, sent)
                    first, connected = await asyncio.to_thread(bare, plans[way].request)
                    if turn >= WARM_UP:
                        costs[way].plans.append(planned)
                        costs[way].commits.append(confirmed)
                        costs[way].bare.append(first)
                        costs[way].bare_connected.append(connected)
            app.stop_engine(PATIENCE_SECONDS)
    for way, plan in plans.items():
        costs[way].least.extend(await _least(plan))
    return costs


class OneStatic(App[None]):
    """The least that Textual can do with a key: one widget, its text exchanged, no layout."""

    CSS = "Static { height: 1fr; }"

    def __init__(self, rows: list[str]) -> None:
        super().__init__()
        self._rows = rows
        self._static = Static()
        self.painted = asyncio.Event()

    def compose(self) -> ComposeResult:
        """Lay out the one widget."""
        yield self._static

    def on_key(self) -> None:
        """Show the text, a row longer with each key, so that all of it is painted anew."""
        self._rows.insert(0, "")
        self._static.update("\n".join(self._rows), layout=False)
        self.call_after_refresh(self.painted.set)


async def _least(plan: Plan) -> list[float]:
    """Return what each key costs that shows a plan as plain text, on a screen as large, where nothing else is."""
    rows = ["".join(span.text for span in row.spans) for row in plan_lines(plan, plan.made_at, None, with_body=False)]
    app, spent = OneStatic(rows), []
    async with app.run_test(size=SIZE):
        for turn in range(WARM_UP + ROUNDS):
            await asyncio.sleep(SETTLED_SECONDS)
            app.painted.clear()
            before = time.process_time()
            _press(app, "s")
            await app.painted.wait()
            if turn >= WARM_UP:
                spent.append(time.process_time() - before)
    return spent


async def _ask_in_the_list(app: ConsoleApp, pilot: Pilot[None], replicas: int) -> str:
    """Choose the action and type its value; return the key that asks for its plan."""
    screen = ActionsScreen(MODEL, SCALE.name)
    await app.push_screen(screen)
    await _until(lambda: screen.works(app.keymap.action("actions.choose")))
    await pilot.pause(SETTLED_SECONDS)
    await pilot.press("enter", *f"{replicas}")
    return "enter"


async def _ask_in_a_playbook(app: ConsoleApp, pilot: Pilot[None], replicas: int) -> str:
    """Follow the playbook up to its decision and give its value; return the key that asks for its plan."""
    earlier = {run.id for run in app.runs.listed}
    await app.push_screen(PlaybookScreen(ARMED_SECONDS / 2, WantedRun(MODEL, PLAYBOOK)))

    def run() -> Run | None:
        return next((run for run in app.runs.listed if run.id not in earlier and run.playbook_id == PLAYBOOK), None)

    await _until(lambda: (begun := run()) is not None and any(choice.key == ITS_KEY for choice in begun.choices))
    begun = run()
    assert begun is not None
    app.send(GiveParameter(begun.id, ITS_VALUE, f"{replicas}"))
    await pilot.pause(SETTLED_SECONDS)
    return ITS_KEY


async def _one_round(
    app: ConsoleApp, pilot: Pilot[None], key: str, painted: list[Spent], sent: queue.Queue[Spent]
) -> tuple[Spent, Spent, Plan]:
    """Return what a plan and its confirmation cost, and the plan that was sent."""
    earlier = {run.id for run in app.runs.listed if run.plan is not None}
    found: list[Run] = []

    def is_planned() -> bool:
        found[:] = [run for run in app.runs.listed if run.id not in earlier and run.plan is not None]
        return bool(found)

    painted.clear()
    before = _spent()
    _press(app, key)
    await _until(lambda: bool(painted))
    planned = _since(before, painted[0])
    await _until(is_planned)
    plan = found[0].plan
    assert plan is not None
    assert not plan.refusals, plan.refusals
    await pilot.pause(ARMED_SECONDS)
    before = _spent()
    _press(app, "y")
    await _until(lambda: not sent.empty())
    confirmed = _since(before, sent.get())
    await _until(lambda: (run := app.runs.find(found[0].id)) is not None and run.commitment is not None)
    app.send(EndRun(found[0].id))
    await _until(lambda: (run := app.runs.find(found[0].id)) is not None and run.ended is not None)
    while app.screen is not app.screen_stack[0]:
        app.pop_screen()
    await pilot.pause(SETTLED_SECONDS)
    return planned, confirmed, plan


def _press(app: App[None], key: str) -> None:
    """Press a key as the terminal's driver tells of one; Pilot would look whether every widget is idle, at a cost."""
    assert app._driver is not None
    app._driver.send_message(events.Key(key, key if len(key) == 1 else None))


def _spent() -> Spent:
    """Return what was spent so far."""
    engine = next(thread for thread in threading.enumerate() if thread.name == "engine")
    return Spent(time.process_time() - sum(_syncing), _of_thread(engine), _of_thread(threading.main_thread()))


def _of_thread(thread: threading.Thread) -> float:
    assert thread.ident is not None
    return time.clock_gettime(time.pthread_getcpuclockid(thread.ident))


def _since(before: Spent, after: Spent) -> Spent:
    return Spent(*(now - then for then, now in zip(before, after, strict=True)))


@contextmanager
def _fsync_aside() -> Iterator[None]:
    """Note the CPU time of every `fsync`, which the budget leaves aside."""
    fsync = os.fsync

    def noted(file: int) -> None:
        before = time.thread_time()
        fsync(file)
        _syncing.append(time.thread_time() - before)

    with mock.patch.object(os, "fsync", noted):
        yield


@contextmanager
def _noticed_painting() -> Iterator[list[Spent]]:
    """Give a list of what was spent when each frame that shows a plan is ready for the terminal."""
    painted: list[Spent] = []
    display = ConsoleApp._display

    def noticed(app: ConsoleApp, screen: Screen[Any], update: Any) -> None:
        if isinstance(update, CompositorUpdate):
            update.render_segments(app.console)  # what is written; where no terminal is Textual leaves it away
        display(app, screen, update)
        if isinstance(screen, PlaybookScreen) and screen._plan_keys.is_seen(math.inf):
            painted.append(_spent())

    with mock.patch.object(ConsoleApp, "_display", noticed):
        yield painted


@contextmanager
def _noticed_sending() -> Iterator[queue.Queue[Spent]]:
    """Give a queue of what was spent when each request that changes a workload is handed to the HTTP client."""
    sent: queue.Queue[Spent] = queue.Queue()
    exchange = Connection.exchange

    async def noticed(connection: Connection, request: ApiRequest, **given: Any) -> Answer:
        if request.mutates and request.method == "PATCH":
            sent.put(_spent())
        return await exchange(connection, request, **given)

    with mock.patch.object(Connection, "exchange", noticed):
        yield sent


@contextmanager
def _bare_client(kubeconfig: str | None) -> Iterator[Callable[[Request], tuple[float, float]]]:
    """Give what sends the dry run of a request's bytes as a script does, twice: the second time it is connected."""
    assert kubeconfig is not None
    document = yaml.safe_load(Path(kubeconfig).expanduser().read_text(encoding="utf-8"))
    cluster, user = document["clusters"][0]["cluster"], document["users"][0]["user"]
    authority = base64.b64decode(cluster["certificate-authority-data"]).decode()

    def twice(request: Request) -> tuple[float, float]:
        headers = {"Authorization": f"Bearer {user['token']}", "Content-Type": request.content_type}
        seen = request.body[1]["value"]  # the replicas have moved since: the precondition follows
        wanted = request.body[2]["value"]
        body = [request.body[0], {**request.body[1], "value": wanted}, {**request.body[2], "value": seen}]
        spent = []
        before = time.thread_time()
        with httpx.Client(verify=ssl.create_default_context(cadata=authority), trust_env=False) as client:
            for _ in range(2):
                answer = client.patch(
                    cluster["server"] + request.path,
                    params={"dryRun": "All"},
                    headers=headers,
                    content=json.dumps(body),
                )
                spent.append(time.thread_time() - before)
                before = time.thread_time()
                assert answer.status_code == 200, answer.text
        return spent[0], spent[1]

    yield twice


async def _until(is_so: Callable[[], bool]) -> None:
    """Look rarely: looking costs next to nothing."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        await asyncio.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(_measure(Path(sys.argv[1])))))
        sys.exit(0)
    sys.exit(main())
