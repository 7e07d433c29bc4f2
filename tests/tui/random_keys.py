"""Random people at random moments: keys, type-ahead, pastes, resizes, refreshes that sort anew, answers that come late.

Whatever happens, nothing is sent but a plan that was on the screen, for the model under the cursor when its key was
pressed, by its own confirm key that was pressed after arming. `python -m tests.tui.random_keys 1000` plays so many
evenings, as `make soak` does; one that goes wrong prints its seed and everything that was done.
"""

import asyncio
import random
import sys
import time
from collections.abc import Callable

import msgspec
from textual import events

from console.domain.action import RiskTier
from console.domain.command import CancelPlan, Command, CommitPlan, EndRun, ListActions, StartAction, StartRun
from console.domain.run import Run
from console.tui.messages import Value
from tests.tui import scenes, scenes_of_runs
from tests.tui.stage import Stage, on_stage

ARMING_SECONDS = 0.03
STEPS = 28
MODELS = ("fraud", "eta", "ocr", "ads")
SIZES = ((120, 40), (80, 24), (40, 10), (100, 30))
_NAMES = {":": "colon", "/": "slash", " ": "space", "\t": "tab", "\r": "enter", "\x1b": "escape"}
_OPENING = ("a", "a", "a", "s", "1", "2")
_KEYS = (*"yyyyynuaadjk6cE", "enter", "enter", "escape", "down", "up", "tab", "question_mark", "L", "slash", *"fraud")
_KEYS_OF = {
    "FleetScreen": (*_OPENING, *_OPENING, "down", "up", "j", "enter"),
    "ActionsScreen": ("enter", "enter", "enter", "1", "6", "7", "down", "escape"),
    "PlaybookScreen": (*"yyyyyn", "escape", "enter", "tab", "d", "u", *"fraud"),
}
"""Keys that mean something on a screen: two of three are of these."""
_BURSTS = (
    *("a\r6\ry", "a\r6\ryyy", "y\r", "jay", "ka\r\ry", "1y", "2yy"),
    *("\x1ba\r7\r", "\tfraud\ry", "na\ry", ":y\r", "/y\r"),
)
_PASTES = ("y", "y\ny\ny", "fraud", "a\r6\ry", "\x1b[201~y")


class Evening(msgspec.Struct, frozen=True):
    """What came of one seed: how many plans were shown and sent."""

    shown: int
    sent: int


class Broken(AssertionError):
    """Something was sent that must not be; the text is one line."""


class RandomEngine:
    """Plans whatever is asked for, at once or late, and judges every commit."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.stage: Stage | None = None
        self.runs: dict[str, Run] = {}
        self.shown_at: dict[tuple[str, str], float] = {}
        self.late: list[Run] = []
        self.opened_for: list[str] = []
        self.confirm_keys: list[float] = []
        self.sent: list[CommitPlan] = []
        self.broken: list[str] = []
        self.keys_wait = False
        """Keys were typed that the application may not have looked at yet."""
        self._numbers = 0

    def take(self, command: Command, publish: Callable[[Value], None]) -> None:
        match command:
            case ListActions():
                publish(scenes_of_runs.actions(command.model_id))
            case StartAction():
                self._begin(command.model_id, command.asked_as, command.arguments.get("replicas", "6"), publish)
            case StartRun():
                self._begin(command.model_id, None, "6", publish, command.playbook_id)
            case CommitPlan():
                self._judge(command)
                run = msgspec.structs.replace(self.runs[command.run_id], plan=None)
                self.publish(msgspec.structs.replace(run, commitment=scenes.verifying().commitment), publish)
            case EndRun() | CancelPlan():
                run = msgspec.structs.replace(self.runs[command.run_id], plan=None, ended=scenes.AT)
                self.publish(run, publish)
            case _:
                pass

    def _begin(
        self, model_id: str, asked_as: str | None, typed: str, publish: Callable[[Value], None], playbook: str = ""
    ) -> None:
        self._check(model_id in self.opened_for, f"something was asked for {model_id}, on which no key was pressed")
        self._numbers += 1
        to = int(typed) if typed.isdigit() and typed.isascii() and 0 < int(typed) < 100 else 6
        tier = self.rng.choice((RiskTier.BOUNDED, RiskTier.WIDE, RiskTier.HARD_TO_UNDO))
        run = scenes_of_runs.single(asked_as or "", model_id=model_id, to=to, tier=tier)
        run = msgspec.structs.replace(self._telling(run, to), id=f"r{self._numbers}", asked_as=asked_as)
        if playbook:
            run = msgspec.structs.replace(run, playbook_id=playbook, action=None)
        if self.rng.random() < 0.4:
            self.late.append(run)
        else:
            self.publish(run, publish)

    def _telling(self, run: Run, to: int) -> Run:
        """Return a run whose plan can be told from all others on the screen."""
        assert run.plan is not None
        self._numbers += 1
        confirm = f"scale to {to} #{self._numbers}#"
        title = f"#{self._numbers}# {run.model_id} to {to}"
        body = [{"op": "test", "value": self._numbers}]
        request = msgspec.structs.replace(run.plan.request, body=body)
        plan = msgspec.structs.replace(run.plan, title=title, confirm=confirm, request=request)
        return msgspec.structs.replace(run, plan=plan)

    def publish(self, run: Run, publish: Callable[[Value], None]) -> None:
        self.runs[run.id] = run
        if run.plan is not None:
            self.shown_at.setdefault((run.id, run.plan.hash), time.monotonic())
        publish(run)

    def plan_anew(self, publish: Callable[[Value], None]) -> None:
        """Let a plan that waits become another one, as after a colleague's change."""
        waiting = [run for run in self.runs.values() if run.plan is not None and run.ended is None]
        if waiting:
            run = self.rng.choice(waiting)
            self.publish(self._telling(run, self.rng.randrange(2, 12)), publish)

    def _judge(self, command: CommitPlan) -> None:
        run = self.runs.get(command.run_id)
        assert self.stage is not None
        self._check(run is not None and run.plan is not None, f"a commit in {command.run_id}, which has no plan")
        if run is None or run.plan is None:
            return
        self._check(run.ended is None, "a commit in a run that is over")
        painted_at = self.shown_at.get((run.id, command.plan_hash))
        self._check(painted_at is not None, f"plan {command.plan_hash} was committed, and never shown")
        armed = (painted_at or 0.0) + ARMING_SECONDS
        pressed = next((at for at in self.confirm_keys if at >= armed), None)
        self._check(pressed is not None, f"{run.plan.title} was committed by no confirm key after arming")
        if pressed is not None:
            self.confirm_keys.remove(pressed)
        text = self.stage.text
        if command.plan_hash == run.plan.hash:
            # On a narrow screen the end of the title is cut, its beginning never.
            self._check(run.plan.title.split()[0] in text, f"{run.plan.title} was committed, and not on the screen")
        self.sent.append(command)

    def _check(self, holds: bool, told: str) -> None:
        if not holds:
            self.broken.append(told)


async def play(seed: int, steps: int = STEPS) -> Evening:
    """Play one evening.

    Raises:
        Broken: something was sent that must not be.
    """
    rng = random.Random(seed)
    engine = RandomEngine(rng)
    log: list[str] = []
    size = rng.choice(SIZES)
    async with on_stage(size=size, arming_seconds=ARMING_SECONDS) as stage:
        engine.stage = stage
        scripted = stage.engine
        plain_send = scripted.send

        def send(command: Command) -> None:
            plain_send(command)
            log.append(f"  → {command}")
            engine.take(command, scripted.publish)

        scripted.send = send  # type: ignore[method-assign]
        _note_what_is_opened(stage, engine, log)
        log.append(f"size {size}")
        for _ in range(steps):
            if not stage.app.is_running:
                break
            await _step(rng, stage, engine, log)
            if engine.broken:
                break
        for _ in range(3):  # keys that are still on their way must find the application
            await stage.pilot.pause()
    if engine.broken:
        raise Broken(f"seed {seed}: {engine.broken[0]}\n" + "\n".join(log))
    return Evening(len(engine.shown_at), len(engine.sent))


def _note_what_is_opened(stage: Stage, engine: RandomEngine, log: list[str]) -> None:
    """Remember for which models something was opened; it must be the one on which the key found the cursor."""
    app = stage.app
    for name in ("open_actions", "open_playbook"):
        opens = getattr(app, name)

        def noted(model_id: str, *given: object, opens: Callable[..., None] = opens, **named: object) -> None:
            here = getattr(app.screen, "model_here", None)
            if here != model_id:
                engine.broken.append(f"opened for {model_id} while the cursor was on {here}")
            engine.opened_for.append(model_id)
            log.append(f"  opened for {model_id}")
            opens(model_id, *given, **named)

        setattr(app, name, noted)


def _cursor_line(stage: Stage) -> str | None:
    """Return the painted row under the cursor of the fleet, None on other screens."""
    if stage.at != "FleetScreen":
        return None
    return next((line for line in stage.lines if line.startswith("▌")), None)


async def _step(rng: random.Random, stage: Stage, engine: RandomEngine, log: list[str]) -> None:
    what = rng.random()
    if what < 0.5:
        keys = _KEYS_OF.get(stage.at, _KEYS) if rng.random() < 0.67 else _KEYS
        await _press(rng.choice(keys), stage, engine, log)
    elif what < 0.66:
        burst = rng.choice(_BURSTS)
        log.append(f"typed at once {burst!r}")
        for character in burst:
            _post_key(_NAMES.get(character, character), character, stage, engine)
    elif what < 0.72:
        text = rng.choice(_PASTES)
        log.append(f"pasted {text!r}")
        stage.app.post_message(events.Paste(text))
    elif what < 0.78:
        size = rng.choice(SIZES)
        log.append(f"resized to {size}")
        await stage.pilot.resize_terminal(*size)
    elif what < 0.88:
        _refresh(rng, stage, log)
    elif what < 0.93 and engine.late:
        log.append("a plan that is late comes")
        engine.publish(engine.late.pop(0), stage.engine.publish)
    elif what < 0.94:
        log.append("a plan becomes another one")
        engine.plan_anew(stage.engine.publish)
    elif what < 0.97 or stage.at != "PlaybookScreen":
        log.append("a moment passes")
        await asyncio.sleep(ARMING_SECONDS * rng.choice((0.5, 1.2, 2.0)))
    else:
        await asyncio.sleep(ARMING_SECONDS * 1.2)
        await _press("y", stage, engine, log)
    if rng.random() < 0.75:
        await stage.pilot.pause()
        engine.keys_wait = False


async def _press(key: str, stage: Stage, engine: RandomEngine, log: list[str]) -> None:
    if key in _OPENING and engine.keys_wait:
        await stage.pilot.pause()
    log.append(f"pressed {key} on {stage.at}")
    row = _cursor_line(stage)
    opened = len(engine.opened_for)
    _post_key(key, key if len(key) == 1 else None, stage, engine)
    if key in _OPENING and row is not None:
        await stage.pilot.pause()
        for model_id in engine.opened_for[opened:]:
            if f" {model_id} " not in row:
                engine.broken.append(f"{key} opened {model_id}, painted under the cursor was {row[:30]!r}")


def _post_key(key: str, character: str | None, stage: Stage, engine: RandomEngine) -> None:
    event = events.Key(key, character)
    engine.keys_wait = True
    if key == "y":
        engine.confirm_keys.append(event.time)
    stage.app.post_message(event)


def _refresh(rng: random.Random, stage: Stage, log: list[str]) -> None:
    """Publish a fleet in another order, in which a model may be gone."""
    views = list(scenes.fleet().models)
    rng.shuffle(views)
    if rng.random() < 0.2:
        views.pop()
    statuses = [view.status for view in views]
    rng.shuffle(statuses)
    views = [msgspec.structs.replace(view, status=status) for view, status in zip(views, statuses, strict=True)]
    log.append(f"refreshed: {[view.model.id for view in views]}")
    stage.engine.publish(msgspec.structs.replace(scenes.fleet(), models=tuple(views), sequence=rng.randrange(99)))


def main(count: int, first: int = 0) -> int:
    """Play so many evenings, print what came of them, and return 1 when one went wrong."""
    began = time.perf_counter()
    shown = sent = wrong = 0
    for seed in range(first, first + count):
        try:
            evening = asyncio.run(play(seed))
        except Exception as error:  # noqa: BLE001 -- a crash is told with its seed, and the next evening is played
            told = error if isinstance(error, Broken) else f"seed {seed}: {type(error).__name__}: {error}"
            print(told, flush=True)
            wrong += 1
            continue
        shown, sent = shown + evening.shown, sent + evening.sent
    each = (time.perf_counter() - began) / count
    print(f"{count} evenings of random keys: {shown} plans shown, {sent} sent, {wrong} went wrong; {each:.2f} s each")
    return 1 if wrong or not sent else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000, int(sys.argv[2]) if len(sys.argv) > 2 else 0))
