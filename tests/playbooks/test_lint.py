from datetime import date

import pytest

from console.playbooks.load import load_text
from tests.playbooks.examples import SMALLEST, WHOLE

NO_COOLDOWN = "limits.cooldown is not given: how long is its target left alone before another run may act on it?"


def problems(before: str, after: str) -> list[str]:
    assert before in WHOLE
    return [str(problem) for problem in load_text(WHOLE.replace(before, after, 1), "p.yaml").problems]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("six", "p.yaml:41:22: expected a whole number, or a parameter such as $params.replicas; found 'six'"),
        ("-5", "p.yaml:41:22: expected a whole number from 1; found -5"),
        ("0", "p.yaml:41:22: expected a whole number from 1; found 0"),
        ("10000", "p.yaml:41:22: 10000 is over limits.max_replicas of this playbook, which is 20"),
    ],
)
def test_the_arguments_of_an_action_are_numbers_within_the_limits(given: str, expected: str) -> None:
    assert problems("with: {replicas: $params.replicas}", f"with: {{replicas: {given}}}") == [expected]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("default: $wanted", "default: 30", "p.yaml:17:62: 30 is over limits.max_replicas of this playbook, which is"),
        ("min: 1, max: 40", "min: 50, max: 40", "p.yaml:17:76: min 50 is over max 40"),
        ("min: 1, max: 40", "min: 0, max: 40", "p.yaml:17:76: expected at least 1, the least that the action takes"),
        ("timeout: 5m", "timeout: 0s", "p.yaml:47:16: expected a duration that is longer than 0; found '0s'"),
        ("timeout: 10m", "timeout: 0s", "p.yaml:56:16: expected a duration that is longer than 0; found '0s'"),
        ("timeout: 5m", "timeout: 99999999999999999w", "p.yaml:47:16: expected a duration of 1w at most; found "),
        (
            "timeout: 5m",
            "timeout: 35s",
            "p.yaml:45:63: '30s' cannot pass within the timeout of 35s after settling for 10s",
        ),
        (
            'settle: 10s\n      better: {var: p99, op: "<", value: $p99.objective, for: 30s}',
            'settle: 5m\n      better: {var: p99, op: "<", value: $p99.objective}',
            "p.yaml:44:15: '5m' leaves no time to verify within the timeout of 5m",
        ),
        (
            "for: $recover",
            "for: 11m",
            "p.yaml:55:62: '11m' cannot pass within the timeout of 10m",
        ),
        (
            'require: {var: replicas, op: ">=", value: 1}',
            'require: {var: errors.before, op: "<", value: 1}',
            "p.yaml:19:5: errors.before is not known yet: guards are looked at before an action",
        ),
        (
            'check: {var: p99, op: ">", value: $p99.objective}',
            'check: {var: p99, op: ">", value: $p99.before}',
            "p99.before is not known yet: no action comes before this step",
        ),
        (
            "value: $p99.objective, for: 30s",
            "value: $replicas, for: 30s",
            "p99 is seconds, replicas is a count: they cannot be compared",
        ),
        (
            "ratio_to: errors.before",
            "ratio_to: p99",
            "errors is a ratio, p99 is seconds: they cannot be compared",
        ),
        (
            "say: p99 {{ p99 }}",
            "say: p99 {{ p99",
            "'{{' and '}}' stand in pairs around one name, such as {{ latency }}",
        ),
        (
            'check: {var: p99, op: ">", value: $p99.objective}',
            "check: {step: slow, is: true}",
            "the check 'slow' cannot have been made before step 'slow'",
        ),
    ],
)
def test_what_can_never_work_is_told(before: str, after: str, expected: str) -> None:
    found = problems(before, after)
    assert len(found) == 1
    assert expected in found[0]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("limits: {cooldown: 10m, max_runs: {count: 3, per: 1h}}", []),
        ("limits: {cooldown: 0s}", ["p.yaml:68:20: expected a duration from more than 0 to 1w; found '0s'"]),
        ("limits: {cooldown: 8d}", ["p.yaml:68:20: expected a duration from more than 0 to 1w; found '8d'"]),
        (
            "limits: {cooldown: $confirm}",
            ["p.yaml:68:20: limits.cooldown: expected a duration such as 30s or 5m, found '$confirm'"],
        ),
        (
            "limits: {cooldown: 5m, max_runs: {count: 0, per: 1h}}",
            ["p.yaml:68:42: limits.max_runs.count: expected a whole number >= 1, found the number 0"],
        ),
        (
            "limits: {max_factor: 1.5}",
            [f"p.yaml:40:5: warning: {NO_COOLDOWN}"],
        ),
        ("limits: {cooldown: 5m}\napprovals: {count: 2, when: {labels: {env: [prod]}, min_severity: critical}}", []),
        (
            "limits: {cooldown: 5m}\napprovals: {when: {labels: {env: []}}}",
            ["p.yaml:69:29: no value is named, so approvals are never asked for"],
        ),
        (
            "limits: {cooldown: 5m}\napprovals: {not_self: 1}",
            ["p.yaml:69:23: approvals.not_self: expected true or false, found the number 1"],
        ),
    ],
)
def test_limits_in_time_and_approvals(given: str, expected: list[str]) -> None:
    assert problems("limits: {cooldown: 5m}", given) == expected


def test_approvals_of_a_playbook_that_does_not_act_are_told() -> None:
    found = [str(problem) for problem in load_text(SMALLEST + "approvals: {}\n", "p.yaml").problems]
    assert found == ["p.yaml:15:1: no step acts, so there is nothing to approve"]


def test_guards_may_read_a_check_that_comes_before_every_action() -> None:
    assert problems('require: {var: replicas, op: ">=", value: 1}', "require: {step: slow, is: true}") == []


def test_a_check_that_comes_later_cannot_be_read() -> None:
    later = "  - id: late\n    title: Late?\n    check: {step: slow, is: true}\n"
    later += "    on_true: note\n    on_false: note\n    on_unknown: note\n  - id: note\n"
    text = WHOLE.replace("  - id: note\n", later).replace(
        "on_failed: note\n  - id: late", "on_failed: late\n  - id: late"
    )
    assert load_text(text, "p.yaml").problems == ()
    text = text.replace("when: {step: slow, is: true}", "when: {step: late, is: true}")
    assert [str(problem) for problem in load_text(text, "p.yaml").problems] == [
        "p.yaml:33:9: the check 'late' cannot have been made before step 'pick'"
    ]


def test_a_review_in_the_future_is_a_warning() -> None:
    text = SMALLEST.replace("2026-11-01", "9999-12-31")
    loaded = load_text(text, "p.yaml", date(2026, 11, 23))
    assert loaded.playbook is not None
    assert [str(problem) for problem in loaded.problems] == [
        "p.yaml:8:13: warning: reviewed on 9999-12-31, which has not come yet"
    ]


def test_placeholders_are_found_in_time_that_grows_with_the_text() -> None:
    from console.playbooks.names import placeholders

    assert placeholders("{{" + " " * 500_000) == ()
    assert placeholders("{{ a }} {{b}} {{  c.before  }}") == ("a", "b", "c.before")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            'require: {var: replicas, op: ">=", value: 1}',
            'require: {any: [{var: replicas, op: ">=", value: 1}, {step: slow, is: unknown}]}',
            ("p.yaml:19:5", "unknown never passes a guard"),
        ),
        (
            'better: {var: p99, op: "<", value: $p99.objective, for: 30s}',
            "better: {not: {not: {step: slow, is: unknown}}}",
            ("p.yaml:45:7", "unknown never counts as recovered"),
        ),
        (
            'until: {var: p99, op: "<", value: $p99.objective, for: $recover}',
            "until: {step: slow, is: unknown}",
            ("p.yaml:55:7", "unknown never counts as recovered"),
        ),
    ],
)
def test_a_condition_that_is_true_when_nothing_is_known_neither_guards_nor_shows_recovery(
    before: str, after: str, expected: tuple[str, str]
) -> None:
    place, why = expected
    told = "this is true even when nothing is known: add a comparison beside 'is: unknown'"
    assert problems(before, after) == [f"{place}: {told}; {why}"]


@pytest.mark.parametrize(
    "known",
    ["{not: {step: slow, is: unknown}}", "{all: [{var: replicas, op: '>', value: 0}, {step: slow, is: unknown}]}"],
)
def test_a_guard_may_look_at_what_was_unknown_beside_what_is_known(known: str) -> None:
    assert problems('require: {var: replicas, op: ">=", value: 1}', f"require: {known}") == []


@pytest.mark.parametrize(
    ("tier", "expected"),
    [
        ("4", ["p.yaml:40:11: steps[2].tier: the number 4 is none, expected one of 1, 2, 3"]),
        ("3", []),
        ("1", ["p.yaml:40:11: warning: tier 1 raises nothing: kubernetes.restart is of tier 2 at least"]),
    ],
)
def test_a_tier_that_raises_nothing_is_told(tier: str, expected: list[str]) -> None:
    action = "    action: kubernetes.scale\n    with: {replicas: $params.replicas}\n"
    found = problems(action, f"    tier: {tier}\n    action: kubernetes.restart\n")
    assert [each for each in found if "tier" in each] == expected
