"""The commands about playbooks, as people and pipelines run them."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from console.cli import main
from console.playbooks.library import shipped_directory
from tests.playbooks.examples import WHOLE
from tests.playbooks.test_cases import HEAD, HELPED, SLOW, case

CAPTURE = pytest.CaptureFixture[str]
TOLD = """\
whole.test.yaml
  ok      more replicas help
  FAILED  a case
          whole.test.yaml:20:19: end: expected end; got pick, by slow → pick
  reached 5 of 6 steps, took 5 of 10 ways
  never reached: tell
  never taken: slow → note, pick → note, scale → note, hold → tell, tell → note
"""


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "whole.yaml").write_text(WHOLE)
    (tmp_path / "whole.test.yaml").write_text(HEAD + HELPED)
    return tmp_path


def test_cases_that_hold_are_0(pack: Path, capsys: CAPTURE) -> None:
    assert main(["playbook", "test", "."]) == 0
    told = capsys.readouterr()
    assert told.out == "whole.test.yaml\n  ok      more replicas help\n"
    assert told.err == "incident-console: 1 cases, none failed\n"


def test_a_case_that_fails_is_1_with_what_was_expected_and_came(pack: Path, capsys: CAPTURE) -> None:
    (pack / "whole.test.yaml").write_text(HEAD + HELPED + case(SLOW, "{end: end}"))
    assert main(["playbook", "test", "--coverage", "whole.test.yaml"]) == 1
    told = capsys.readouterr()
    assert told.out == TOLD
    assert told.err == "incident-console: 2 cases, 1 failed\n"


def test_a_file_that_cannot_be_followed_is_78(pack: Path, capsys: CAPTURE) -> None:
    (pack / "whole.test.yaml").write_text(HEAD.replace("whole", "hole") + HELPED)
    assert main(["playbook", "test", "."]) == 78
    told = capsys.readouterr()
    assert "  whole.test.yaml:3:11: unknown playbook 'hole'; expected one of " in told.out
    assert told.err == "incident-console: 0 cases, none failed; files that cannot be followed: 1\n"


def test_nothing_to_follow_is_wrong_usage(tmp_path: Path, capsys: CAPTURE) -> None:
    assert main(["playbook", "test", str(tmp_path)]) == 64
    assert "their names end with .test.yaml" in capsys.readouterr().err
    assert main(["playbook", "test", str(tmp_path / "none")]) == 78
    assert "cannot be read: No such file or directory" in capsys.readouterr().out


def test_the_cases_of_the_library_are_followed_without_an_argument(capsys: CAPTURE) -> None:
    assert main(["playbook", "test"]) == 0
    assert "scale-out.test.yaml\n  ok  " in capsys.readouterr().out


SHOWN = """\
whole v3: Everything that the language has
owners    ml-serving
reviewed  2026-11-01
from      whole.yaml
for       anomalies latency
looks at  p99, errors, replicas, wanted
asks for  replicas: replicas to run
requires  it has {{ replicas }} replicas
limits    up to 20 replicas, 2.0× the present at once, then 5m of cooldown
  1 check   Is it slow?  (true → pick, false → note, unknown → pick)
  2 decide  What now?  (s → scale, e → note)
  3 action  scale to {{ params.replicas }}  (verified → hold, worse → note, timeout → note, skipped → note)
  4 wait    Does it stay?  (true → note, timeout → tell)
  5 notify  tell ml-serving  → note
  6 manual  Write down what {{ model.name }} did.  → end
"""


def test_a_playbook_is_shown_with_its_ways(pack: Path, capsys: CAPTURE) -> None:
    assert main(["playbook", "show", "whole", "--playbooks", "."]) == 0
    assert capsys.readouterr().out == SHOWN.replace("whole.yaml", f"{pack}/whole.yaml")


def test_approvals_are_told_with_the_models_that_need_them(pack: Path, capsys: CAPTURE) -> None:
    asked = "approvals:\n  count: 2\n  when: {labels: {env: [prod, live-*]}, min_severity: critical}\nsteps:\n"
    (pack / "whole.yaml").write_text(WHOLE.replace("steps:\n", asked, 1))
    assert main(["playbook", "show", "whole", "--playbooks", "."]) == 0
    told = "approvals needed for models with env prod or live-* and something critical: 2, each for 30m\n"
    assert told in capsys.readouterr().out


def test_the_list_says_what_each_is_for_and_where_it_is_from(pack: Path, capsys: CAPTURE) -> None:
    assert main(["playbook", "list", "--playbooks", "."]) == 0
    rows = {line.split()[0]: re.split(" {2,}", line) for line in capsys.readouterr().out.splitlines()}
    title, of_file = "Everything that the language has", f"{pack}/whole.yaml"
    assert rows["whole"] == ["whole", "v3", title, "2026-11-01", of_file, "latency", "ml-serving"]
    assert rows["fleet-wide"][4] == "shipped"


def test_lists_and_playbooks_are_json_for_other_tools(pack: Path, capsys: CAPTURE) -> None:
    (pack / "scale.yaml").write_text(WHOLE.replace("id: whole", "id: scale-out"))
    (pack / "broken.yaml").write_text("[")
    assert main(["playbook", "list", "--playbooks", ".", "--format", "json"]) == 78
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "incident-console/playbooks/1"
    found = {playbook["id"]: playbook for playbook in document["playbooks"]}
    assert found["scale-out"]["replaces"] == [str(shipped_directory() / "scale-out.yaml")]
    assert (found["whole"]["shipped"], found["bad-replica"]["shipped"]) == (False, True)
    assert [problem["file"] for problem in document["problems"]] == [f"{pack}/broken.yaml"]
    assert main(["playbook", "show", "whole", "--playbooks", ".", "--format", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["schema"], shown["match"]) == ("incident-console/playbook/1", ["anomalies latency"])
    assert shown["document"]["steps"][0] == {
        "kind": "check",
        "id": "slow",
        "title": "Is it slow?",
        "check": {"var": "p99", "op": ">", "value": "$p99.objective", "ratio_to": None, "for": None},
        "on_true": "pick",
        "on_false": "note",
        "on_unknown": "pick",
        "say": "p99 {{ p99 }}",
    }


NEW = ["playbook", "new", "slow-store", "--title", "The store: slow", "--owner", "ml", "--kind", "latency"]


def test_a_new_playbook_is_sound_and_nothing_is_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: CAPTURE
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*NEW, "--into", "mine"]) == 0
    names = ["slow-store.yaml", "slow-store.test.yaml", "playbook.schema.json", "playbook-test.schema.json"]
    assert capsys.readouterr().out.splitlines() == [f"mine/{name}" for name in names]
    assert main(["playbook", "lint", "mine"]) == 0
    assert main(["playbook", "test", "mine"]) == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "mine").iterdir()}
    assert main([*NEW, "--into", "mine"]) == 64
    assert "mine/slow-store.yaml is there already; nothing was written" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in (tmp_path / "mine").iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["playbook", "new"], "ID is missing: lower-case words joined by -"),
        (
            ["playbook", "new", "Slow Store"],
            "ID: expected lower-case words joined by - or _, at most 60 characters, found",
        ),
        (["playbook", "new", "slow-store"], "--title is missing: what it does, in one line"),
        ([*NEW[:-1], "latencies"], "unknown value of --kind 'latencies'; nearest: latency"),
        ([*NEW, "--into", "/dev/null"], "cannot be written: "),
    ],
)
def test_what_a_new_playbook_lacks_is_told(arguments: list[str], told: str, capsys: CAPTURE) -> None:
    assert main(arguments) == 64
    assert told in capsys.readouterr().err


def test_on_a_terminal_what_is_missing_is_asked_until_it_fits(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "console", "playbook", "new", "--into", str(tmp_path)]
    asked = subprocess.Popen(command, stdin=slave, stdout=subprocess.PIPE, stderr=slave)
    os.close(slave)
    with os.fdopen(master, "r+b", buffering=0) as terminal:
        for answer in ("Slow Store", "slow-store", "The store is slow", "ml, data", "latencies", "latency", "vllm"):
            terminal.write(f"{answer}\n".encode())
        out, _ = asked.communicate(timeout=60)
    assert asked.returncode == 0
    assert f"{tmp_path}/slow-store.yaml" in out.decode()
    text = (tmp_path / "slow-store.yaml").read_text()
    assert "  owners: [ml, data]\n" in text
    assert "  serving: [vllm]\n" in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "a run is for one model; pass --model ID"),
        (["--model", "eta", "--yes", "--plan", "abc"], "a plan is sent with all of --write --yes --plan HASH"),
        (["--model", "eta", "--write", "--yes"], "a plan is sent with all of --write --yes --plan HASH"),
        (
            ["--model", "eta", "--rehearse", "--write", "--yes", "--plan", "abc"],
            "a rehearsal sends nothing; leave out --yes --plan",
        ),
        (["--model", "eta", "--at", "1h"], "--at: a run acts on the present; for the past: incident-console summary"),
    ],
)
def test_a_run_that_cannot_be_meant_is_wrong_usage(arguments: list[str], told: str, capsys: CAPTURE) -> None:
    assert main(["playbook", "run", "scale-out", "--prometheus", "http://127.0.0.1:9", *arguments]) == 64
    assert told in capsys.readouterr().err


def test_a_run_without_its_sources_begins_nothing(
    tmp_path: Path, capsys: CAPTURE, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    arguments = ["playbook", "run", "scale-out", "--model", "eta", "--prometheus", "http://127.0.0.1:9"]
    assert main(arguments) == 69
    assert "no model is known: prometheus: " in capsys.readouterr().err
    assert not list(tmp_path.rglob("journal.jsonl"))


def test_cases_are_linted_with_their_playbooks(pack: Path, capsys: CAPTURE) -> None:
    assert main(["playbook", "lint", "."]) == 0
    (pack / "whole.test.yaml").write_text(HEAD + HELPED.replace("p99: 2.0", "p9: 2.0"))
    for path in (".", "whole.test.yaml"):
        capsys.readouterr()
        assert main(["playbook", "lint", path]) == 78
        assert capsys.readouterr().out.startswith("whole.test.yaml:6:16: unknown variable 'p9'; expected one of ")
    (pack / "whole.test.yaml").rename(pack / "cases.yaml")
    assert main(["playbook", "lint", "cases.yaml"]) == 78
    told = "cases.yaml:2:7: cases stand in a file of their own, whose name ends with .test.yaml\n"
    assert capsys.readouterr().out == told
    assert main(["playbook", "lint", "nowhere"]) == 78


def test_a_directory_without_playbooks_is_no_proof_that_they_are_sound(pack: Path, capsys: CAPTURE) -> None:
    (pack / "empty").mkdir()
    assert main(["playbook", "lint", "empty"]) == 64
    assert capsys.readouterr().err == "incident-console: no playbooks in empty; their names end with .yaml\n"


def test_without_a_path_all_that_is_configured_is_linted(pack: Path, capsys: CAPTURE) -> None:
    (pack / "broken.yaml").write_text("[")
    assert main(["playbook", "lint", "--playbooks", "."]) == 78
    assert capsys.readouterr().out.startswith(f"{pack}/broken.yaml:2:1: not YAML")


def test_a_summary_tells_a_broken_playbook_on_stderr_once(pack: Path, capsys: CAPTURE) -> None:
    (pack / "broken.yaml").write_text(WHOLE.replace("next: end", "next: nowhere"))
    main(["summary", "--prometheus", "http://127.0.0.1:1", "--playbooks", "."])
    told = [line for line in capsys.readouterr().err.splitlines() if "broken.yaml" in line]
    assert len(told) == 1
    assert told[0].startswith(
        f"incident-console: playbook: {pack}/broken.yaml:67:11: unknown step 'nowhere'; expected one"
    )
