"""The table of commands and what is done about them go together."""

import pytest

from console.cli import COMMANDS
from console.command_line.parser import WrongUsage, parse
from console.command_line.registry import CONSOLE
from console.command_line.words import Command

LEAVES = {(): CONSOLE} | {path: command for path, command in CONSOLE.walk() if not command.commands}


def test_every_command_has_one_who_obeys() -> None:
    assert COMMANDS.keys() == LEAVES.keys()


@pytest.mark.parametrize("command", [*(command for _, command in CONSOLE.walk()), CONSOLE], ids=lambda each: each.name)
def test_a_command_is_described(command: Command) -> None:
    assert command.help[0].islower()
    assert not command.help.endswith(".")
    assert command.description == "" or command.description.endswith(".")
    names = [flag.name for flag in command.flags]
    assert len(set(names)) == len(names)
    assert all(name.startswith("--") and flag.help for name, flag in zip(names, command.flags, strict=True))


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_a_command_gets_each_of_its_options(path: tuple[str, ...]) -> None:
    command = LEAVES[path]
    behind = [(*argument.value.choices, "given")[0] for argument in command.arguments if not argument.several]
    parsed = parse([*path, *behind])
    assert parsed.path == path
    names = {each.attribute for each in command.flags} | {each.name.lower() for each in command.arguments}
    assert vars(parsed.options).keys() == names


@pytest.mark.parametrize("path", [*LEAVES, ("config",), ("playbook",)], ids=" ".join)
def test_a_command_has_help(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse([*path, "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert told.startswith(f"usage: {' '.join((CONSOLE.name, *path))} ")
    for _, command in CONSOLE.walk() if not path else ():
        assert command.name in told or command.name not in {each.name for each in CONSOLE.commands}


def test_flags_before_and_behind_a_command_are_gathered_in_order() -> None:
    options = parse(["--prometheus", "http://a", "--window=2h", "summary", "--prometheus", "http://b"]).options
    assert options.prometheus == ["http://a", "http://b"]
    assert options.window == 7200.0


def test_the_value_of_a_flag_is_not_taken_for_a_command() -> None:
    assert parse(["--context", "summary", "summary"]).options.context == "summary"
    assert parse(["--context=demo"]).path == ()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([""], "unknown command ''; expected one of "),
        (["--"], "unknown option '--'; "),
        (["--format", "json", "summary"], "--format stands behind its command: incident-console summary --format"),
        (["config", "--prometheus", "http://a", "check"], "--prometheus stands behind its command: "),
        (["summary", "--prometheus", "--all"], "argument --prometheus: expected one argument; see "),
        (["--prometheus"], "argument --prometheus: expected one argument; see incident-console --help"),
        (["playbook", "show"], "the following arguments are required: ID; see incident-console playbook show --help"),
        (["--write=yes", "summary"], "--write takes no value; see incident-console summary --help"),
    ],
)
def test_a_mistake_is_one_line(arguments: list[str], told: str) -> None:
    with pytest.raises(WrongUsage) as mistake:
        parse(arguments)
    assert str(mistake.value).startswith(told)
    assert "\n" not in str(mistake.value)


def test_the_version_may_stand_anywhere_before_a_command() -> None:
    for arguments in (["--version"], ["--write", "--version", "summary"]):
        with pytest.raises(SystemExit) as ended:
            parse(arguments)
        assert ended.value.code == 0
