"""The mistakes that people make in playbooks, each as the one line that tells it."""

import pytest

from console.playbooks.load import load_text
from tests.playbooks.examples import SMALLEST, WHOLE

MANY = "steps:\n" + "".join(f"  - {{id: s{n}, manual: m, next: s{n + 1}}}\n" for n in range(17_000))
BOMB = "a: &a [x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\n" + "".join(
    f"{new}: &{new} [{', '.join(f'*{old}' for _ in range(8))}]\n" for old, new in zip("bcdef", "cdefg", strict=True)
)
NOTE = "    manual: Write down what {{ model.name }} did.\n"
"""Text, what stands instead of it, and the line."""
MISTAKES = {
    "a key twice": (
        "  version: 3\n",
        "  version: 3\n  version: 4\n",
        "6:3: the key 'version' stands a second time; the first is on line 5",
    ),
    "a boolean of YAML 1.1 as a key": (
        "    on_true: pick\n",
        "    on: pick\n",
        "26:5: on is a boolean to some YAML parsers; write true or false, or 'on' as text",
    ),
    "a boolean of YAML 1.1 as a value": (
        "is: true}",
        "is: yes}",
        "33:32: yes is a boolean to some YAML parsers; write true or false, or 'yes' as text",
    ),
    "a tag": (
        "id: note\n",
        "id: !!python/name:os.system note\n",
        "65:9: the tag tag:yaml.org,2002:python/name:",
    ),
    "a merge key": ("id: note\n", "id: note\n    <<: {}\n", "66:5: merge keys (<<) are not read; write the keys out"),
    "a wrong type": ("version: 3", "version: '3'", "5:12: metadata.version: expected a whole number, found '3'"),
    "no such key": (
        "on_false: note",
        "on_flase: note",
        "27:5: unknown key 'on_flase', expected one of check, id, on_false, on_true, on_unknown, say, title; nea",
    ),
    "no such variable": (
        "{var: replicas,",
        "{var: replica,",
        "19:20: unknown variable 'replica'; expected one of err",
    ),
    "unknown not thought of": (
        "    on_unknown: pick\n",
        "",
        "22:5: steps[0]: the key 'on_unknown' is missing",
    ),
    "an action that nobody verifies": (
        WHOLE[WHOLE.index("    verify:") : WHOLE.index("    on_verified")],
        "",
        "38:5: steps[2]: the key 'verify' is missing",
    ),
    "a step that nothing leads to": (
        NOTE,
        NOTE + "    next: end\n  - id: late\n    manual: Look.\n",
        "68:5: no step leads to 'late'",
    ),
    "a circle": (
        "on_failed: note\n",
        "on_failed: hold\n",
        "52:5: the steps go round in a circle: hold → tell → hold",
    ),
    "a step to itself": (
        "on_failed: note\n",
        "on_failed: tell\n",
        "59:5: the steps go round in a circle: tell → tell",
    ),
    "two options with one key": ("key: e,", "key: s,", "37:15: the key 's' stands for two options"),
    "a name in braces that nothing bears": (
        "{{ p99 }}\n    on_true",
        "{{ p95 }}\n    on_true",
        "25:10: unknown name 'p95'",
    ),
    "braces that are never closed": (
        "say: p99 {{ p99 }}",
        "say: 'p99 {{ p99'",
        "25:10: '{{' and '}}' stand in pairs",
    ),
    "a text for a machine": (
        "with: {replicas: $params.replicas}",
        "with: {replicas: '{{ params.replicas }}'}",
        "41:22: expected a whole number, or a parameter such as $params.replicas; found '{{ params.replicas }}'",
    ),
    "a shell": (
        "action: kubernetes.scale",
        "action: sh -c reboot",
        "40:13: unknown action 'sh -c reboot'",
    ),
    "a password in an address": (
        NOTE,
        "    manual: Look at https://ann:hunter2@grafana.internal/d/1.\n",
        "66:13: this looks like a password in an address; whoever reads the file has it: take it out, and renew it",
    ),
    "a token": (
        NOTE,
        "    manual: 'curl -H \"Authorization: Bearer abcdefghij0123456789abcd\" https://a'\n",
        "66:13: this looks like a bearer token; whoever reads the file has it: take it out, and renew it",
    ),
    "a key of a cloud": (
        "owners: [ml-serving]",
        "owners: [AKIAIOSFODNN7EXAMPLE]",
        "7:12: this looks like an AWS access key; whoever reads the file has it: take it out, and renew it",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_with_its_place_and_what_was_expected(mistake: str) -> None:
    before, after, expected = MISTAKES[mistake]
    assert before in WHOLE
    loaded = load_text(WHOLE.replace(before, after, 1), "p.yaml")
    (line,) = map(str, loaded.problems)
    assert line.startswith(f"p.yaml:{expected}")
    assert "\n" not in line
    assert loaded.playbook is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BOMB, ": the file holds more than 50000 values once its aliases are written out"),
        (MANY, ": the file holds more than 50000 values once its aliases are written out"),
        ("x: " + "y" * 1_000_001, "p.yaml:1:1: the file is larger than 1 MB"),
        ("x: " + "[" * 50, "p.yaml:1:44: nested deeper than 40 levels"),
        (SMALLEST + "---\n" + SMALLEST, "p.yaml:15:1: a second document begins; one file holds one document"),
    ],
)
def test_a_file_that_is_too_much_is_given_up_early(text: str, expected: str) -> None:
    (line,) = map(str, load_text(text, "p.yaml").problems)
    assert expected in line


@pytest.mark.parametrize(
    "harmless",
    [
        "Ask for the token at https://vault.internal/ui; never write it here.",
        "The password stands in the vault.",
        "secret: see the runbook",
        "Read https://grafana.example.com/d/serving?var-model=fraud&token=none.",
        "Its API key: ask ml-serving@example.com",
    ],
)
def test_words_about_secrets_are_none(harmless: str) -> None:
    text = WHOLE.replace("Write down what {{ model.name }} did.", f"'{harmless}'")
    assert load_text(text, "p.yaml").problems == ()


def test_a_parameter_that_nothing_uses_is_a_warning() -> None:
    text = WHOLE.replace("params:\n", "params:\n  zone: {type: choice, title: zone, options: [a, b], default: a}\n")
    loaded = load_text(text, "p.yaml")
    assert [str(problem) for problem in loaded.problems] == ["p.yaml:17:3: warning: nothing uses the parameter 'zone'"]
    assert loaded.playbook is not None
