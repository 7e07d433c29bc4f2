"""Tests of playbooks: what their cases mean, what is told when they fail, and what is wrong with a file of them."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.domain.label import harmless
from console.playbooks.cases.coverage import coverage_of
from console.playbooks.cases.load import CasesOfFile, run_cases, run_text
from tests.playbooks.examples import whole

HEAD = "apiVersion: incident-console/v1\nkind: PlaybookTest\nplaybook: whole\ncases:\n"
SLOW = "{p99: 2.0, p99.objective: 0.5, errors: 0.01, replicas: 4, wanted: 8}"
HELPED = """\
  - name: more replicas help
    evidence: {p99: 2.0, p99.objective: 0.5, errors: 0.01, replicas: 4, wanted: 8}
    answers: {pick: s}
    actions: {scale: {ready_after: 30s, evidence: {p99: [1.0, 0.2]}}}
    expect:
      path: [slow, pick, scale, hold, note, end]
      suggested: {pick: s}
      checks: {slow: true}
      plan: {scale: {before: {replicas: 4}, after: {replicas: 8}}}
      outcome: {scale: verified}
      skipped: [tell]
      notes: {scale: the metrics recovered, slow: p99 2.00 s}
      end: end
"""


def run(tmp_path: Path, text: str) -> CasesOfFile:
    file = tmp_path / "whole.test.yaml"
    file.write_text(text, encoding="utf-8")
    return run_cases(file, [whole()])


def told(tmp_path: Path, case: str) -> list[str]:
    """Return what is told of the one case of a file."""
    result = run(tmp_path, HEAD + case)
    assert result.problems == ()
    return [str(problem).removeprefix(f"{tmp_path}/") for problem in result.cases[0].differences]


def case(evidence: str, expect: str, rest: str = "") -> str:
    return f"  - name: a case\n    evidence: {evidence}\n    expect: {expect}\n{rest}"


def test_a_case_goes_the_whole_way(tmp_path: Path) -> None:
    assert told(tmp_path, HELPED) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            "path: [slow, pick, scale, hold, note, end]",
            "path: [slow, note, end]",
            "10:7: path: expected slow → note → end; got slow → pick → scale → hold → note → end",
        ),
        ("suggested: {pick: s}", "suggested: {pick: e}", "11:25: suggested.pick: expected e; got s"),
        ("suggested: {pick: s}", "suggested: {pick: null}", "11:25: suggested.pick: expected nothing; got s"),
        ("checks: {slow: true}", "checks: {slow: unknown}", "12:22: checks.slow: expected unknown; got true"),
        ("after: {replicas: 8}", "after: {replicas: 7}", "13:63: plan.scale.after.replicas: expected 7; got 8"),
        ("before: {replicas: 4}", "before: {replicas: 5}", "13:41: plan.scale.before.replicas: expected 5; got 4"),
        ("outcome: {scale: verified}", "outcome: {scale: worse}", "14:24: outcome.scale: expected worse; got verified"),
        ("skipped: [tell]", "skipped: [hold]", "15:17: skipped.0: expected hold skipped; got hold done"),
        (
            "slow: p99 2.00 s",
            "slow: p99 9 s",
            "16:51: notes.slow: expected 'p99 9 s'; got 'yes: p99 2.00 s'",
        ),
        (
            "      end: end",
            "      end: hold",
            "17:12: end: expected hold; got end, by slow → pick → scale → hold → note → end",
        ),
        ("      end: end", "      blocked_by: guards", "17:19: blocked_by: expected 'guards'; got nothing"),
    ],
)
def test_what_comes_otherwise_is_told_with_its_position(tmp_path: Path, before: str, after: str, expected: str) -> None:
    assert before in HELPED
    assert told(tmp_path, HELPED.replace(before, after)) == [f"whole.test.yaml:{expected}"]


@pytest.mark.parametrize(
    ("evidence", "rest", "expect"),
    [
        # No data: nothing is suggested, the guard lets nothing pass, and what is unknown is never recovered.
        ("{}", "    answers: {pick: s}\n", "{checks: {slow: unknown}, suggested: {pick: null}, end: scale}"),
        (SLOW.replace("replicas: 4", "replicas: unknown"), "    answers: {pick: s}\n", "{blocked_by: no data to}"),
        (
            SLOW,
            "    answers: {pick: s}\n    actions: {scale: {evidence: {p99: unknown}}}\n",
            "{path: [slow, pick, scale, note, end], outcome: {scale: not_verified}}",
        ),
        (
            SLOW,
            "    answers: {pick: s}\n    actions: {scale: {evidence: {p99: [0.2, 0.2, unknown, 0.2, unknown]}}}\n",
            "{outcome: {scale: not_verified}}",
        ),
        # A decision that nobody answers leaves the run standing.
        (SLOW, "", "{path: [slow, pick], end: pick}"),
        # A plan may be cancelled, made again, and skipped; the last plan is the one that counts.
        (SLOW, "    answers: {pick: s, scale: [n, r, y]}\n", "{outcome: {scale: not_verified}}"),
        (SLOW, "    answers: {pick: s, scale: [n, x]}\n", "{path: [slow, pick, scale, note, end]}"),
        (SLOW, "    answers: {pick: s, scale: n}\n", "{end: scale, blocked_by: cancelled}"),
        (SLOW, "    answers: {pick: s, scale: [y, x]}\n", "{notes: {scale: go on without verification}}"),
        (SLOW, "    answers: {pick: s}\n    actions: {scale: {refused: no quota}}\n", "{blocked_by: no quota}"),
        (SLOW, "    answers: {pick: s}\n    actions: {scale: {commit: not_applied}}\n", "{end: scale, outcome: {}}"),
        (
            SLOW,
            "    answers: {pick: s}\n    actions: {scale: {rollout: failed}}\n",
            "{outcome: {scale: worse}, notes: {scale: the rollout failed}}",
        ),
        (
            SLOW,
            "    answers: {pick: s}\n    actions: {scale: {rollout: never, evidence: {p99: 0.2}}}\n",
            "{outcome: {scale: not_verified}}",
        ),
        (
            SLOW,
            "    answers: {pick: s}\n    actions: {scale: {evidence: {p99: 0.2, errors: 0.5}}}\n",
            "{outcome: {scale: worse}}",
        ),
        # Three times the present replicas are beyond what a playbook may do at once, whatever it computes.
        (SLOW.replace("wanted: 8", "wanted: 12"), "    answers: {pick: s}\n", "{end: scale, blocked_by: max_factor}"),
        (
            SLOW.replace("wanted: 8", "wanted: unknown"),
            "    answers: {pick: s}\n    params: {replicas: 6}\n",
            "{plan: {scale: {after: {replicas: 6}}}}",
        ),
        # It recovers and breaks again: the message goes out.
        (
            SLOW,
            "    answers: {pick: s, tell: x}\n    actions: {scale: {evidence: {p99: [{value: 0.2, for: 1m}, 2.0]}}}\n",
            "{path: [slow, pick, scale, hold, tell, note, end], skipped: [tell]}",
        ),
    ],
)
def test_cases_follow_the_very_machine(tmp_path: Path, evidence: str, rest: str, expect: str) -> None:
    assert told(tmp_path, case(evidence, expect, rest)) == []


def test_an_answer_that_nobody_asked_for_is_told(tmp_path: Path) -> None:
    found = told(tmp_path, case("{p99: 0.1, p99.objective: 0.5}", "{end: end}", "    answers: {pick: s}\n"))
    assert found == ["whole.test.yaml:8:21: answers.pick: nobody asked; the run went slow → note → end"]


def test_a_case_that_does_not_say_what_the_replicas_were_is_told(tmp_path: Path) -> None:
    from console.playbooks.load import load_text
    from tests.playbooks.examples import WHOLE

    text = WHOLE.replace("  replicas: {workload: replicas}\n", "  replicas: {signal: traffic}\n")
    playbook = load_text(text, "p.yaml").playbook
    assert playbook is not None
    file = tmp_path / "whole.test.yaml"
    file.write_text(HEAD + case(SLOW, "{end: end}", "    answers: {pick: s}\n"), encoding="utf-8")
    (result,) = run_cases(file, [playbook]).cases
    assert [problem.text for problem in result.differences] == [
        "kubernetes.scale changes 'replicas', and the case does not say what it is before"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: [1\n", "2:1: not YAML: "),
        (
            HEAD.replace("whole", "hole") + HELPED,
            "3:11: unknown playbook 'hole'; expected one of whole; nearest: whole",
        ),
        (HEAD + HELPED.replace("p99: 2.0", "p9: 2.0"), "6:16: unknown variable 'p9'; expected one of errors, "),
        (HEAD + HELPED.replace("p99: 2.0", "p99.before: 2.0"), "6:16: unknown variable 'p99.before'; expected one of"),
        (HEAD + HELPED.replace("answers: {pick: s}", "answers: {pick: z}"), "7:21: unknown key 'z'; expected one of e"),
        (HEAD + HELPED.replace("answers: {pick: s}", "answers: {slow: s}"), "7:15: step 'slow' asks nothing"),
        (HEAD + HELPED.replace("answers: {pick: s}", "answers: {pck: s}"), "7:20: unknown step 'pck'; expected one of"),
        (HEAD + HELPED.replace("hold, note, end]", "held, note, end]"), "10:33: unknown step 'held'; expected one of"),
        (HEAD + HELPED.replace("{scale: verified}", "{scale: fine}"), "'fine' is none, expected one of applied,"),
        (
            HEAD + HELPED.replace("actions: {scale:", "actions: {hold:"),
            "8:15: unknown action step 'hold'; expected one",
        ),
        (HEAD + HELPED.replace("p99: [1.0, 0.2]", "p99: []"), "p99: expected at least 1, found none"),
        (
            HEAD + HELPED.replace("p99: 2.0", "p99: fast"),
            "6:21: cases[0].evidence.p99: expected a number or unknown, found 'fast'",
        ),
        (HEAD + HELPED + HELPED, "18:11: the name 'more replicas help' is taken by case 1"),
        (HEAD + "  - {name: a, expect: {}}\n", "5:15: nothing is expected; say at least where it ends: expect: {end:"),
        (
            HEAD + case("{}", "{end: end}", "    params: {replicas: 99}\n"),
            "replicas to run: expected a whole number from 1 to 40; found '99'",
        ),
    ],
)
def test_a_file_that_cannot_be_followed_is_one_line_per_mistake(tmp_path: Path, text: str, expected: str) -> None:
    result = run(tmp_path, text)
    assert result.cases == ()
    assert len(result.problems) == 1
    assert expected in str(result.problems[0])


def test_coverage_names_what_no_case_has_taken(tmp_path: Path) -> None:
    found = run(tmp_path, HEAD + HELPED)
    covered = coverage_of(whole(), (result.course for result in found.cases))
    assert (covered.steps, covered.steps_missed) == (6, ("tell",))
    assert covered.ways_missed == (
        ("slow", "note"),
        ("pick", "note"),
        ("scale", "note"),
        ("hold", "tell"),
        ("tell", "note"),
    )


def test_a_wait_of_a_week_is_followed_in_a_moment(tmp_path: Path) -> None:
    playbook_text = (tmp_path / "whole.test.yaml").name
    from console.playbooks.load import load_text
    from tests.playbooks.examples import WHOLE

    loaded = load_text(WHOLE.replace("timeout: 10m", "timeout: 1w"), playbook_text)
    assert loaded.playbook is not None
    file = tmp_path / "whole.test.yaml"
    rest = "    answers: {pick: s}\n    actions: {scale: {evidence: {p99: [{value: 0.2, for: 1m}, 2.0]}}}\n"
    file.write_text(HEAD + case(SLOW, "{notes: {hold: not seen in time}}", rest), encoding="utf-8")
    (result,) = run_cases(file, [loaded.playbook]).cases
    assert result.differences == ()
    assert result.course.state.ended is not None
    assert result.course.state.ended >= 7 * 86_400


@settings(max_examples=120)
@given(st.integers(0, len(HEAD + HELPED)), st.integers(0, 40), st.text(max_size=10))
def test_any_edit_of_cases_gives_clean_lines_only(start: int, length: int, inserted: str) -> None:
    text = HEAD + HELPED
    result = run_text(text[:start] + inserted + text[start + length :], "fuzz.test.yaml", [whole()])
    lines = [*result.problems, *(line for case in result.cases for line in case.differences)]
    assert result.cases or result.problems
    assert all(str(line) == harmless(str(line), longest=2000) for line in lines)


def test_a_plan_of_which_nothing_is_expected_is_no_expectation(tmp_path: Path) -> None:
    result = run(tmp_path, HEAD + case(SLOW, "{plan: {scale: {after: {}}}}"))
    assert [problem.text for problem in result.problems] == [
        "cases[0].expect.plan.scale.after: expected at least 1, found none"
    ]
