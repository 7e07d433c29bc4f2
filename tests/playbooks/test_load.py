from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.domain.label import harmless
from console.playbooks.condition import Comparison
from console.playbooks.load import load_file, load_text
from console.playbooks.steps import ActionStep, CheckStep, DecideStep, ManualStep, NotifyStep, WaitStep
from tests.playbooks.examples import SMALLEST, WHOLE, whole


def problems(text: str, today: date | None = None) -> list[str]:
    loaded = load_text(text, "p.yaml", today)
    assert (loaded.playbook is None) is any(not problem.is_warning for problem in loaded.problems)
    return [str(problem) for problem in loaded.problems]


def changed(before: str, after: str, text: str = WHOLE) -> str:
    assert text.count(before) >= 1
    return text.replace(before, after, 1)


def test_every_kind_of_step_is_read() -> None:
    playbook = whole()
    kinds = [CheckStep, DecideStep, ActionStep, WaitStep, NotifyStep, ManualStep]
    assert [type(step) for step in playbook.steps] == kinds
    action = playbook.step("scale")
    assert isinstance(action, ActionStep)
    assert action.with_ == {"replicas": "$params.replicas"}
    assert action.verify.better == Comparison("p99", "<", "$p99.objective", for_="30s")


def test_the_smallest_playbook_is_read() -> None:
    assert problems(SMALLEST) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            "check: {var: p99,",
            "check: {var: p9,",
            (
                "p.yaml:24:18: unknown variable 'p9'; expected one of errors, errors.before, errors.expected,"
                " errors.objective, p99, p99.before, p99.expected, p99.objective, replicas, replicas.before, wanted,"
                " wanted.before; nearest: p99"
            ),
        ),
        (
            "on_false: note",
            "on_false: noet",
            "p.yaml:27:15: unknown step 'noet'; expected one of end, hold, note, pick, scale, slow, tell;",
        ),
        ("    on_unknown: pick\n", "", "p.yaml:22:5: steps[0]: the key 'on_unknown' is missing"),
        (
            "    on_true: pick",
            "    on_ture: pick",
            (
                "p.yaml:26:5: unknown key 'on_ture', expected one of check, id, on_false, on_true, on_unknown, say,"
                " title; nearest: on_true"
            ),
        ),
        ("say: p99 {{ p99 }}", "say: p99 {{ p90 }}", "p.yaml:25:10: unknown name 'p90'; expected one of "),
        ("{signal: latency_p99}", "{signal: latency_p98}", "p.yaml:12:17: unknown signal 'latency_p98'; expected one"),
        ("default: $wanted", "default: $wonted", "p.yaml:17:62: unknown variable 'wonted'; expected one of "),
        ("default: $wanted", "default: 41", "p.yaml:17:62: 41 is not within 1 and 40"),
        ("kubernetes.scale", "kubernetes.scal", "p.yaml:40:13: unknown action 'kubernetes.scal'; expected one of "),
        (
            "replicas: $params.replicas",
            "replicas: $params.replica",
            "p.yaml:41:22: unknown parameter 'params.replica'; expected one of params.replicas;",
        ),
        ("with: {replicas:", "with: {pods:", "p.yaml:41:18: unknown argument 'pods'; expected one of replicas"),
        ("key: e,", "key: s,", "p.yaml:37:15: the key 's' stands for two options"),
        ("key: e,", "key: q,", "p.yaml:37:15: the key 'q' means something else on the screen"),
        (
            "key: e,",
            "key: 7,",
            "p.yaml:37:15: steps[1].options[1].key: expected one lower-case letter or digit, as text",
        ),
        ("option: s", "option: z", "p.yaml:32:17: unknown option key 'z'; expected one of e, s"),
        ("when: {step: slow", "when: {step: pick", "p.yaml:33:9: unknown check step 'pick'; expected one of slow"),
        (
            "    on_timeout: note\n    on_skipped",
            "    on_timeout: slow\n    on_skipped",
            "the steps go round in a circle",
        ),
        ("goto: note}", "goto: end}", None),
        ("id: hold", "id: scale", "p.yaml:52:9: the id 'scale' is taken by step 3"),
        ("for: $recover", "for: $recovered", "p.yaml:55:62: unknown duration 'recovered'; expected one of confirm,"),
        ("timeout: 10m", "timeout: 10 min", "steps[3].wait.timeout: expected a duration such as 30s or 5m"),
        ("for: $recover", "for: ~30s", "p.yaml:55:62: steps[3].wait.until.for: expected a duration such as 30s or 5m"),
        (
            'op: ">", value: $p99',
            'op: "=>", value: $p99',
            "steps[0].check.op: '=>' is none, expected one of !=, <,",
        ),
        (
            'op: ">", value: $p99.objective}',
            'op: ">", value: 1, for: 1m}',
            "'for' stands only where evidence is watched",
        ),
        ("    verify:\n      rollout: ready\n", "    very:\n      rollout: ready\n", "unknown key 'very'"),
        (
            "kind: [latency]",
            "kind: [latencies]",
            "p.yaml:10:20: match.anomaly.kind[0]: 'latencies' is none, expected",
        ),
        ("  anomaly: {kind: [latency]}", "  rank: 10", "p.yaml:9:1: fits every anomaly"),
        ("check: {var: p99,", "check: {vra: p99,", "expected exactly one of the keys var, step, all, any, not; found"),
        ("version: 3", "version: three", "p.yaml:5:12: metadata.version: expected a whole number, found 'three'"),
        ("reviewed: 2026-11-01", "reviewed: yesterday", "p.yaml:8:13: metadata.reviewed: "),
        (
            "type: integer",
            "type: string",
            "p.yaml:17:20: params.replicas.type: 'string' is none, expected one of",
        ),
        ("{type: integer, title", "{title", "p.yaml:17:13: params.replicas: the key 'type' is missing, expected"),
        (
            'require: {var: replicas, op: ">=", value: 1}',
            "require: {all: []}",
            "p.yaml:19:20: guards[0].require.all: expected at least 1, found none",
        ),
        ("limits", "limits", None),
    ],
)
def test_a_mistake_is_one_line_with_its_position(before: str, after: str, expected: str | None) -> None:
    if expected is None:
        assert problems(WHOLE if before == after else changed(before, after)) == []
        return
    found = problems(changed(before, after))
    assert any(expected in line for line in found), found
    assert all("\n" not in line for line in found)


def test_a_step_of_two_kinds_is_refused() -> None:
    text = changed("    manual: Observation at it.\n", "    manual: Observation at it.\n    decide: What?\n", SMALLEST)
    assert problems(text) == [
        (
            "p.yaml:12:5: steps[0]: expected exactly one of the keys check, decide, action, manual, wait, notify;"
            " found both 'decide' and 'manual'"
        )
    ]


def test_tags_of_the_types_are_no_keys_of_the_language() -> None:
    text = changed("    manual: Observation", "    kind: manual\n    manual: Observation", SMALLEST)
    assert [line.split(", ")[0] for line in problems(text)] == ["p.yaml:13:5: unknown key 'kind'"]


def test_several_mistakes_are_told_at_once() -> None:
    text = changed("on_false: note", "on_flase: note", changed("title: Does it stay?", "titel: Does it stay?"))
    assert len(problems(text)) == 2


def test_a_step_that_nothing_leads_to_is_told() -> None:
    text = SMALLEST + "  - id: forgotten\n    manual: Nobody comes here.\n    next: end\n"
    assert problems(text) == ["p.yaml:15:5: no step leads to 'forgotten'"]


def test_not_yaml_and_not_a_playbook() -> None:
    assert problems("- a\n- b\n") == ["p.yaml:1:1: expected a mapping (key: value), found a list"]
    assert problems("a: [1\n")[0].startswith("p.yaml:2:1: not YAML: ")
    assert problems("on: yes\n")[0].startswith("p.yaml:1:1: on is a boolean to some YAML parsers")
    assert "p.yaml:2:1: the key 'kind' stands a second time; the first is on line 1" in problems("kind: a\nkind: b\n")


def test_an_old_review_is_a_warning_and_the_playbook_is_used() -> None:
    loaded = load_text(SMALLEST, "p.yaml", date(2027, 11, 1))
    assert loaded.playbook is not None
    assert [str(problem) for problem in loaded.problems] == [
        "p.yaml:8:13: warning: last reviewed on 2026-11-01; read it again"
    ]
    assert problems(SMALLEST, date(2027, 4, 1)) == []


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    loaded = load_file(tmp_path / "absent.yaml")
    assert [str(problem) for problem in loaded.problems] == [
        f"{tmp_path}/absent.yaml:1:1: cannot be read: No such file or directory"
    ]


def test_hostile_text_cannot_steer_the_terminal() -> None:
    found = problems('apiVersion: "\\e[2J\\u202e"\nkind: Playbook\n"\\e]0;x\\a": 1\n')
    assert found
    assert not any(ord(character) < 32 or character == "\u202e" for line in found for character in line)


words = st.sampled_from(
    [
        "var",
        "op",
        "value",
        "for",
        "all",
        "any",
        "not",
        "id",
        "kind",
        "form",
        "check",
        "decide",
        "action",
        "manual",
        "wait",
        "steps",
        "evidence",
        "params",
        "signal",
        "goto",
        "end",
        "slow",
        "note",
        "$p99.objective",
        "{{ p99 }}",
        "latency_p99",
        "apiVersion",
        "metadata",
        "match",
        "guards",
        "limits",
        "<",
        "1m",
        "\x1b[2J",
        "",
        "n" * 300,
    ]
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), words)
trees = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(words, inner, max_size=4)),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_document_gives_clean_problems_only(data: st.DataObject) -> None:
    """Put arbitrary values where the language expects others: one harmless line each, never an exception."""
    import json

    import yaml

    document = yaml.safe_load(WHOLE)
    document["metadata"]["reviewed"] = "2026-11-01"
    node = document
    for _ in range(data.draw(st.integers(1, 5))):
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = data.draw(st.sampled_from(keys))
        if isinstance(node[key], dict | list) and node[key] and data.draw(st.booleans()):
            node = node[key]
            continue
        node[key] = data.draw(trees)
        break
    loaded = load_text(json.dumps(document), "fuzz.yaml")
    assert loaded.playbook is not None or loaded.problems
    for problem in loaded.problems:
        line = str(problem)
        assert line.startswith("fuzz.yaml:1:")
        assert line == harmless(line, longest=1000)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(WHOLE)), st.integers(0, 60), st.text(max_size=12))
def test_any_edit_gives_clean_problems_only(start: int, length: int, inserted: str) -> None:
    loaded = load_text(WHOLE[:start] + inserted + WHOLE[start + length :], "fuzz.yaml")
    assert loaded.playbook is not None or loaded.problems
    assert all(str(problem) == harmless(str(problem), longest=1000) for problem in loaded.problems)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_bytes_give_clean_problems_only(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "fuzz.yaml"
    file.write_bytes(content)
    loaded = load_file(file)
    assert loaded.playbook is None
    assert loaded.problems
    assert all(str(problem) == harmless(str(problem), longest=1000) for problem in loaded.problems)
