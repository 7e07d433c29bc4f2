"""What is wrong with the cases of a playbook: names that it does not have, answers that no step takes."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from console.playbooks.cases.document import Case, Expected, PlaybookTest
from console.playbooks.cases.followed import CANCEL_KEY, CONFIRM_KEY
from console.playbooks.choices import DONE_KEY, RETRY_KEY, SKIP_KEY
from console.playbooks.document import Playbook
from console.playbooks.lint_names import unknown_name
from console.playbooks.names import BEFORE, variables_of
from console.playbooks.parameters import why_not_taken
from console.playbooks.problem import Finding, Place
from console.playbooks.steps import END, ActionStep, CheckStep, DecideStep, ManualStep, NotifyStep, Step, WaitStep


def about_cases(test: PlaybookTest, playbook: Playbook) -> Iterator[Finding]:
    """Yield everything that keeps the cases of a file from being followed."""
    first: dict[str, int] = {}
    for index, case in enumerate(test.cases):
        place: Place = ("cases", index)
        if case.name in first:
            yield Finding((*place, "name"), f"the name '{case.name}' is taken by case {first[case.name] + 1}")
        first.setdefault(case.name, index)
        if case.expect == Expected():
            yield Finding((*place, "expect"), "nothing is expected; say at least where it ends: expect: {end: end}")
        yield from _about_names(case, playbook, place)
        yield from _about_answers(case, playbook, place)
        yield from _about_params(case, playbook, place)


def _about_names(case: Case, playbook: Playbook, place: Place) -> Iterator[Finding]:
    measured = [name for name in variables_of(playbook) if not name.endswith(f".{BEFORE}")]
    yield from _unknown((*place, "evidence"), "variable", case.evidence, measured)
    actions = [step.id for step in playbook.steps if isinstance(step, ActionStep)]
    yield from _unknown((*place, "actions"), "action step", case.actions, actions)
    for step, course in case.actions.items():
        yield from _unknown((*place, "actions", step, "evidence"), "variable", course.evidence, measured)
    steps, expect = [step.id for step in playbook.steps], case.expect
    below: Place = (*place, "expect")
    yield from _each((*below, "path"), expect.path, (*steps, END))
    yield from _each((*below, "skipped"), expect.skipped, steps)
    if expect.end is not None:
        yield from unknown_name((*below, "end"), "step", expect.end, (*steps, END))
    decisions = [step.id for step in playbook.steps if isinstance(step, DecideStep)]
    checks = [step.id for step in playbook.steps if isinstance(step, CheckStep)]
    yield from _unknown((*below, "suggested"), "decide step", expect.suggested, decisions)
    yield from _unknown((*below, "checks"), "check step", expect.checks, checks)
    yield from _unknown((*below, "plan"), "action step", expect.plan, actions)
    yield from _unknown((*below, "outcome"), "action step", expect.outcome, actions)
    yield from _unknown((*below, "notes"), "step", expect.notes, steps)


def _about_answers(case: Case, playbook: Playbook, place: Place) -> Iterator[Finding]:
    steps = {step.id: step for step in playbook.steps}
    asking = {step_id: keys for step_id, step in steps.items() if (keys := _keys_of(step))}
    for step_id, given in case.answers.items():
        where = (*place, "answers", step_id)
        if step_id in steps and step_id not in asking:
            yield Finding(where, f"step '{step_id}' asks nothing", is_key=True)
            continue
        yield from unknown_name(where, "step", step_id, asking)
        for key in given if step_id in asking else ():
            yield from unknown_name(where, "key", key, asking[step_id])
    for step_id, option in case.expect.suggested.items():
        if option is not None and step_id in asking:
            yield from unknown_name((*place, "expect", "suggested", step_id), "option key", option, asking[step_id])


def _keys_of(step: Step) -> tuple[str, ...]:
    match step:
        case DecideStep():
            return tuple(option.key for option in step.options)
        case ActionStep():
            return (CONFIRM_KEY, CANCEL_KEY, RETRY_KEY, SKIP_KEY)
        case ManualStep():
            return (DONE_KEY,)
        case NotifyStep():
            return (DONE_KEY, SKIP_KEY)
        case WaitStep():
            return (SKIP_KEY,)
        case CheckStep():
            return ()


def _about_params(case: Case, playbook: Playbook, place: Place) -> Iterator[Finding]:
    for name, value in case.params.items():
        parameter = playbook.params.get(name)
        if parameter is None:
            yield from unknown_name((*place, "params", name), "parameter", name, playbook.params)
        elif (refused := why_not_taken(parameter, value)) is not None:
            yield Finding((*place, "params", name), refused)


def _unknown(place: Place, what: str, given: Mapping[str, object], known: Collection[str]) -> Iterator[Finding]:
    for name in given:
        for finding in unknown_name((*place, name), what, name, known):
            yield Finding(finding.place, finding.text, is_key=True)


def _each(place: Place, given: Iterable[str], known: Collection[str]) -> Iterator[Finding]:
    for index, name in enumerate(given):
        yield from unknown_name((*place, index), "step", name, known)
