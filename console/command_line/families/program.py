"""Commands about the program itself: config, demo, completion, man."""

from console.command_line.families.flags import COMMON, PROGRAM, SCREEN
from console.command_line.words import SCENARIO, Argument, Command, Flag, one_of

CONFIG = Command(
    "config",
    "check the configuration, or print its JSON Schema",
    commands=(
        Command("check", "tell what is configured, reachable and found", flags=COMMON),
        Command("schema", "print the JSON Schema of config.yaml"),
    ),
)

DEMO = Command(
    "demo",
    "open the screen on a simulated fleet with an incident",
    description="Without a Prometheus on PATH, what models log is all there is. Nothing real is read or changed.",
    flags=(
        Flag("--scenario", "which incident; see --list", SCENARIO),
        Flag("--list", "list the scenarios"),
        Flag("--no-prometheus", "look at logged predictions alone"),
        *SCREEN,
    ),
)

COMPLETION = Command(
    "completion",
    "print a script with which a shell completes command lines",
    description="Completes commands, flags, choices, files, ids of playbooks and names of actions. In ~/.bashrc: eval "
    f'"$({PROGRAM} completion bash)". '
    f"For zsh save it as _{PROGRAM} in a directory of $fpath, for fish as "
    f"~/.config/fish/completions/{PROGRAM}.fish.",
    arguments=(Argument("SHELL", "bash, zsh or fish", one_of("SHELL", "bash", "zsh", "fish")),),
)

MANUAL = Command(
    "man",
    "print the manual page",
    description=f"In the language of man(7); where it is not installed, {PROGRAM} man | man -l - shows it.",
)
