"""The completion script for bash (3.2, which macOS has, and newer)."""

from collections.abc import Iterator

from console.command_line.completion.lists import everything, flags_with_a_value, listing_of, values_of_flags
from console.command_line.words import HELP, VERSION, Command, Completes, Value

_SCRIPT = """\
# bash completion for {program}, made by: {program} completion bash
# To use it, in ~/.bashrc: eval "$({program} completion bash)"

_{function}_words() {{
    COMPREPLY=($(compgen -W "$1" -- "$current"))
}}

_{function}_paths() {{
    local IFS=$'\\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen "$1" -- "$current"))
}}

_{function}() {{
    local current="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD - 1]}}" command="" word index
    local -i position=0
    COMPREPLY=()
    # bash splits --flag=value at the sign.
    if [[ $current == "=" ]]; then
        current=""
    elif [[ $before == "=" ]]; then
        before="${{COMP_WORDS[COMP_CWORD - 2]}}"
    fi
    for ((index = 1; index < COMP_CWORD; index++)); do
        word="${{COMP_WORDS[index]}}"
        case "$word" in
            {with_value})
                [[ ${{COMP_WORDS[index + 1]}} == "=" ]] && ((index++))
                ((index++))
                ;;
            -*) ;;
            *)
                case "$command $word" in
                    {commands}) command="${{command:+$command }}$word" ;;
                    *) ((position++)) ;;
                esac
                ;;
        esac
    done
    case "$command $before" in
{values}
    esac
    case "$command" in
{words}
    esac
}}

complete -F _{function} {program}
"""


def bash_script(console: Command) -> str:
    """Return the script for a program."""
    paths = [path for path, _ in console.walk()]
    return _SCRIPT.format(
        program=console.name,
        function=console.name.replace("-", "_"),
        with_value=" | ".join(flags_with_a_value(console)),
        commands=" | ".join(f'"{" ".join(path[:-1])} {path[-1]}"' for path in paths),
        values="\n".join(_value_cases(console)),
        words="\n".join(_word_cases(console)),
    )


def _value_cases(console: Command) -> Iterator[str]:
    """Yield what completes the value of each flag; with the command where the value differs from one to another."""
    for flag, by_command in values_of_flags(console).items():
        patterns = {f'*" {flag}"': next(iter(by_command.values()))}
        if len(set(by_command.values())) > 1:
            patterns = {f'"{command} {flag}"': value for command, value in by_command.items()}
        for pattern, value in patterns.items():
            yield f"        {pattern}) {_completing(console, value)}; return ;;"


def _word_cases(console: Command) -> Iterator[str]:
    for path, command in everything(console):
        flags = [flag.name for flag in command.flags] + [HELP.name] + ([] if path else [VERSION.name])
        yield f'        "{" ".join(path)}")'
        yield f"            if [[ $current == -* ]]; then {_words(console, ' '.join(flags))}"
        if command.commands:
            yield f"            else {_words(console, ' '.join(each.name for each in command.commands))}"
        for position, argument in enumerate(command.arguments):
            which = "" if argument.several else f"elif ((position == {position})); then "
            yield f"            {which or 'else '}{_completing(console, argument.value)}"
        yield "            fi ;;"


def _completing(console: Command, value: Value) -> str:
    function = console.name.replace("-", "_")
    if value.completes is Completes.CHOICES:
        return _words(console, " ".join(value.choices))
    if value.completes is Completes.FILES:
        return f"_{function}_paths -f"
    if value.completes is Completes.DIRECTORIES:
        return f"_{function}_paths -d"
    listing = listing_of(console.name, value.completes)
    return f'_{function}_words "$({listing})"' if listing else ":"


def _words(console: Command, words: str) -> str:
    return f'_{console.name.replace("-", "_")}_words "{words}"'
