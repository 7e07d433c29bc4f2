import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.playbooks.condition import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    NotSo,
    Scope,
    StepIs,
    Truth,
    all_of,
    any_of,
    comparisons,
    deciding_comparisons,
    hold,
    truth,
)


def scope(at: float = 0.0, **values: float | None) -> Scope:
    return Scope(at, dict(values), durations={"confirm": 60.0})


@pytest.mark.parametrize(
    ("value", "op", "expected"),
    [
        (2.0, ">", True),
        (1.0, ">", False),
        (1.0, ">=", True),
        (None, ">", None),
        (math.nan, "<", None),
        (math.inf, ">", None),
    ],
)
def test_comparison_with_a_number(value: float | None, op: str, expected: Truth) -> None:
    assert truth(Comparison("p99", op, 1.0), scope(p99=value)) is expected  # type: ignore[arg-type] # parametrized


def test_a_missing_variable_is_unknown() -> None:
    assert truth(Comparison("p99", "<", 1.0), scope()) is None


def test_reference_compares_with_another_variable() -> None:
    condition = Comparison("p99", "<", "$limit")
    assert truth(condition, scope(p99=0.3, limit=0.5)) is True
    assert truth(condition, scope(p99=0.3, limit=None)) is None


def test_ratio_multiplies_its_base() -> None:
    condition = Comparison("traffic", ">=", 1.3, ratio_to="normal")
    assert truth(condition, scope(traffic=130.0, normal=100.0)) is True
    assert truth(condition, scope(traffic=129.0, normal=100.0)) is False
    assert truth(condition, scope(traffic=1.0, normal=0.0)) is True


def test_ratio_of_nothing_to_nothing_is_unknown() -> None:
    assert truth(Comparison("traffic", ">=", 1.3, ratio_to="normal"), scope(traffic=0.0, normal=0.0)) is None


def test_step_results_keep_unknown_apart_from_false() -> None:
    seen = Scope(0.0, {}, checks={"yes": True, "no": False, "unclear": None})
    assert truth(StepIs("yes", True), seen) is True
    assert truth(StepIs("no", True), seen) is False
    assert truth(StepIs("unclear", True), seen) is None
    assert truth(StepIs("unclear", "unknown"), seen) is True
    assert truth(StepIs("no", "unknown"), seen) is False


def test_a_duration_must_pass_while_the_comparison_holds() -> None:
    condition: Condition = AllOf((Comparison("p99", "<", 1.0, for_="$confirm"),))
    held: dict[str, float] = {}
    answers = []
    for at, value in [(0, 0.5), (30, 0.5), (59, 0.5), (60, 0.5), (61, 2.0), (62, 0.5), (121, 0.5), (122, 0.5)]:
        seen = Scope(float(at), {"p99": value}, held=held, durations={"confirm": 60.0})
        held = hold(condition, seen)
        answers.append(truth(condition, Scope(float(at), {"p99": value}, held=held, durations=seen.durations)))
    assert answers == [None, None, None, True, False, None, None, True]


def test_no_data_begins_a_duration_anew() -> None:
    condition = Comparison("p99", "<", 1.0, for_="1m")
    held: dict[str, float] = {}
    for at, value in [(0, 0.5), (30, None), (60, 0.5), (90, 0.5)]:
        held = hold(condition, Scope(float(at), {"p99": value}, held=held))
    assert held == {"": 60.0}
    assert truth(condition, Scope(90.0, {"p99": 0.5}, held=held)) is None


truths = st.sampled_from([True, False, None])


@given(st.lists(truths))
def test_connectives_are_dual(answers: list[Truth]) -> None:
    def negated(answer: Truth) -> Truth:
        return None if answer is None else not answer

    assert all_of(answers) is negated(any_of(map(negated, answers)))


leaves = st.builds(
    Comparison,
    var=st.sampled_from("abc"),
    op=st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
    value=st.integers(-3, 3).map(float),
    for_=st.sampled_from([None, "1m"]),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        inner.map(NotSo),
    ),
    max_leaves=8,
)
values = st.dictionaries(st.sampled_from("abc"), st.one_of(st.none(), st.floats(-3, 3)), max_size=3)


@given(conditions)
def test_a_condition_over_no_data_is_unknown(condition: Condition) -> None:
    assert truth(condition, scope()) is None


@given(conditions, values, values)
def test_more_data_never_turns_a_known_answer_around(
    condition: Condition, known: dict[str, float | None], more: dict[str, float | None]
) -> None:
    held = {where: -1000.0 for where, _ in comparisons(condition)}
    before = truth(condition, Scope(0.0, known, held=held))
    filled = {**more, **{name: value for name, value in known.items() if value is not None}}
    after = truth(condition, Scope(0.0, filled, held=held))
    if before is not None:
        assert after is before


@pytest.mark.parametrize(
    ("slow", "variables"), [(True, ["latency", "queue"]), (False, ["errors", "queue"]), (None, ["errors", "queue"])]
)
def test_what_earlier_checks_ruled_out_is_not_waited_for(slow: Truth, variables: list[str]) -> None:
    not_slow = AnyOf((StepIs("slow", is_=False), StepIs("slow", is_="unknown")))
    condition = AllOf(
        (
            AnyOf(
                (
                    AllOf((StepIs("slow", is_=True), Comparison("latency", "<", 1.0))),
                    AllOf((not_slow, Comparison("errors", "<", 1.0))),
                )
            ),
            AnyOf((not_slow, NotSo(Comparison("queue", ">", 1.0)))) if slow else NotSo(Comparison("queue", ">", 1.0)),
            AnyOf((StepIs("slow", is_="unknown" if slow is None else slow), Comparison("first", "<", 1.0))),
        )
    )
    seen = Scope(0.0, {}, checks={"slow": slow})
    told = list(deciding_comparisons(condition, seen))
    assert [comparison.var for _, comparison in told] == variables
    assert set(told) <= set(comparisons(condition)), "each keeps its place"
