"""Every key of the registry does what the registry says; a key that is added without a flow here fails."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from console.domain.command import (
    Answer,
    CancelPlan,
    CommitPlan,
    ListActions,
    PlanUndo,
    StartRun,
    WatchCluster,
    WatchModel,
    WatchPodLog,
    WatchPredictions,
)
from console.tui.actions.action import NUMBER_KEYS, Action, Where
from console.tui.actions.registry import ACTIONS, actions_in
from console.tui.actions.table import TABLE_ACTIONS
from tests.tui import scenes, scenes_of_pods, scenes_of_predictions, scenes_of_runs
from tests.tui.flows import actions, everywhere, fleet, links, model, playbook, pods, predictions, runs
from tests.tui.scripted_engine import Answers
from tests.tui.stage import Stage, on_stage

Flow = Callable[[Stage, str], Awaitable[None]]

ANSWERS: Answers = {
    WatchModel: (scenes.detail(),),
    WatchPredictions: (scenes_of_predictions.predictions(),),
    WatchCluster: (scenes_of_pods.facts(),),
    WatchPodLog: (scenes_of_pods.log(),),
    StartRun: (scenes.deciding(),),
    ListActions: (scenes_of_runs.actions(),),
    Answer: (scenes.planned(),),
    CancelPlan: (scenes.deciding(),),
    CommitPlan: (scenes.verifying(),),
    PlanUndo: (scenes.planned(),),
}
TO_MODEL = ("enter",)
TO_DRIFT = ("enter", "d")
TO_QUALITY = ("enter", "w")
TO_ACTIONS = ("a",)
TO_PODS = ("enter", "P")
TO_LOG = ("enter", "P", "l")
TO_LINKS = ("o",)
TO_PLAN = ("2", "s")
TO_OUTCOME = (*TO_PLAN, "y")

FLOWS: dict[str, tuple[tuple[str, ...], Flow]] = {
    "fleet.actions": ((), actions.lists_the_actions),
    "fleet.silence": ((), actions.lists_them_at_the_silence),
    "model.actions": (TO_MODEL, actions.lists_the_actions),
    "model.silence": (TO_MODEL, actions.lists_them_at_the_silence),
    "actions.choose": (TO_ACTIONS, actions.plans_the_action_under_the_cursor),
    "actions.number": (TO_ACTIONS, actions.plans_the_action_with_its_number),
    "actions.copy": (TO_ACTIONS, actions.copies_what_it_does),
    "fleet.open": ((), fleet.opens_the_model),
    "fleet.playbook": ((), fleet.follows_a_playbook),
    "fleet.filter": ((), fleet.filters),
    "fleet.mark": ((), fleet.marks_the_model),
    "fleet.mine": ((), fleet.shows_only_mine),
    "fleet.sort": ((), fleet.sorts),
    "fleet.sort_reverse": ((), fleet.sorts_the_other_way_round),
    "fleet.baseline": ((), fleet.compares_with_now),
    "fleet.hide_notices": ((), fleet.hides_the_notices),
    "fleet.copy": ((), everywhere.copies_the_state),
    **{action.id: ((), fleet.moves_the_cursor) for action in TABLE_ACTIONS},
    "fleet.links": ((), links.lists_the_links),
    "model.links": (TO_MODEL, links.lists_the_links),
    "links.open": (TO_LINKS, links.opens_the_page_under_the_cursor),
    "links.number": (TO_LINKS, links.opens_the_page_with_its_number),
    "links.copy": (TO_LINKS, links.copies_the_address),
    "model.playbook": (TO_MODEL, fleet.follows_a_playbook),
    "model.earlier": (TO_MODEL, model.shifts_into_the_past),
    "model.later": (TO_MODEL, model.shifts_towards_now),
    "model.zoom_in": (TO_MODEL, model.zooms_in),
    "model.zoom_out": (TO_MODEL, model.zooms_out),
    "model.now": (TO_MODEL, model.goes_to_now),
    "model.scroll_up": (TO_MODEL, model.scrolls_up),
    "model.scroll_down": (TO_MODEL, model.scrolls_down),
    "model.maximise": (TO_MODEL, model.maximises),
    "model.next_panel": (TO_MODEL, model.selects_the_next_panel),
    "model.previous_panel": (TO_MODEL, model.selects_the_panel_before),
    "model.drift": (TO_MODEL, predictions.opens_the_drift),
    "model.quality": (TO_MODEL, predictions.opens_the_quality),
    "model.pods": (TO_MODEL, pods.opens_the_pods),
    "pods.log": (TO_PODS, pods.opens_the_log),
    "pods.next_panel": (TO_PODS, pods.shows_the_next_panel),
    "pods.scroll_down": (TO_PODS, predictions.scrolls_down),
    "pods.scroll_up": (TO_PODS, predictions.scrolls_up),
    "pods.copy": (TO_PODS, pods.copies_the_pod),
    "log.container": (TO_LOG, pods.shows_the_next_container),
    "log.previous": (TO_LOG, pods.shows_the_log_before_the_restart),
    "log.down": (TO_LOG, pods.scrolls_down),
    "log.up": (TO_LOG, pods.scrolls_up),
    "log.page_down": (TO_LOG, pods.scrolls_down),
    "log.page_up": (TO_LOG, pods.scrolls_up),
    "log.first": (TO_LOG, pods.scrolls_up),
    "log.last": (TO_LOG, pods.goes_to_the_newest),
    "log.copy": (TO_LOG, pods.copies_the_log),
    "drift.quality": (TO_DRIFT, predictions.goes_to_the_quality),
    "drift.filter_columns": (TO_DRIFT, predictions.filters_columns),
    "drift.sort_columns": (TO_DRIFT, predictions.sorts_columns),
    "drift.version": (TO_DRIFT, predictions.shows_one_version_of_the_drift),
    "drift.next_panel": (TO_DRIFT, predictions.shows_the_next_panel),
    "drift.scroll_down": (TO_DRIFT, predictions.scrolls_down),
    "drift.scroll_up": (TO_DRIFT, predictions.scrolls_up),
    "drift.export": (TO_DRIFT, predictions.exports_the_drift),
    "drift.copy": (TO_DRIFT, predictions.copies_the_column),
    "quality.drift": (TO_QUALITY, predictions.goes_to_the_drift),
    "quality.version": (TO_QUALITY, predictions.shows_one_version_of_the_quality),
    "quality.next_panel": (TO_QUALITY, predictions.shows_the_next_panel),
    "quality.scroll_down": (TO_QUALITY, predictions.scrolls_down),
    "quality.scroll_up": (TO_QUALITY, predictions.scrolls_up),
    "quality.export": (TO_QUALITY, predictions.exports_the_quality),
    "quality.copy": (TO_QUALITY, predictions.copies_the_metric),
    "fleet.ack": ((), runs.acknowledges),
    "fleet.note": ((), runs.notes),
    "model.ack": (TO_MODEL, runs.acknowledges),
    "model.note": (TO_MODEL, runs.notes),
    "plan.approve": ((), runs.approves),
    "playbook.give": ((), runs.gives_a_value),
    "playbook.note": (TO_PLAN, runs.notes_in_a_playbook),
    "playbook.take_up": ((), runs.takes_up),
    "runs.open": ((), runs.opens_the_run),
    "runs.take_up": ((), runs.takes_up_from_the_list),
    "runs.note": ((), runs.notes_on_a_run),
    "runs.end": ((), runs.ends_the_run_under_the_cursor),
    "app.runs": ((), runs.lists_the_runs),
    "app.jump": ((), everywhere.finds_a_model),
    "app.command": ((), everywhere.takes_a_command),
    "model.mark": (TO_MODEL, fleet.marks_the_model),
    "model.export": (TO_MODEL, model.exports),
    "model.copy": (TO_MODEL, everywhere.copies_the_state),
    "plan.confirm": (TO_PLAN, playbook.commits),
    "plan.cancel": (TO_PLAN, playbook.cancels),
    "plan.details": (TO_PLAN, playbook.shows_details),
    "plan.copy": (TO_PLAN, playbook.copies_as_kubectl),
    "playbook.undo": (TO_OUTCOME, playbook.plans_the_undo),
    "playbook.scroll_up": (TO_PLAN, model.scrolls_up),
    "playbook.scroll_down": (TO_PLAN, model.scrolls_down),
    "playbook.page_up": (TO_PLAN, model.scrolls_up),
    "playbook.page_down": (TO_PLAN, model.scrolls_down),
    "playbook.end": (("2",), playbook.ends_the_run),
    "app.back": ((), everywhere.goes_back),
    "app.pause": ((), everywhere.pauses),
    "app.refresh": ((), everywhere.refreshes),
    "app.palette": ((), everywhere.opens_the_palette),
    "app.export": ((), everywhere.exports_the_screen),
    "app.theme": ((), everywhere.changes_the_theme),
    "app.help": ((), everywhere.helps),
    "app.quit": ((), everywhere.quits),
}


def test_every_action_of_the_registry_has_a_flow() -> None:
    assert set(FLOWS) == {action.id for action in ACTIONS}


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
async def test_all_keys_of_an_action_do_it(action: Action, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    way, flow = FLOWS[action.id]
    leaves_the_screen = action.id in {"plan.cancel", "plan.confirm", "playbook.undo", "playbook.end", "app.quit"}
    batches = [(key,) for key in action.keys] if leaves_the_screen else [action.keys]
    for keys in batches:
        async with on_stage(answers=ANSWERS) as stage:
            await stage.press(*way)
            for key in keys:
                await flow(stage, key)


@pytest.mark.parametrize("where", list(Where))
def test_no_key_means_two_things_in_one_place(where: Where) -> None:
    keys = [key for action in actions_in(where) for key in action.keys]
    assert len(keys) == len(set(keys))


def test_only_the_key_itself_commits() -> None:
    assert [action.id for action in ACTIONS if action.mutates] == ["plan.confirm"]
    assert "".join(NUMBER_KEYS) == "123456789"
