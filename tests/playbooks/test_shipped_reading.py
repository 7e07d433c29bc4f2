"""The shipped playbooks as a tired person meets them: on 80 columns, without data, with every way tried beforehand."""

from itertools import product

import pytest
from rich.cells import cell_len

from console.actions.registry import specifications
from console.playbooks.cases.coverage import coverage_of
from console.playbooks.cases.load import run_cases
from console.playbooks.condition import Scope, Truth, truth
from console.playbooks.document import Playbook
from console.playbooks.events import ServedBy
from console.playbooks.kubectl import command_facts
from console.playbooks.library import Library, shipped_directory
from console.playbooks.names import parameters_of, render
from console.playbooks.steps import (
    ActionStep,
    CheckStep,
    DecideStep,
    ManualStep,
    NotifyStep,
    WaitStep,
    texts_of,
    title_of,
)
from console.tui.panels.lines import lay_out, line

COLUMNS = 80
OF_A_TITLE = COLUMNS - 2 - len("▶ 10 manual  ") - len(" active")
OF_AN_OPTION = COLUMNS - 2 - len("    s   ◂ suggested")
OF_A_TEXT = COLUMNS - 2 - len("    ")
MOST_ROWS = 12
"""Rows of a text of the step at which a run stands: with its title and its answers it is seen whole on 24 rows."""
SHIPPED = Library.load().playbooks
DURATIONS = {"confirm": 60.0, "recover": 300.0}


def shown(playbook: Playbook, text: str) -> str:
    """Return a text as it is shown for a model of a usual name, with values of a usual length."""
    facts = {"model.name": "fraud", "model.id": "fraud"} | command_facts(ServedBy("prod", "ml", "Deployment", "fraud"))
    return render(text, {}, {}, facts | dict.fromkeys(parameters_of(playbook), "12"))


@pytest.fixture(params=SHIPPED, ids=lambda playbook: playbook.id)
def playbook(request: pytest.FixtureRequest) -> Playbook:
    found: Playbook = request.param
    return found


def test_every_title_and_every_answer_fits_its_line(playbook: Playbook) -> None:
    titles = [shown(playbook, title_of(step)) for step in playbook.steps]
    assert [title for title in titles if cell_len(title) > OF_A_TITLE] == []
    labels = [option.label for step in playbook.steps if isinstance(step, DecideStep) for option in step.options]
    assert [label for label in labels if cell_len(label) > OF_AN_OPTION] == []


def test_every_text_is_seen_whole(playbook: Playbook) -> None:
    for step in playbook.steps:
        for place, text in texts_of(step):
            rows = lay_out([line(one, wraps=True) for one in shown(playbook, text).splitlines()], OF_A_TEXT)
            assert len(rows) <= MOST_ROWS, (step.id, place, len(rows))


def test_what_is_told_of_a_step_afterwards_is_one_line(playbook: Playbook) -> None:
    told = [step.say for step in playbook.steps if isinstance(step, CheckStep | WaitStep | ActionStep)]
    assert [say for say in told if "\n" in say] == []


def test_every_manual_step_says_what_to_look_at(playbook: Playbook) -> None:
    assert [step.id for step in playbook.steps if isinstance(step, ManualStep) and not step.say] == []


def test_every_step_and_every_way_is_tried_by_a_case(playbook: Playbook) -> None:
    result = run_cases(shipped_directory() / f"{playbook.id}.test.yaml", SHIPPED)
    assert result.problems == ()
    assert [difference for case in result.cases for difference in case.differences] == []
    coverage = coverage_of(playbook, [case.course for case in result.cases])
    assert (coverage.steps_missed, coverage.ways_missed) == ((), ())


def test_no_data_suggests_nothing_passes_no_guard_and_ends_no_wait(playbook: Playbook) -> None:
    checks = [step.id for step in playbook.steps if isinstance(step, CheckStep)]
    answers: tuple[Truth, ...] = (True, False, None)
    blind = Scope(0.0, {}, dict.fromkeys(checks), durations=DURATIONS)
    for guard in playbook.guards:
        assert truth(guard.require, blind) is not True
    for step in playbook.steps:
        if isinstance(step, DecideStep):
            assert [found.option for found in step.suggest if truth(found.when, blind) is True] == []
        elif isinstance(step, WaitStep | ActionStep):
            condition = step.wait.until if isinstance(step, WaitStep) else step.verify.better
            if condition is None:
                assert isinstance(step, ActionStep)
                assert specifications()[step.action].proof == "system"
                continue
            for given in product(answers, repeat=len(checks)):
                scope = Scope(0.0, {}, dict(zip(checks, given, strict=True)), durations=DURATIONS)
                assert truth(condition, scope) is not True, (step.id, given)


def test_whoever_acts_is_bounded_in_time_and_tells_when_it_got_worse(playbook: Playbook) -> None:
    actions = [step for step in playbook.steps if isinstance(step, ActionStep)]
    if actions:
        assert playbook.guards
        assert playbook.limits.cooldown is not None
        assert playbook.limits.max_runs is not None
    assert [step.id for step in actions if step.verify.worse is None] == []


def test_whoever_leads_to_a_person_leaves_a_message_for_one(playbook: Playbook) -> None:
    assert any(isinstance(step, NotifyStep) for step in playbook.steps)


def test_no_playbook_is_warned_of() -> None:
    assert Library.load().problems == ()
