"""Parameters that a person gives: what they take, what they refuse, and where they stand."""

import msgspec
import pytest

from console.playbooks.document import Playbook
from console.playbooks.events import Chosen, ParameterGiven
from console.playbooks.load import load_text
from console.playbooks.machine import advance
from console.playbooks.moves import note_of
from console.playbooks.parameter import ChoiceParameter, IntegerParameter, Parameter, TextParameter
from console.playbooks.parameters import arguments_of, default_of, parameter_value, wanted_of, why_not_taken
from console.playbooks.state import NotNow, Phase
from console.playbooks.steps import ActionStep
from tests.playbooks.examples import WHOLE
from tests.playbooks.follower import PLAYBOOK, SLOW, Follower, phase, plan

REPLICAS = IntegerParameter("replicas to run", 1, 40)
REASON = TextParameter("why", max_length=10)
ZONE = ChoiceParameter("zone", ("a", "b"))


@pytest.mark.parametrize(
    ("parameter", "value", "expected"),
    [
        (REPLICAS, 8, None),
        (REPLICAS, 41, "replicas to run: expected a whole number from 1 to 40; found '41'"),
        (REPLICAS, "8", "replicas to run: expected a whole number from 1 to 40; found the text '8'"),
        (REPLICAS, True, "replicas to run: expected a whole number from 1 to 40; found True"),
        (REASON, "rollout", None),
        (REASON, "  ", "why: expected a text, found none"),
        (msgspec.structs.replace(REASON, optional=True), "", None),
        (REASON, "a long story", "why: expected a text of at most 10 characters; found 'a long story'"),
        (REASON, 3, "why: expected a text of at most 10 characters; found 3"),
        (ZONE, "b", None),
        (ZONE, "c", "zone: expected one of a, b; found 'c'"),
        (ZONE, 1, "zone: expected one of a, b; found 1"),
    ],
)
def test_a_parameter_takes_what_its_type_says(parameter: Parameter, value: int | str, expected: str | None) -> None:
    assert why_not_taken(parameter, value) == expected


def with_parameters() -> Playbook:
    more = {"why": REASON, "aside": msgspec.structs.replace(REASON, optional=True), "zone": ZONE}
    return msgspec.structs.replace(PLAYBOOK, params={**PLAYBOOK.params, **more})


def test_an_argument_that_stands_there_as_it_is_comes_from_no_evidence() -> None:
    playbook = with_parameters()
    assert [default_of(playbook, given) for given in (3, "champion", "params.replicas", "$params.why")] == [None] * 4
    assert default_of(playbook, "$params.replicas") == "wanted"


def test_only_what_cannot_be_computed_is_asked_of_a_person() -> None:
    playbook, scale = with_parameters(), PLAYBOOK.step("scale")
    assert isinstance(scale, ActionStep)
    assert wanted_of(playbook, scale, SLOW) == ()
    assert wanted_of(playbook, scale, {}) == ("replicas",)
    assert wanted_of(playbook, scale, {}, {"replicas": 6}) == ()
    asking = msgspec.structs.replace(scale, say="{{ params.zone }}, {{ params.why }}, {{ params.aside }}")
    assert wanted_of(playbook, asking, SLOW) == ("why", "zone")
    assert parameter_value(playbook, "why", SLOW).reason == "why: not given"
    assert arguments_of(playbook, scale, {}).missing == "replicas to run: unknown"
    assert arguments_of(playbook, scale, {}, {"replicas": 6}).values == {"replicas": 6}


def test_what_a_person_gave_is_planned_and_stands_in_texts() -> None:
    follower = Follower()
    follower.see(1000.0, SLOW)
    follower.take(Chosen(at=1000.0, step="pick", key="s"))
    follower.see(1000.0, {**SLOW, "wanted": None})
    assert phase(follower.state) is Phase.GUARDING
    with pytest.raises(NotNow, match="from 1 to 40; found '41'"):
        follower.take(ParameterGiven(at=1001.0, name="replicas", value=41))
    follower.take(ParameterGiven(at=1001.0, name="replicas", value=6))
    follower.see(1002.0, {**SLOW, "wanted": None})
    attempt = follower.state.attempt
    assert attempt is not None
    assert (attempt.phase, attempt.arguments) == (Phase.PLANNING, {"replicas": 6})
    assert note_of(PLAYBOOK, follower.state, "{{ params.replicas }}") == "6"


def test_a_plan_is_never_of_another_value_than_the_one_given_last() -> None:
    follower = Follower()
    follower.see(1000.0, SLOW)
    follower.take(Chosen(at=1000.0, step="pick", key="s"))
    follower.see(1000.0, SLOW)
    from console.playbooks.events import PlanDropped, PlanReady

    follower.take(PlanReady(at=1000.0, step="scale", plan=plan()))
    with pytest.raises(NotNow, match="the plan has been made with another value; cancel it first"):
        follower.take(ParameterGiven(at=1001.0, name="replicas", value=6))
    follower.take(PlanDropped(at=1002.0, step="scale"))
    follower.take(ParameterGiven(at=1003.0, name="replicas", value=6))
    assert phase(follower.state) is Phase.GUARDING
    follower.see(1004.0, SLOW)
    assert follower.state.attempt is not None
    assert follower.state.attempt.arguments == {"replicas": 6}


def test_texts_that_nobody_gave_are_said_to_be_missing() -> None:
    playbook, follower = with_parameters(), Follower()
    text = "{{ params.why }}, {{ params.zone }}, {{ params.aside }}."
    assert note_of(playbook, follower.state, text) == "not given, not given, ."
    state = advance(playbook, follower.state, ParameterGiven(at=1001.0, name="why", value="\x1b[2J"))
    assert "\x1b" not in note_of(playbook, state, text)
    with pytest.raises(NotNow, match="whole has no parameter zoo"):
        advance(playbook, state, ParameterGiven(at=1001.0, name="zoo", value="a"))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("{type: text, title: t, default: $wanted}", "17:40: expected a text; evidence stands for numbers only"),
        ("{type: text, title: t, default: abc, max_length: 2}", "the default has 3 characters, max_length is 2"),
        ("{type: text, title: t, default: a, propose: bad_replica}", "nobody is asked for a parameter that has"),
        ("{type: text, title: t, propose: bad_pod}", "bad_pod"),
        ("{type: choice, title: t, options: [a]}", "params.why.options: expected at least 2, found 1"),
        ("{type: choice, title: t, options: [a, b, a], default: a}", "'a' stands a second time"),
        ("{type: choice, title: t, options: [aa, b], default: aaa}", "unknown option 'aaa'; expected one of aa, b;"),
    ],
)
def test_a_parameter_that_cannot_be_is_told(given: str, expected: str) -> None:
    text = WHOLE.replace("params:\n", f"params:\n  why: {given}\n", 1)
    found = [str(problem) for problem in load_text(text, "p.yaml").problems if not problem.is_warning]
    assert len(found) == 1
    assert expected in found[0]


def test_an_action_takes_no_text_for_a_number() -> None:
    text = WHOLE.replace(
        "type: integer, title: replicas to run, default: $wanted, min: 1, max: 40", "type: text, title: t, default: a"
    )
    found = [str(problem) for problem in load_text(text, "p.yaml").problems]
    assert found == ["p.yaml:41:22: expected a parameter of type integer; params.replicas is a text"]


def test_a_parameter_needs_no_default() -> None:
    more = "params:\n  why: {type: text, title: t}\n  zone: {type: choice, title: t, options: [a, b]}\n"
    text = WHOLE.replace("params:\n", more, 1).replace("default: $wanted, ", "")
    loaded = load_text(text.replace("say: p99 {{ p99 }}", "say: '{{ params.why }} {{ params.zone }}'"), "p.yaml")
    assert loaded.problems == ()
