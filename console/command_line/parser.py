"""From what was typed to a command and its options; the parser of that one command is all that is built."""

import argparse
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, NoReturn

from console import __version__
from console.command_line.registry import CONSOLE, PROGRAM
from console.command_line.words import HELP, VERSION, Command, Completes, Flag
from console.domain.moments import BadMoment
from console.headless.exit_codes import MEANINGS
from console.settings.nearest import nearest

_INVALID_CHOICE = re.compile(
    r"argument (?P<argument>\S+): invalid choice: '(?P<given>.*)' \(choose from (?P<choices>.*)\)", re.DOTALL
)
_VALUE_OF_A_SWITCH = re.compile(r"argument (?P<flag>\S+): ignored explicit argument ")


class WrongUsage(Exception):
    """A command line that cannot be followed; the text is one line."""


class Parsed(NamedTuple):
    """What was asked for: the words of the command, none for the screen, and every option with its default."""

    path: tuple[str, ...]
    options: argparse.Namespace


def parse(arguments: Sequence[str]) -> Parsed:
    """Return the command that a command line names, and its options.

    Raises:
        WrongUsage: the command line holds a mistake.
        SystemExit: the help or the version was asked for, and is printed.
    """
    path, command, rest = _find_command(arguments)
    parser = _parser_of(path, command)
    options, unknown = parser.parse_known_args(rest)
    if unknown:
        given = unknown[0].partition("=")[0]
        for name, reason in command.refused:
            if given == name:
                raise WrongUsage(f"{name}: {reason}")
        if given.startswith("-"):
            raise _unknown_option(given, parser.flags, path)
        raise WrongUsage(f"unknown argument '{given}'; see {parser.prog} --help")
    for flag in command.flags:
        _read(flag, options)
    return Parsed(path, options)


def _find_command(arguments: Sequence[str]) -> tuple[tuple[str, ...], Command, list[str]]:
    """Return the words that lead to a command, the command, and the other arguments, before and behind those words."""
    path: tuple[str, ...] = ()
    command = CONSOLE
    rest: list[str] = []
    waiting = list(arguments)
    while waiting and command.commands:
        word = waiting.pop(0)
        if word in ("-h", HELP.name):
            _help_of_group(path, command).print_help()
            raise SystemExit(0)
        if word == VERSION.name and command is CONSOLE:
            print(f"{PROGRAM} {__version__}")
            raise SystemExit(0)
        if word.startswith("-"):
            rest.append(word)
            if _takes_the_next(_known_flag(path, command, word), word) and waiting:
                rest.append(waiting.pop(0))
            continue
        found = command.find(word)
        if found is None:
            names = [each.name for each in command.commands]
            raise _unknown("command", word, names, f"expected one of {', '.join(names)}")
        path, command = (*path, word), found
    if command.commands and command is not CONSOLE:
        raise WrongUsage(f"the following arguments are required: COMMAND; see {_name(path)} --help")
    return path, command, rest + waiting


def _known_flag(path: tuple[str, ...], command: Command, word: str) -> Flag:
    """Return the flag that stands before a command; one that is unknown there is told at once.

    The value of a mistyped flag would read as the command, and be blamed instead of it.
    """
    given = word.partition("=")[0]
    found = next((flag for flag in command.flags if flag.name == given), None)
    if found is None:
        owners = [
            " ".join(each) for each, below in command.walk(path) if any(flag.name == given for flag in below.flags)
        ]
        if owners:
            raise WrongUsage(f"{given} stands behind its command: {PROGRAM} {owners[0]} {given}")
        known = (*(flag.name for flag in command.flags), *((VERSION.name,) if command is CONSOLE else ()))
        raise _unknown_option(given, known, path)
    return found


def _takes_the_next(flag: Flag, word: str) -> bool:
    return flag.value is not None and "=" not in word


def _read(flag: Flag, options: argparse.Namespace) -> None:
    """Replace what was typed for a flag by what it means."""
    given = getattr(options, flag.attribute)
    if flag.value is None or flag.value.read is None or given is None:
        return
    try:
        setattr(options, flag.attribute, flag.value.read(given))
    except BadMoment as error:
        raise WrongUsage(f"{flag.name}: {error}") from None


class _Parser(argparse.ArgumentParser):
    """Tells mistakes in one line with the nearest valid name, and leaves the exit to `main`."""

    flags: tuple[str, ...] = ()

    def error(self, message: str) -> NoReturn:
        if found := _INVALID_CHOICE.match(message):
            choices = [choice.strip(" '") for choice in found["choices"].split(",")]
            kind = f"value of {found['argument']}"
            raise _unknown(kind, found["given"], choices, f"expected one of {', '.join(choices)}")
        if found := _VALUE_OF_A_SWITCH.match(message):
            message = f"{found['flag']} takes no value"
        raise WrongUsage(f"{message}; see {self.prog} --help")


def _parser_of(path: tuple[str, ...], command: Command) -> _Parser:
    parser = _Parser(
        prog=_name(path),
        description=f"{command.help[0].upper()}{command.help[1:]}.",
        epilog=_epilog() if command is CONSOLE else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.flags = tuple(flag.name for flag in command.flags)
    for flag in command.flags:
        parser.add_argument(flag.name, help=flag.help.replace("%", "%%"), **_keywords(flag))
    for argument in command.arguments:
        parser.add_argument(
            argument.name.lower(),
            metavar=argument.name,
            help=argument.help,
            nargs="*" if argument.several else "?" if argument.optional else None,
            choices=argument.value.choices or None,
        )
    return parser


def _help_of_group(path: tuple[str, ...], command: Command) -> _Parser:
    """Return a parser that is good for its help only: which command is meant is found before argparse is asked."""
    parser = _parser_of(path, command)
    if command is CONSOLE:
        parser.add_argument(VERSION.name, action="store_true", help=VERSION.help)
    listed = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=argparse.ArgumentParser)
    for each in command.commands:
        listed.add_parser(each.name, help=each.help)
    return parser


def _keywords(flag: Flag) -> dict[str, Any]:
    if flag.value is None:
        return {"action": "store_true"}
    if flag.repeatable:
        return {"metavar": flag.value.metavar, "action": "append", "default": []}
    if flag.value.completes is Completes.CHOICES:
        return {"choices": flag.value.choices, "default": flag.default}
    return {"metavar": flag.value.metavar, "default": flag.default}


def _epilog() -> str:
    codes = "".join(f"\n  {code.value:<4}{meaning}" for code, meaning in MEANINGS.items())
    return f"Without a command the screen opens.\n\nexit codes:{codes}"


def _name(path: tuple[str, ...]) -> str:
    return " ".join((PROGRAM, *path))


def _unknown_option(given: str, flags: Iterable[str], path: tuple[str, ...]) -> WrongUsage:
    """Return the mistake with the flag that is most like it; the dashes, which all have, make none alike."""
    found = nearest(given.lstrip("-"), (flag.lstrip("-") for flag in flags))
    return WrongUsage(f"unknown option '{given}'; " + (f"nearest: --{found}" if found else f"see {_name(path)} --help"))


def _unknown(kind: str, given: str, names: Iterable[str], otherwise: str) -> WrongUsage:
    found = nearest(given, names)
    return WrongUsage(f"unknown {kind} '{given}'; " + (f"nearest: {found}" if found else otherwise))
