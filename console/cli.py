"""The command line: it reads what was asked for and imports the face that answers it, when it answers."""

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence

from console.command_line.obeying import actions, fleet, past, playbooks
from console.command_line.obeying.options import config_path, with_settings
from console.command_line.parser import WrongUsage, parse
from console.command_line.registry import CONSOLE, PROGRAM
from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode
from console.headless.output import OutputFailed, write_data
from console.settings.load import BadFlags, BadSettings, Overrides, find_config, override
from console.settings.settings import Settings

_TERMINALS_WITHOUT_SCREEN = frozenset({"dumb", "unknown"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Follow one command line and return its exit code; `arguments` are those of the process if None."""
    try:
        path, options = parse(sys.argv[1:] if arguments is None else arguments)
        return int(COMMANDS[path](options))
    except WrongUsage as error:
        narrate(str(error))
        return ExitCode.WRONG_USAGE
    except BadSettings as error:
        for problem in error.problems:
            narrate(problem)
        return ExitCode.WRONG_USAGE if isinstance(error, BadFlags) else ExitCode.BAD_CONFIGURATION
    except OutputFailed as error:
        narrate(f"stdout cannot be written: {error}")
        return ExitCode.OUTPUT_FAILED
    except KeyboardInterrupt:
        narrate("interrupted")
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 -- Python would end with 1, which says that a model has a warning
        from console.headless.crash import crash_line, crash_report

        narrate(crash_line(error))
        print(crash_report(error), end="", file=sys.stderr)
        return ExitCode.CRASHED


def _open_screen(options: Namespace) -> int:
    def show(settings: Settings, at: float | None) -> int:
        return _run_screen(settings, at, options)

    _need_terminal(f"the screen needs a terminal; without one, use {PROGRAM} summary")
    return with_settings(options, show)


def _need_terminal(told: str) -> None:
    streams = (sys.stdin, sys.stdout, sys.stderr)  # Textual paints on stderr
    if not all(stream is not None and stream.isatty() for stream in streams):
        raise WrongUsage(told)
    if (name := os.environ.get("TERM")) in _TERMINALS_WITHOUT_SCREEN:
        raise WrongUsage(f"TERM={name} shows no screen; use {PROGRAM} summary, or {PROGRAM} watch to stay")


def _run_screen(settings: Settings, at: float | None, options: Namespace) -> int:
    from console.tui.launch import run_tui

    flags = Overrides(theme=options.theme, ascii=options.ascii, no_mouse=options.no_mouse, plain=options.plain)
    return run_tui(override(settings, flags, os.environ), at=at, environment=os.environ)


def _check_config(options: Namespace) -> int:
    def show(settings: Settings, at: float | None) -> int:
        from console.headless.commands.config import check_config

        return check_config(settings, find_config(config_path(options), os.environ), at=at)

    return with_settings(options, show)


def _print_config_schema(options: Namespace) -> int:
    from console.headless.commands.config import print_config_schema

    return print_config_schema()


def _run_demo(options: Namespace) -> int:
    from console.simulation.demo import run_demo, scenarios

    if options.list:
        write_data("".join(f"{each.name:<16} {each.title}\n" for each in scenarios()))
        return ExitCode.OK
    _need_terminal("the demo opens the screen, which needs a terminal")
    return run_demo(
        options.scenario,
        lambda settings: _run_screen(settings, None, options),
        prometheus=not options.no_prometheus,
    )


def _print_completion(options: Namespace) -> int:
    from console.command_line.completion import SCRIPTS

    write_data(SCRIPTS[options.shell](CONSOLE), encoding="utf-8")
    return ExitCode.OK


def _print_manual(_: Namespace) -> int:
    from console.command_line.manual import manual

    write_data(manual(CONSOLE), encoding="utf-8")
    return ExitCode.OK


COMMANDS: dict[tuple[str, ...], Callable[[Namespace], int]] = {
    (): _open_screen,
    ("summary",): fleet.print_summary,
    ("watch",): fleet.watch,
    ("drift",): fleet.print_drift,
    ("backtest",): fleet.backtest,
    ("exporter",): fleet.export,
    ("config", "check"): _check_config,
    ("config", "schema"): _print_config_schema,
    ("playbook", "list"): playbooks.list_playbooks,
    ("playbook", "show"): playbooks.show_playbook,
    ("playbook", "lint"): playbooks.lint_playbooks,
    ("playbook", "run"): playbooks.run_playbook,
    ("playbook", "test"): playbooks.test_playbooks,
    ("playbook", "new"): playbooks.new_playbook,
    ("playbook", "schema"): playbooks.print_playbook_schema,
    ("action", "list"): actions.list_actions,
    ("action", "run"): actions.run_action,
    ("action", "undo"): actions.undo_run,
    ("report",): past.report,
    ("journal", "show"): past.show_journal,
    ("journal", "verify"): past.verify_journal,
    ("journal", "schema"): past.print_journal_schema,
    ("demo",): _run_demo,
    ("completion",): _print_completion,
    ("man",): _print_manual,
}
"""What each command of the registry does, by the words that lead to it; the screen has none."""
