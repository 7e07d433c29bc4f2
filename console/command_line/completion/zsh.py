"""The completion script for zsh."""

from collections.abc import Iterator

from console.command_line.completion.lists import everything, listing_of
from console.command_line.words import HELP, VERSION, Command, Completes, Flag, Value

_SCRIPT = """\
#compdef {program}
# zsh completion for {program}, made by: {program} completion zsh
# To use it: save it as _{program} in a directory of $fpath, or source it after compinit.

{functions}
if [[ ${{funcstack[1]}} == _{program} ]]; then
    {main} "$@"
else
    compdef {main} {program}
fi
"""
_LEAF = """\
{function}() {{
    _arguments \\
{specifications}
}}
"""
_GROUP = """\
{function}() {{
    local curcontext="$curcontext" state line
    local -a commands
    typeset -A opt_args
    _arguments -C \\
{specifications}
    case $state in
        command)
            commands=(
{commands}
            )
            _describe command commands
            ;;
        arguments)
            case $line[1] in
{calls}
            esac
            ;;
    esac
}}
"""


def zsh_script(console: Command) -> str:
    """Return the script for a program."""
    functions = "\n".join(_function(console, path, command) for path, command in everything(console))
    return _SCRIPT.format(program=console.name, functions=functions, main=_name(console, ()))


def _function(console: Command, path: tuple[str, ...], command: Command) -> str:
    specifications = list(_specifications(console, command, with_version=not path))
    if command.commands:
        specifications += ["1:command:->command", "*::argument:->arguments"]
        calls = (f"                {each.name}) {_name(console, (*path, each.name))} ;;" for each in command.commands)
        commands = (f"                {_quoted(f'{each.name}:{each.help}')}" for each in command.commands)
        return _GROUP.format(
            function=_name(console, path),
            specifications=_lines(specifications),
            commands="\n".join(commands),
            calls="\n".join(calls),
        )
    return _LEAF.format(function=_name(console, path), specifications=_lines(specifications))


def _specifications(console: Command, command: Command, *, with_version: bool) -> Iterator[str]:
    for flag in (*command.flags, HELP, *((VERSION,) if with_version else ())):
        yield _flag(console, flag)
    for position, argument in enumerate(command.arguments, 1):
        count = "*" if argument.several else position
        yield f"{count}:{argument.name}:{_action(console, argument.value)}"


def _flag(console: Command, flag: Flag) -> str:
    told = f"[{_escaped(flag.help)}]"
    if flag.value is None:
        return f"{flag.name}{told}"
    many = "*" if flag.repeatable else ""
    return f"{many}{flag.name}={told}:{flag.value.metavar}:{_action(console, flag.value)}"


def _action(console: Command, value: Value) -> str:
    if value.completes is Completes.CHOICES:
        return f"({' '.join(value.choices)})"
    if value.completes is Completes.FILES:
        return "_files"
    if value.completes is Completes.DIRECTORIES:
        return "_files -/"
    listing = listing_of(console.name, value.completes)
    return f'{{compadd -- ${{(f)"$({listing})"}}}}' if listing else ""


def _lines(specifications: list[str]) -> str:
    return " \\\n".join(f"        {_quoted(each)}" for each in specifications)


def _escaped(text: str) -> str:
    """Return a text that may stand in the brackets of a specification."""
    return "".join(f"\\{character}" if character in r"\[]:" else character for character in text)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _name(console: Command, path: tuple[str, ...]) -> str:
    return "__".join((f"_{console.name.replace('-', '_')}", *path))
