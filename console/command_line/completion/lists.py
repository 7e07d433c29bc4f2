"""What the scripts of all shells have in common."""

from console.command_line.words import Command, Completes, Value


def listing_of(program: str, completes: Completes) -> str | None:
    """Return the shell command that prints a value a line, None where there is none; it works in every shell."""
    lists = {
        Completes.PLAYBOOKS: "playbook list",
        Completes.ACTIONS: "action list",
        Completes.SCENARIOS: "demo --list",
    }
    return f"{program} {lists[completes]} 2>/dev/null | cut -d' ' -f1" if completes in lists else None


def everything(console: Command) -> list[tuple[tuple[str, ...], Command]]:
    """Return the program itself and every command, with the words that lead to it."""
    return [((), console), *console.walk()]


def flags_with_a_value(console: Command) -> list[str]:
    """Return the names of all flags behind which a value stands, each once; no name is a switch elsewhere."""
    names = (flag.name for _, command in everything(console) for flag in command.flags if flag.value is not None)
    return list(dict.fromkeys(names))


def values_of_flags(console: Command) -> dict[str, dict[str, Value]]:
    """Return flag → command (words with a space between) → what its value is."""
    found: dict[str, dict[str, Value]] = {}
    for path, command in everything(console):
        for flag in command.flags:
            if flag.value is not None:
                found.setdefault(flag.name, {})[" ".join(path)] = flag.value
    return found
