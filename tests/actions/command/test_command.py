import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from console.actions.command.command import Command
from console.actions.provider import ActionRefused
from console.domain.action import Outcome, Plan, RiskTier
from console.settings.commands import CommandSettings
from console.settings.secrets import Secret
from console.settings.slots import IntegerSlot, TextSlot
from tests.actions.occasions import OCCASION, Clock
from tests.services.processes import runs, until_gone
from tests.services.waiting import wait_until

TOKEN = "t0ken-of-the-command"
ENVIRONMENT = {**os.environ, "OPS_TOKEN": TOKEN, "AWS_SECRET_ACCESS_KEY": "not-for-programs"}


def script(tmp_path: Path, text: str, name: str = "program") -> str:
    path = tmp_path / name
    path.write_text(f"#!{sys.executable}\nimport os, sys, time, signal, subprocess\n{text}\n")
    path.chmod(0o700)
    return str(path)


def command(clock: Clock | None = None, **given: Any) -> Command:
    slots = {"count": IntegerSlot("how many", -5, 5), "pool": TextSlot("the pool", "[a-z-]+")}
    settings = CommandSettings(**({"title": "Restart the batch", "slots": slots} | given))
    return Command("batch", settings, ENVIRONMENT, clock or Clock())


async def planned(found: Command, **arguments: object) -> Plan:
    return await found.plan(OCCASION, {"count": 2, "pool": "blue", **arguments}, may_dry_run=True)


async def test_a_program_gets_its_arguments_and_nothing_else(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    program = script(
        tmp_path,
        "leads = os.getpgrp() == os.getpid()\n"
        f"open({str(seen)!r}, 'w').write(repr((sys.argv[1:], sorted(os.environ), sys.stdin.read(), leads)))\n"
        "print('done; rm -rf $(HOME)')",
    )
    found = command(
        argv=(program, "--count", "$count", "$$pool", "; echo", "$pool"), environment={"T": Secret(env="OPS_TOKEN")}
    )
    plan = await planned(found)
    commitment = await found.commit(plan)
    argv, names, stdin, leads = eval(seen.read_text())  # noqa: S307  # what the program above wrote
    assert argv == ["--count", "2", "$pool", "; echo", "blue"]
    assert set(names) <= {"PATH", "HOME", "LANG", "T", "LC_CTYPE", "INCIDENT_CONSOLE_RUN"}
    assert (stdin, leads) == ("", True)
    assert (commitment.outcome, commitment.detail) == (Outcome.APPLIED, "exit code 0: 'done; rm -rf $(HOME)'")
    assert (plan.request.body, plan.tier) == (
        [program, "--count", "2", "$pool", "; echo", "blue"],
        RiskTier.HARD_TO_UNDO,
    )
    assert plan.command == f"{program} --count 2 '$pool' '; echo' blue"
    assert TOKEN not in repr(plan)


async def test_a_value_that_looks_like_an_option_is_refused(tmp_path: Path) -> None:
    program = script(tmp_path, "print(sys.argv[1:])")
    with pytest.raises(ActionRefused, match="count: '-2' begins with -"):
        await planned(command(argv=(program, "$count")), count=-2)
    behind = command(argv=(program, "--", "$count"))
    assert (await behind.commit(await planned(behind, count=-2))).detail == "exit code 0: '['--', '-2']'"


@pytest.mark.parametrize(
    ("text", "given", "outcome", "told"),
    [
        ("sys.exit(3)", {}, Outcome.UNKNOWN, "exit code 3; nothing tells"),
        (
            "print('no such pool', file=sys.stderr); sys.exit(64)",
            {"refused": (64,)},
            Outcome.NOT_APPLIED,
            "no such pool",
        ),
        ("os.kill(os.getpid(), 9)", {}, Outcome.UNKNOWN, "killed by signal 9"),
        ("print(os.environ['T']); print('key ' + os.environ['T'])", {}, Outcome.APPLIED, "key ***"),
        ("print('\\x1b[31mred\\x07')", {}, Outcome.APPLIED, "red"),
        ("sys.stdout.buffer.write(b'\\xff\\xfe' + b'x' * 10_000_000)", {}, Outcome.APPLIED, "exit code 0"),
    ],
)
async def test_every_end_is_told(tmp_path: Path, text: str, given: dict[str, Any], outcome: Outcome, told: str) -> None:
    found = command(argv=(script(tmp_path, text),), environment={"T": Secret(env="OPS_TOKEN")}, **given)
    commitment = await found.commit(await planned(found))
    assert (commitment.outcome, told in commitment.detail) == (outcome, True), commitment.detail
    assert TOKEN not in commitment.detail
    assert commitment.detail.isprintable()


async def test_time_ends_the_whole_group_first_gently_then_not(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    program = script(
        tmp_path,
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "deaf = 'import time, signal; signal.signal(15, signal.SIG_IGN); time.sleep(60)'\n"
        "child = subprocess.Popen([sys.executable, '-c', deaf])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
        "time.sleep(60)",
    )
    found = command(argv=(program,), timeout=3.0)
    commitment = await found.commit(await planned(found))
    assert commitment.outcome is Outcome.UNKNOWN
    assert commitment.detail.startswith("it was ended after 3 s")
    for pid in map(int, pids.read_text().split()):
        until_gone(pid)


@pytest.mark.parametrize(
    ("exit_code", "seconds", "outcome"),
    [
        (0, 0.0, Outcome.APPLIED),
        (1, 100.0, Outcome.NOT_APPLIED),
        (1, 0.0, Outcome.UNKNOWN),
        (2, 100.0, Outcome.UNKNOWN),
    ],
)
async def test_a_check_settles_what_a_console_left_open(
    tmp_path: Path, exit_code: int, seconds: float, outcome: Outcome
) -> None:
    clock = Clock()
    check = script(tmp_path, f"assert sys.argv[1:] == ['2']; sys.exit({exit_code})", "check")
    found = command(clock, argv=(script(tmp_path, ""), "$count"), check_argv=(check, "$count"))
    plan = await planned(found)
    clock.now += seconds
    assert (await found.settle(plan, plan.made_at)).outcome is outcome


async def test_a_program_that_failed_is_settled_by_its_check(tmp_path: Path) -> None:
    check = script(tmp_path, "sys.exit(1)", "check")
    found = command(argv=(script(tmp_path, "sys.exit(5)"),), check_argv=(check,))
    commitment = await found.commit(await planned(found))
    assert commitment.outcome is Outcome.NOT_APPLIED
    assert commitment.detail == "exit code 5; the check says that it is not in effect"


async def test_dry_run_and_undo_are_programs_of_their_own(tmp_path: Path) -> None:
    given: dict[str, Any] = {
        "argv": (script(tmp_path, "print('real')"),),
        "dry_run_argv": (script(tmp_path, "print('would', sys.argv[1])", "dry"), "$count"),
        "undo_argv": (script(tmp_path, "print('back')", "undo"),),
    }
    found = command(**given)
    plan = await planned(found)
    undo = await found.plan_undo(plan, may_dry_run=True)
    assert (plan.dry_run, plan.tier) == ("accepted: exit code 0: 'would 2'", RiskTier.WIDE)
    assert (await found.commit(undo)).detail == "exit code 0: 'back'"
    failing = command(**{**given, "dry_run_argv": (script(tmp_path, "sys.exit(1)", "no"),)})
    assert (await planned(failing)).refusals == ("the dry run is refused: exit code 1",)


async def test_what_cannot_be_started_was_not_run(tmp_path: Path) -> None:
    found = command(argv=(str(tmp_path / "absent"),))
    commitment = await found.commit(await planned(found))
    assert commitment.outcome is Outcome.NOT_APPLIED
    assert commitment.detail.endswith("absent cannot be run: No such file or directory")


async def test_a_missing_secret_is_said_before_the_key(tmp_path: Path) -> None:
    found = command(argv=(script(tmp_path, ""),), environment={"T": Secret(env="ABSENT")})
    assert (await planned(found)).refusals == ("nothing can be run: environment variable ABSENT is not set",)


LEAVES_THE_GROUP = """
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True)
open({pid!r}, 'w').write(str(child.pid))
{then}
"""


async def test_time_ends_children_that_left_the_group(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    found = command(argv=(script(tmp_path, LEAVES_THE_GROUP.format(pid=str(pid), then="time.sleep(60)")),), timeout=3.0)
    commitment = await found.commit(await planned(found))
    assert commitment.detail.startswith("it was ended after 3 s")
    until_gone(int(pid.read_text()))


async def test_a_console_that_goes_takes_children_that_left_the_group_with_it(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    found = command(argv=(script(tmp_path, LEAVES_THE_GROUP.format(pid=str(pid), then="time.sleep(60)")),))
    plan = await planned(found)
    committing = asyncio.create_task(found.commit(plan))
    await asyncio.to_thread(wait_until, lambda: pid.exists() and pid.read_text(), "the child to be there")
    committing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await committing
    until_gone(int(pid.read_text()))


async def test_what_a_program_started_for_good_stays_when_it_ends_by_itself(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    found = command(argv=(script(tmp_path, LEAVES_THE_GROUP.format(pid=str(pid), then="")),))
    assert (await found.commit(await planned(found))).outcome is Outcome.APPLIED
    assert runs(int(pid.read_text()))
    os.kill(int(pid.read_text()), signal.SIGKILL)


async def test_a_program_that_leaves_a_child_with_its_pipe_ends(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    found = command(
        argv=(
            script(
                tmp_path,
                "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
                f"open({str(pid)!r}, 'w').write(str(child.pid)); print('started')",
            ),
        )
    )
    commitment = await found.commit(await planned(found))
    assert commitment.detail == "exit code 0: 'started'"
    until_gone(int(pid.read_text()))
    assert signal.getsignal(signal.SIGTERM) is not signal.SIG_IGN
