from pathlib import Path

import pytest

from console.headless.runs.answers import BadAnswers, read_answers
from tests.engine.scaling import scale_out

PLAYBOOK = scale_out()


def read(tmp_path: Path, text: str, *, rehearsal: bool = False) -> dict[str, str]:
    path = tmp_path / "answers.yaml"
    path.write_text(text)
    return read_answers(path, PLAYBOOK, rehearsal=rehearsal)


def test_answers_are_keys_by_step(tmp_path: Path) -> None:
    assert read(tmp_path, "decide: s\nclose: d\n") == {"decide": "s", "close": "d"}
    assert read(tmp_path, "scale: w\n", rehearsal=True) == {"scale": "w"}
    assert read(tmp_path, "params.replicas: 8\n") == {"params.replicas": "8"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("decid: s\n", ":1:1: scale-out has no step 'decid', expected one of close, decide,"),
        ("decide: z\n", ":1:9: step decide takes no key 'z', expected one of e, s"),
        ("decide: [s]\n", ":1:9: step decide takes no key '', expected one of e, s"),
        ("demand: s\n", ":1:9: step demand asks nobody"),
        ("scale: w\n", ":1:8: step scale takes no key 'w', expected one of x"),
        ("- s\n", ":1:1: expected a mapping from steps to keys"),
        ("decide: s\ndecide: e\n", ":2:1: "),
        ("params.replicas: 999\n", ":1:18: params.replicas: "),
        ("params.replicas: 1.5\n", ":1:18: params.replicas: "),
        ("params.replicas: true\n", ":1:18: params.replicas: expected a text or a number"),
    ],
)
def test_a_mistake_is_one_line_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(BadAnswers) as wrong:
        read(tmp_path, text)
    assert len(wrong.value.problems) == 1
    assert problem in wrong.value.problems[0]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadAnswers, match="cannot be read: No such file"):
        read_answers(tmp_path / "none.yaml", PLAYBOOK, rehearsal=False)
