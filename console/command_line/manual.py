"""The manual page, in the language of man(7)."""

from collections.abc import Iterable, Iterator

from console import __version__
from console.command_line.registry import COMMON, ENVIRONMENT, FILES, SCREEN
from console.command_line.words import HELP, VERSION, Argument, Command, Flag
from console.headless.exit_codes import MEANINGS

_ENDED_BY_A_SIGNAL = ("128 + n", "ended by signal n")


def manual(console: Command) -> str:
    """Return the page of a program."""
    name = console.name
    lines = [
        f'.\\" Made by: {name} man',
        f'.TH {name.upper()} 1 "" "{name} {__version__}" "User Commands"',
        ".SH NAME",
        f"{_text(name)} \\- {_text(console.help)}",
        ".SH SYNOPSIS",
        *_synopsis(name, (), console),
        ".br",
        f".B {_text(name)}",
        "\\fICOMMAND\\fR [\\fIOPTION\\fR]...",
        ".SH DESCRIPTION",
        _text(console.description),
        ".SH OPTIONS",
        "These stand before or behind the command and count for every command that needs what they name.",
        *_flags(COMMON),
        *_described(VERSION.name, VERSION.help),
        *_described(HELP.name, f"{HELP.help}, or that of the command"),
        ".PP",
        "Without a command, and with demo:",
        *_flags(SCREEN),
        ".SH COMMANDS",
    ]
    for path, command in console.walk():
        if not command.commands:
            lines += _command(name, path, command)
    codes = ((str(int(code)), meaning) for code, meaning in MEANINGS.items())
    lines += [".SH EXIT STATUS", *_table((*codes, _ENDED_BY_A_SIGNAL))]
    lines += [".SH ENVIRONMENT", *_table(ENVIRONMENT), ".SH FILES", *_table(FILES)]
    lines += [".SH EXAMPLES", *_examples(console)]
    return "\n".join(lines) + "\n"


def _command(name: str, path: tuple[str, ...], command: Command) -> Iterator[str]:
    yield f".SS {' '.join(path)}"
    yield from _synopsis(name, path, command)
    yield ".PP"
    yield _text(f"{command.help[0].upper()}{command.help[1:]}. {command.description}".strip())
    for name, reason in command.refused:
        yield _text(f"Not with {name}: {reason}.")
    yield from _flags(flag for flag in command.flags if flag not in (*COMMON, *SCREEN))
    yield from _table((each.name, each.help) for each in command.arguments)


def _synopsis(name: str, path: tuple[str, ...], command: Command) -> Iterator[str]:
    yield f".B {_text(' '.join((name, *path)))}"
    options = "[\\fIOPTION\\fR]..." if command.flags else ""
    behind = " ".join(filter(None, (options, *map(_argument, command.arguments))))
    if behind:
        yield behind


def _argument(argument: Argument) -> str:
    shown = f"\\fI{_text(argument.name)}\\fR"
    if argument.several:
        return f"[{shown}]..."
    return f"[{shown}]" if argument.optional else shown


def _flags(flags: Iterable[Flag]) -> Iterator[str]:
    for flag in flags:
        if flag.value is None:
            yield from _described(flag.name, flag.help)
        else:
            value = "|".join(flag.value.choices) or flag.value.metavar
            yield ".TP"
            yield f"\\fB{_text(flag.name)}\\fR \\fI{_text(value)}\\fR"
            yield _text(_sentence(flag.help))


def _table(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, told in rows:
        yield from _described(name, told)


def _described(name: str, told: str) -> Iterator[str]:
    yield ".TP"
    yield f"\\fB{_text(name)}\\fR"
    yield _text(_sentence(told))


def _examples(console: Command) -> Iterator[str]:
    for command in (console, *(command for _, command in console.walk())):
        for example in command.examples:
            yield ".TP"
            yield f"\\fB{_text(f'{console.name} {example.arguments}')}\\fR"
            yield _text(_sentence(example.told))


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:].rstrip('.')}."


def _text(text: str) -> str:
    """Return a text that roff prints as it is: hyphens stay hyphens, and no line becomes a request."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("^", "\\(ha")
    escaped = escaped.replace("~", "\\(ti").replace("`", "\\(ga")
    return f"\\&{escaped}" if escaped.startswith(".") else escaped
