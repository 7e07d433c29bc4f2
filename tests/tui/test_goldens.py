"""Every screen as text, at the sizes that it must work at."""

import msgspec
import pytest

from console.detect.source_down import freeze
from console.domain.action import RiskTier
from console.domain.anomaly import Status
from console.domain.command import (
    ListActions,
    StartAction,
    StartRun,
    WatchCluster,
    WatchModel,
    WatchPodLog,
    WatchPredictions,
)
from console.domain.source import SourceReport
from console.tui.glyphs import Drawable
from console.tui.look import Look
from tests.headless.drifts import empty
from tests.headless.fleets import fleet_wide, states
from tests.tui import scenes, scenes_of_pods, scenes_of_predictions, scenes_of_runs
from tests.tui.conftest import Golden
from tests.tui.scripted_engine import Answers
from tests.tui.stage import on_stage

SIZES = ((120, 40), (80, 24), (40, 10))
PREDICTIONS = {WatchPredictions: (scenes_of_predictions.predictions(),)}
PODS = {
    WatchModel: (scenes.detail(),),
    WatchCluster: (scenes_of_pods.facts(),),
    WatchPodLog: (scenes_of_pods.log(),),
}
WHY_NONE = "predictions: the column ts is gone; timestamp expected (nearest: event_time)"
WITH_CAPACITY = msgspec.structs.replace(scenes.detail(), capacity=scenes.capacity())
PLANNED_BY_CAPACITY = msgspec.structs.replace(
    scenes.planned(scenes.plan(to=5)),
    capacity=scenes.capacity(),
    reasons=(f"replicas 5: {scenes.capacity().in_words()}",),
)
REHEARSE = ("colon", *"rehearse", "space", *"scale", "minus", *"out")
SCREENS = {
    "fleet": ((), {}),
    "model": (("enter",), {WatchModel: (scenes.detail(),)}),
    "playbook-decides": (("2",), {StartRun: (scenes.deciding(),)}),
    "playbook-plan": (("2",), {StartRun: (scenes.planned(),)}),
    "playbook-plan-tier-3": (("2",), {StartRun: (scenes.planned(scenes.plan(RiskTier.HARD_TO_UNDO)),)}),
    "playbook-refused": (("2",), {StartRun: (scenes.planned(scenes.plan(refusals=("the console is read-only",))),)}),
    "playbook-verifies": (("2",), {StartRun: (scenes.verifying(),)}),
    "playbook-ended": (("2",), {StartRun: (msgspec.structs.replace(scenes.verifying()), scenes.ended())}),
    "links": (("o",), {}),
    "actions": (("a",), {ListActions: (scenes_of_runs.actions(),)}),
    "actions-value": (("a", "enter"), {ListActions: (scenes_of_runs.actions(),)}),
    "action-plan": (
        ("a", "enter", "6", "enter"),
        {ListActions: (scenes_of_runs.actions(),), StartAction: (scenes_of_runs.single(),)},
    ),
    "help": (("question_mark",), {}),
    "fleet-sorted-and-marked": (("down", "m", "S", "S", "S", "b"), {}),
    "find": (("f", "a"), {}),
    "prompt": (("colon", *"sort", "space", *"traffic", "space", *"desc"), {}),
    "prompt-unknown": (("colon", *"fraudd", "enter"), {}),
    "model-maximised": (("enter", "z"), {WatchModel: (scenes.detail(),)}),
    "drift": (("enter", "d", "down"), PREDICTIONS),
    "drift-words": (("enter", "d", "tab"), PREDICTIONS),
    "drift-empty": (("enter", "d"), {WatchPredictions: (scenes_of_predictions.predictions(drift=empty()),)}),
    "drift-unknown": (
        ("enter", "d"),
        {WatchPredictions: (scenes_of_predictions.predictions(drift=None, detail=WHY_NONE),)},
    ),
    "quality": (("enter", "w"), PREDICTIONS),
    "quality-words": (("enter", "w", "tab"), PREDICTIONS),
    "model-capacity": (("enter",), {WatchModel: (WITH_CAPACITY,)}),
    "playbook-plan-capacity": (("2",), {StartRun: (PLANNED_BY_CAPACITY,)}),
    "playbook-rehearsed": ((*REHEARSE, "enter"), {StartRun: (scenes_of_runs.rehearsed(),)}),
    "playbook-tells": (("2",), {StartRun: (scenes_of_runs.tells(),)}),
    "playbook-waits-for-approval": (("2",), {StartRun: (scenes_of_runs.asks_for_approval(is_mine=True),)}),
    "note": (("N", *"the", "space", *"pool"), {}),
    "model-pods": (("enter",), PODS),
    "pods": (("enter", "P"), PODS),
    "pods-words": (("enter", "P", "tab"), PODS),
    "pods-log": (("enter", "P", "l"), PODS),
    "model-words-maximised": (("enter", "shift+tab", "z"), {WatchModel: (scenes.detail(),)}),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCREENS)
async def test_screen(name: str, size: tuple[int, int], golden: Golden) -> None:
    keys, answers = SCREENS[name]
    async with on_stage(answers=answers, size=size) as stage:  # type: ignore[arg-type]  # a table of several types
        await stage.press(*keys)
        golden(f"{name}-{size[0]}x{size[1]}", stage.lines)


@pytest.mark.parametrize("can_draw", ["ascii", "console"])
@pytest.mark.parametrize("name", ["fleet", "model", "playbook-plan", "drift"])
async def test_screen_on_a_poor_font(name: str, can_draw: Drawable, golden: Golden) -> None:
    keys, answers = SCREENS[name]
    async with on_stage(answers=answers, size=(80, 24), look=Look(can_draw=can_draw)) as stage:  # type: ignore[arg-type]  # as above
        await stage.press(*keys)
        golden(f"{name}-{can_draw}-80x24", stage.lines)


@pytest.mark.parametrize("size", [(80, 24), (40, 10)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(
    "name",
    [
        "fleet",
        "model",
        "playbook-decides",
        "playbook-plan",
        "playbook-plan-tier-3",
        "links",
        "actions",
        "help",
        "drift",
        "drift-words",
        "quality",
        "quality-words",
        "model-pods",
        "pods",
        "pods-log",
    ],
)
async def test_screen_as_it_is_read_aloud(name: str, size: tuple[int, int], golden: Golden) -> None:
    keys, answers = SCREENS[name]
    async with on_stage(answers=answers, size=size, look=Look(is_plain=True)) as stage:  # type: ignore[arg-type]  # as above
        await stage.press(*keys)
        golden(f"{name}-plain-{size[0]}x{size[1]}", stage.lines)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_fleet_with_logged_predictions(size: tuple[int, int], golden: Golden) -> None:
    answers: Answers = {WatchModel: (scenes_of_predictions.churn_detail(),)}
    async with on_stage(first=(scenes.fleet(scenes_of_predictions.churn()),), answers=answers, size=size) as stage:
        golden(f"fleet-predictions-{size[0]}x{size[1]}", stage.lines)
        await stage.press("home", "enter")
        golden(f"model-predictions-{size[0]}x{size[1]}", stage.lines)


async def test_fleet_with_logged_predictions_as_it_is_read_aloud(golden: Golden) -> None:
    answers: Answers = {WatchModel: (scenes_of_predictions.churn_detail(),)}
    first = (scenes.fleet(scenes_of_predictions.churn()),)
    async with on_stage(first=first, answers=answers, size=(80, 24), look=Look(is_plain=True)) as stage:
        golden("fleet-predictions-plain-80x24", stage.lines)
        await stage.press("home", "enter")
        golden("model-predictions-plain-80x24", stage.lines)


async def test_fleet_without_its_source(golden: Golden) -> None:
    reason = "timed out after 10 s"
    dead = SourceReport("prometheus", Status.UNKNOWN, detail=reason, answered=scenes.AT)
    fleet = scenes.fleet(paused=True)
    snapshot = msgspec.structs.replace(
        fleet, at=scenes.AT + 75, sources=(dead, scenes.ALERTMANAGER), models=freeze(fleet.models, reason)
    )
    async with on_stage(first=(snapshot,), size=(80, 24), now=scenes.AT + 165) as stage:
        golden("fleet-source-down-80x24", stage.lines)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_fleet_and_a_model_at_all_stages_of_what_many_share(golden: Golden, size: tuple[int, int]) -> None:
    (shared,) = fleet_wide().shared_incidents
    fleet = msgspec.structs.replace(states(), shared_incidents=(shared,))
    calm = next(view for view in fleet.models if view.model.id == "calm")
    detail = msgspec.structs.replace(scenes.detail(), view=calm)
    async with on_stage(first=(fleet,), answers={WatchModel: (detail,)}, size=size) as stage:
        golden(f"fleet-states-{size[0]}x{size[1]}", stage.lines)
        await stage.press("home", "down", "down", "down", "down", "enter")
        golden(f"model-recovered-{size[0]}x{size[1]}", stage.lines)


async def test_stages_as_they_are_read_aloud(golden: Golden) -> None:
    (shared,) = fleet_wide().shared_incidents
    fleet = msgspec.structs.replace(states(), shared_incidents=(shared,))
    async with on_stage(first=(fleet,), size=(80, 24), look=Look(is_plain=True)) as stage:
        golden("fleet-states-plain-80x24", stage.lines)


async def test_fleet_with_what_an_earlier_session_left_open(golden: Golden) -> None:
    unknown, applied = "scale ml/fraud to 6, sent 03:01:00 UTC", "scale ml/eta to 4, sent 03:02:00 UTC"
    left_open = (
        f"earlier session: unknown: {unknown} by ann@bastion, nobody can tell what became of it: timed out",
        f"earlier session: applied: {applied} by ann@bastion, its outcome was unknown until now: rolled out",
    )
    async with on_stage(first=(scenes.fleet(notices=left_open),), size=(80, 24)) as stage:
        golden("fleet-notices-80x24", stage.lines)


OF_OTHERS = {
    "runs": (("L",), scenes_of_runs.several()),
    "fleet-run-left": ((), scenes_of_runs.several()),
    "playbook-of-another": (("L", "enter"), (scenes_of_runs.of_another(),)),
    "playbook-left": (("L", "enter"), (scenes_of_runs.left(),)),
    "playbook-approving": (("L", "enter", "A"), (scenes_of_runs.asks_for_approval("bob@laptop"),)),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", OF_OTHERS)
async def test_runs_of_several_people(name: str, size: tuple[int, int], golden: Golden) -> None:
    keys, runs = OF_OTHERS[name]
    async with on_stage(first=(scenes.fleet(), *runs), size=size) as stage:
        await stage.press(*keys)
        golden(f"{name}-{size[0]}x{size[1]}", stage.lines)


@pytest.mark.parametrize("name", ["runs", "playbook-approving"])
async def test_runs_of_several_people_on_a_poor_font_and_read_aloud(name: str, golden: Golden) -> None:
    keys, runs = OF_OTHERS[name]
    for look, suffix in ((Look(can_draw="ascii"), "ascii"), (Look(is_plain=True), "plain")):
        async with on_stage(first=(scenes.fleet(), *runs), size=(80, 24), look=look) as stage:
            await stage.press(*keys)
            golden(f"{name}-{suffix}-80x24", stage.lines)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_an_incident_that_somebody_takes_care_of(size: tuple[int, int], golden: Golden) -> None:
    models = tuple(
        scenes_of_runs.acknowledged() if view.model.id == "fraud" else view for view in scenes.fleet().models
    )
    fleet = msgspec.structs.replace(scenes.fleet(), models=models)
    async with on_stage(first=(fleet,), answers={WatchModel: (scenes.detail(),)}, size=size) as stage:
        golden(f"fleet-acknowledged-{size[0]}x{size[1]}", stage.lines)
        await stage.press("enter")
        golden(f"model-acknowledged-{size[0]}x{size[1]}", stage.lines)


async def test_before_the_first_snapshot(golden: Golden) -> None:
    async with on_stage(first=(), size=(80, 24)) as stage:
        golden("fleet-before-80x24", stage.lines)
