"""The command line: it reads what was asked for and imports the face that answers it, when it answers."""

import argparse
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from console import __version__
from console.domain.moments import BadMoment, parse_duration, parse_instant
from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode
from console.headless.one_shot import one_shot
from console.settings.load import BadSettings, Overrides, find_config, load_settings
from console.settings.nearest import nearest
from console.settings.settings import Settings

PROGRAM = "incident-console"

_COMMON_DEFAULTS: dict[str, Any] = {
    "prometheus": (),
    "alertmanager": (),
    "kubeconfig": None,
    "context": None,
    "playbooks": (),
    "config": None,
    "at": None,
    "window": None,
    "write": False,
}
_INVALID_CHOICE = re.compile(
    r"argument (?P<argument>\S+): invalid choice: '(?P<given>.*)' \(choose from (?P<choices>.*)\)", re.DOTALL
)


class WrongUsage(Exception):
    """A command line that cannot be followed; the text is one line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Follow one command line and return its exit code; `arguments` are those of the process if None."""
    try:
        options = _parse(sys.argv[1:] if arguments is None else arguments)
        run: Callable[[argparse.Namespace], int] = options.run
        return int(run(options))
    except WrongUsage as error:
        narrate(str(error))
        return ExitCode.WRONG_USAGE
    except BadSettings as error:
        for problem in error.problems:
            narrate(problem)
        return ExitCode.BAD_CONFIGURATION
    except KeyboardInterrupt:
        narrate("interrupted")
        return ExitCode.INTERRUPTED


def _open_screen(options: argparse.Namespace) -> int:
    def show(settings: Settings, at: float | None) -> int:
        return _run_screen(settings, at)

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise WrongUsage(f"the screen needs a terminal; without one, use {PROGRAM} summary")
    return _with_settings(options, show)


def _run_screen(settings: Settings, at: float | None) -> int:
    from console.tui.launch import run_tui

    return run_tui(settings, at=at, environment=os.environ)


def _print_summary(options: argparse.Namespace) -> int:
    def show(settings: Settings, at: float | None) -> int:
        from console.headless.commands.summary import print_summary

        return print_summary(
            settings, at=at, globs=options.model, chosen_format=options.format, every_model=options.all
        )

    with one_shot():
        return _with_settings(options, show)


def _check_config(options: argparse.Namespace) -> int:
    def show(settings: Settings, at: float | None) -> int:
        from console.headless.commands.config import check_config

        return check_config(settings, find_config(_config_path(options), os.environ), at=at)

    return _with_settings(options, show)


def _print_config_schema(options: argparse.Namespace) -> int:
    from console.headless.commands.config import print_config_schema

    return print_config_schema()


def _list_playbooks(options: argparse.Namespace) -> int:
    from console.headless.commands.playbook import list_playbooks

    return list_playbooks(_playbook_directories(options))


def _show_playbook(options: argparse.Namespace) -> int:
    from console.headless.commands.playbook import show_playbook

    return show_playbook(_playbook_directories(options), options.id)


def _lint_playbooks(options: argparse.Namespace) -> int:
    from console.headless.commands.playbook import lint_playbooks

    return lint_playbooks(options.paths, [] if options.paths else _playbook_directories(options))


def _print_playbook_schema(options: argparse.Namespace) -> int:
    from console.headless.commands.playbook import print_playbook_schema

    return print_playbook_schema()


def _run_demo(options: argparse.Namespace) -> int:
    from console.simulation.demo import run_demo, scenarios

    if options.list:
        from console.headless.output import write_data

        write_data("".join(f"{each.name:<16} {each.title}\n" for each in scenarios()))
        return ExitCode.OK
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise WrongUsage("the demo opens the screen, which needs a terminal")
    return run_demo(options.scenario or scenarios()[0].name, lambda settings: _run_screen(settings, None))


def _with_settings(options: argparse.Namespace, show: Callable[[Settings, float | None], int]) -> int:
    """Load what is configured, see that there is a Prometheus to ask, and go on with both."""
    at = _instant(options)
    path = _config_path(options)
    settings = load_settings(path, os.environ, _overrides(options))
    if settings.prometheus is None:
        found = find_config(path, os.environ)
        if found is None:
            raise WrongUsage(f"no Prometheus is named; pass --prometheus URL, or try {PROGRAM} demo")
        advice = "write prometheus: {urls: [URL]} there, or pass --prometheus URL"
        raise BadSettings([f"{found}: no Prometheus is named; {advice}"])
    return show(settings, at)


def _playbook_directories(options: argparse.Namespace) -> tuple[str, ...]:
    return load_settings(_config_path(options), os.environ, _overrides(options)).playbooks


def _config_path(options: argparse.Namespace) -> Path | None:
    return Path(options.config) if options.config is not None else None


def _overrides(options: argparse.Namespace) -> Overrides:
    window = None
    if options.window is not None:
        try:
            window = parse_duration(options.window)
        except BadMoment as error:
            raise WrongUsage(f"--window: {error}") from None
    return Overrides(
        prometheus=tuple(options.prometheus),
        alertmanager=tuple(options.alertmanager),
        kubeconfig=options.kubeconfig,
        context=options.context,
        playbooks=tuple(options.playbooks),
        window=window,
        write=options.write,
    )


def _instant(options: argparse.Namespace) -> float | None:
    if options.at is None:
        return None
    if options.write:
        raise WrongUsage("--at shows the past, which is always read-only; it does not go with --write")
    now = time.time()
    try:
        at = parse_instant(options.at, now)
    except BadMoment as error:
        raise WrongUsage(f"--at: {error}") from None
    if at > now:
        raise WrongUsage(f"--at: {options.at} is in the future")
    return at


class _Parser(argparse.ArgumentParser):
    """Tells mistakes in one line with the nearest valid name, and leaves the exit to `main`."""

    def __init__(self, parents: "Sequence[_Parser]" = (), **keywords: Any) -> None:
        self.names: list[str] = [name for parent in parents for name in parent.names]
        super().__init__(allow_abbrev=False, parents=parents, **keywords)

    def add_argument(self, *flags: str, **keywords: Any) -> argparse.Action:
        self.names += [flag for flag in flags if flag.startswith("--")]
        return super().add_argument(*flags, **keywords)

    def error(self, message: str) -> NoReturn:
        if found := _INVALID_CHOICE.match(message):
            choices = [choice.strip(" '") for choice in found["choices"].split(",")]
            kind = "command" if found["argument"] == "COMMAND" else f"value of {found['argument']}"
            raise WrongUsage(_unknown(kind, found["given"], choices, f"expected one of {', '.join(choices)}"))
        raise WrongUsage(f"{message}; see {self.prog} --help")


def _unknown(kind: str, given: str, names: Iterable[str], otherwise: str) -> str:
    found = nearest(given, names)
    return f"unknown {kind} '{given}'; " + (f"nearest: {found}" if found else otherwise)


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options with every default filled in.

    Raises:
        WrongUsage: the command line holds a mistake.
    """
    root = _build_parser()
    try:
        options, unknown = root.parse_known_args(arguments)
    except WrongUsage:
        # The value of a mistyped option reads as the command, and would be blamed instead of it.
        first = arguments[0].partition("=")[0] if arguments else ""
        if first.startswith("--") and first not in (*root.names, "--help"):
            raise WrongUsage(_unknown("option", first, root.names, f"see {root.prog} --help")) from None
        raise
    if unknown:
        parser: _Parser = options.parser
        given = unknown[0].partition("=")[0]
        kind = "option" if given.startswith("-") else "argument"
        raise WrongUsage(_unknown(kind, given, parser.names, f"see {parser.prog} --help"))
    for name, default in _COMMON_DEFAULTS.items():
        if not hasattr(options, name):
            setattr(options, name, default)
    return options


def _build_parser() -> _Parser:
    common = _common_flags()
    parser = _Parser(
        parents=[common],
        prog=PROGRAM,
        description="Tell what is wrong with a machine-learning model in production, and end it.",
        epilog="Without a command the screen opens. Exit codes: of summary 0 ok, 1 warning, 2 critical, 3 unknown; of "
        "every command 64 wrong usage, 69 a source is needed and unreachable, 78 bad configuration, 130 interrupted.",
    )
    parser.set_defaults(run=_open_screen, parser=parser)
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", parser_class=_Parser)

    summary = _add_command(commands, "summary", "print the fleet, worst models first", _print_summary, common)
    summary.add_argument("--format", choices=("text", "json", "markdown"), default="text", help="default: text")
    summary.add_argument(
        "--model",
        metavar="GLOB",
        action="append",
        default=[],
        help="only models whose id matches, in detail; repeatable",
    )
    summary.add_argument("--all", action="store_true", help="list healthy models too")

    config = commands.add_parser("config", help="check the configuration, or print its JSON Schema")
    config_commands = config.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)
    _add_command(config_commands, "check", "tell what is configured, reachable and found", _check_config, common)
    _add_command(config_commands, "schema", "print the JSON Schema of config.yaml", _print_config_schema)

    playbook = commands.add_parser("playbook", help="list, show or check playbooks")
    playbook_commands = playbook.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)
    _add_command(playbook_commands, "list", "list the library", _list_playbooks, common)
    show = _add_command(playbook_commands, "show", "print one playbook", _show_playbook, common)
    show.add_argument("id", metavar="ID")
    lint = _add_command(playbook_commands, "lint", "print every mistake", _lint_playbooks, common)
    lint.add_argument("paths", metavar="PATH", nargs="*", help="files or directories; the whole library if none")
    _add_command(playbook_commands, "schema", "print the JSON Schema of playbooks", _print_playbook_schema)

    demo = _add_command(commands, "demo", "open the screen on a simulated fleet with an incident", _run_demo)
    demo.add_argument("--scenario", metavar="NAME", help="which incident; see --list")
    demo.add_argument("--list", action="store_true", help="list the scenarios")
    return parser


def _add_command(
    commands: "argparse._SubParsersAction[_Parser]",
    name: str,
    told: str,
    run: Callable[[argparse.Namespace], int],
    *parents: _Parser,
) -> _Parser:
    parser = commands.add_parser(name, help=told, description=f"{told[0].upper()}{told[1:]}.", parents=parents)
    parser.set_defaults(run=run, parser=parser)
    return parser


def _common_flags() -> _Parser:
    """Return the flags of every command; they are left unset so that those before and after a command both count."""
    parser = _Parser(add_help=False)

    def add(flag: str, told: str, **keywords: Any) -> None:
        parser.add_argument(flag, help=told, default=argparse.SUPPRESS, **keywords)

    add("--prometheus", "Prometheus to read; repeat it for replicas of the same one", metavar="URL", action="append")
    add("--alertmanager", "Alertmanager to read; repeat it for replicas", metavar="URL", action="append")
    add("--kubeconfig", "kubeconfig that holds the context", metavar="FILE")
    add("--context", "cluster context that serves the models and in which actions act", metavar="NAME")
    add("--playbooks", "directory of further playbooks; repeatable", metavar="DIR", action="append")
    add("--config", "configuration file; wins over $INCIDENT_CONSOLE_CONFIG and XDG", metavar="FILE")
    add("--at", "show the past: an RFC 3339 time, or a duration ago such as 15m; read-only", metavar="TIME")
    add("--window", "what the charts of the screen show at first, such as 1h", metavar="DURATION")
    add("--write", "allow actions in the context", action="store_true")
    return parser
