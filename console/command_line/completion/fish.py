"""The completion script for fish (3 and newer)."""

from collections.abc import Iterator

from console.command_line.completion.lists import everything, flags_with_a_value, listing_of
from console.command_line.words import HELP, VERSION, Command, Completes, Value

_SCRIPT = """\
# fish completion for {program}, made by: {program} completion fish
# To use it: {program} completion fish > ~/.config/fish/completions/{program}.fish

function __{function}_is
    set -l command
    set -l position 0
    set -l is_value no
    for word in (commandline -opc)[2..-1]
        if test $is_value = yes
            set is_value no
            continue
        end
        switch $word
            case {with_value}
                set is_value yes
            case '-*'
            case '*'
                if contains -- "$command $word" {commands}
                    set command (string trim -- "$command $word")
                else
                    set position (math $position + 1)
                end
        end
    end
    test "$command" = "$argv[1]"; or return
    set -q argv[2]; or return 0
    test $position $argv[2..3]
end

complete -c {program} -f
{lines}
"""


def fish_script(console: Command) -> str:
    """Return the script for a program."""
    return _SCRIPT.format(
        program=console.name,
        function=console.name.replace("-", "_"),
        with_value=" ".join(flags_with_a_value(console)),
        commands=" ".join(_quoted(f"{' '.join(path[:-1])} {path[-1]}") for path, _ in console.walk()),
        lines="\n".join(_lines(console)),
    )


def _lines(console: Command) -> Iterator[str]:
    for path, command in everything(console):
        condition = f"__{console.name.replace('-', '_')}_is {_double_quoted(' '.join(path))}"
        complete = f"complete -c {console.name} -n"
        start = f"{complete} {_quoted(condition)}"
        for each in command.commands:
            yield f"{start} -a {each.name} -d {_quoted(each.help)}"
        for flag in (*command.flags, HELP, *(() if path else (VERSION,))):
            takes = f" {_value(console, flag.value)}" if flag.value is not None else ""
            yield f"{start} -l {flag.name.removeprefix('--')}{takes} -d {_quoted(flag.help)}"
        for position, argument in enumerate(command.arguments):
            given = _value(console, argument.value).removeprefix("-x ").removeprefix("-r ")
            at_place = f"{condition} {'-ge' if argument.several else '-eq'} {position}"
            yield f"{complete} {_quoted(at_place)} {given} -d {_quoted(argument.help)}"


def _value(console: Command, value: Value) -> str:
    if value.completes is Completes.CHOICES:
        return f"-x -a {_quoted(' '.join(value.choices))}"
    if value.completes is Completes.FILES:
        return "-r -F"
    if value.completes is Completes.DIRECTORIES:
        return "-x -a '(__fish_complete_directories)'"
    listing = listing_of(console.name, value.completes)
    return f"-x -a {_double_quoted(f'({listing})')}" if listing else "-x"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _double_quoted(text: str) -> str:
    """Return a text without dollar signs and double quotes as one word."""
    return f'"{text}"'
