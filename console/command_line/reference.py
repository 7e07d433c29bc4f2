"""The reference of commands, as Markdown for docs/reference/commands.md."""

from collections.abc import Iterable, Iterator

from console.command_line.registry import COMMON, ENVIRONMENT, FILES, SCREEN
from console.command_line.words import Command, Flag

_INTRODUCTION = """# Commands

Made from `console/command_line/families/` by `make generated`; so are `--help`, the manual page (`{program} man`)
and what a shell completes (`{program} completion bash`). How a command ends: [exit codes](exit-codes.md).
"""


def command_reference(console: Command) -> str:
    """Return the page of a program."""
    lines = [_INTRODUCTION.format(program=console.name), f"## {console.name}\n"]
    lines += [f"{console.description}\n", *_flags(COMMON)]
    lines += ["Without a command, and with `demo`:\n", *_flags(SCREEN)]
    for path, command in console.walk():
        if not command.commands:
            lines += _command(console.name, path, command)
    lines += ["## Environment\n", *_table(("variable", ""), ((_code(name), told) for name, told in ENVIRONMENT))]
    lines += ["## Files\n", *_table(("file", ""), ((_code(name), told) for name, told in FILES))]
    return "\n".join(lines).rstrip("\n") + "\n"


def _command(program: str, path: tuple[str, ...], command: Command) -> Iterator[str]:
    yield f"## {' '.join(path)}\n"
    told = f"{command.help[0].upper()}{command.help[1:]}."
    if any(flag in COMMON for flag in command.flags):
        told += f" It takes the flags of [{program}](#{program}) too"
        refused = " and ".join(_code(name) for name, _ in command.refused)
        told += f", but not {refused}." if refused else "."
    yield f"{told}\n"
    if command.description:
        yield f"{command.description}\n"
    if command.arguments:
        rows = ((f"{each.name} …" if each.several else each.name, each.help) for each in command.arguments)
        yield from _table(("argument", ""), [(_code(name), told) for name, told in rows])
    yield from _flags(flag for flag in command.flags if flag not in (*COMMON, *SCREEN))
    if command.examples:
        lines = "\n".join(f"$ {program} {example.arguments}  # {example.told}" for example in command.examples)
        yield f"```console\n{lines}\n```\n"


def _flags(flags: Iterable[Flag]) -> Iterator[str]:
    rows = [(_code(" ".join(filter(None, (flag.name, _value(flag))))), flag.help) for flag in flags]
    if rows:
        yield from _table(("flag", ""), rows)


def _value(flag: Flag) -> str:
    return ("|".join(flag.value.choices) or flag.value.metavar) if flag.value is not None else ""


def _table(head: tuple[str, str], rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield f"| {head[0]} | {head[1]} |\n| --- | --- |"
    for name, told in rows:
        yield f"| {name} | {_cell(told)} |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _code(text: str) -> str:
    return "`" + text.replace("|", "\\|") + "`"
