"""Opens the screen: prepares Textual before it is imported, and tells in words how it ended."""

import locale
import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from console.domain.run import Run
from console.headless.crash import crash_line, write_crash_log
from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode
from console.settings.load import BadSettings
from console.settings.settings import Settings
from console.tui.signals import HUNG_UP, SECONDS_TO_END, EndOnSignal, Terminal

if TYPE_CHECKING:
    from console.engine.parts import Parts
    from console.tui.app import ConsoleEngine, MakeEngine
    from console.tui.messages import Value

_CALM = {"TEXTUAL_FPS": "15", "TEXTUAL_ANIMATIONS": "none", "TEXTUAL_SMOOTH_SCROLL": "0"}
"""What Textual reads when it is imported: few frames, since every one crosses an SSH connection."""


def run_tui(settings: Settings, *, at: float | None, environment: Mapping[str, str]) -> int:
    """Show the screen until it is left and return the exit code.

    It is 0 when it was left, 78 for settings that cannot be used, 70 for a crash, 128 and its number for a signal.

    Args:
        settings: what is read and where; they say whether actions are allowed.
        at: the instant to show (UTC seconds), None for now.
        environment: the environment variables that references to secrets and the cluster's configuration mean.
    """
    prepare_textual()

    def make_engine(publish: Callable[["Value"], None], crashed: Callable[[BaseException], None]) -> "ConsoleEngine":
        from console.engine.loop import Engine

        def parts(publish_run: Callable[[Run], None]) -> "Parts":
            # Called on the engine's own thread: what reads and acts is imported behind the first frame.
            from console.engine.parts import Parts

            return Parts(settings, environment=environment, clock=time.time, at=at, publish=publish_run)

        return Engine(parts, publish, crashed)

    return show(make_engine, settings, environment=environment)


def prepare_textual() -> None:
    """Set what Textual reads at its import; a person's own setting wins."""
    for name, value in _CALM.items():
        os.environ.setdefault(name, value)


def show(make_engine: "MakeEngine", settings: Settings, *, environment: Mapping[str, str]) -> int:
    """Run the application with an engine on the terminal that the environment names, and return the exit code."""
    from console.journal.who import who_is_here
    from console.tui.app import ConsoleApp
    from console.tui.collector import spare_what_stays
    from console.tui.look import look_of
    from console.tui.messages import EndAsked
    from console.tui.outside.surroundings import Surroundings
    from console.tui.pastes import keep_pastes_whole
    from console.tui.preferences import preferences_of

    surroundings = Surroundings(environment, sys.platform, settings.clipboard, settings.export_directory)
    look = look_of(settings, environment, _encoding())
    preferences = preferences_of(settings)
    app = ConsoleApp(
        make_engine,
        window=settings.window,
        look=look,
        preferences=preferences,
        surroundings=surroundings,
        me=who_is_here(environment).shown,
        on_first_snapshot=spare_what_stays,
    )

    def leave() -> None:
        app.post_message(EndAsked())
        app.stop_engine(SECONDS_TO_END)

    keep_pastes_whole()
    terminal = Terminal(sys.__stdin__.fileno() if sys.__stdin__ else 0)
    with EndOnSignal(leave, terminal) as ending, terminal.keeping_order():
        app.run(mouse=settings.mouse)
        stopped = app.stop_engine(SECONDS_TO_END)
    if ending.exit_code is not None:
        return ending.exit_code
    if terminal.is_gone:
        return HUNG_UP
    if app.failure is not None:
        return _report(app.failure, settings)
    if not stopped:
        narrate("something that was being sent had no answer yet: the journal will show it as unknown")
    return app.return_code or ExitCode.OK


def _encoding() -> str:
    """Return the encoding of the terminal that is drawn on, which is that of the locale."""
    return sys.__stderr__.encoding if sys.__stderr__ is not None else locale.getpreferredencoding(do_setlocale=False)


def _report(failure: BaseException, settings: Settings) -> int:
    from console.headless.commands.mistakes import as_bad_settings
    from console.journal.directory import state_directory
    from console.transport.kubernetes.errors import KubeconfigError

    try:
        with as_bad_settings():
            raise failure
    except BadSettings as error:
        for problem in error.problems:
            narrate(problem)
        return ExitCode.BAD_CONFIGURATION
    except KubeconfigError as error:
        narrate(str(error))
        return ExitCode.BAD_CONFIGURATION
    except BaseException as error:  # noqa: BLE001 -- whatever it was, it is reported and ends the process
        narrate(crash_line(error))
        try:
            path = write_crash_log(error, state_directory(settings.state_directory), time.time())
        except OSError as problem:
            narrate(f"no report was written: {problem.strerror}")
        else:
            narrate(f"the report, without values: {path}")
        return ExitCode.CRASHED
