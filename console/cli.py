"""The command line: it reads what was asked for and imports the face that answers it, when it answers."""

import os
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from console.command_line.parser import WrongUsage, parse
from console.command_line.registry import CONSOLE, PROGRAM
from console.domain.anomaly import Status
from console.domain.moments import BadMoment, parse_instant
from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode
from console.headless.one_shot import one_shot
from console.headless.output import OutputFailed, write_data
from console.settings.load import BadFlags, BadSettings, Overrides, find_config, load_settings, override
from console.settings.settings import Settings

if TYPE_CHECKING:
    from console.settings.yaml_source import YamlNode

USUAL_WINDOW = 3600.0
"""How many seconds `drift` compares, unless told otherwise."""
USUAL_BACKTEST = 604_800.0
"""How many seconds of a model `backtest` looks at, unless told otherwise."""
USUAL_SHIFT = 43_200.0
"""How many seconds a shift lasted that `report --handoff` tells of, unless told otherwise."""
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
    return _with_settings(options, show)


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


def _print_summary(options: Namespace) -> int:
    def show(settings: Settings, at: float | None) -> int:
        from console.headless.commands.summary import print_summary

        return print_summary(
            settings, at=at, globs=options.model, chosen_format=options.format, every_model=options.all
        )

    with one_shot():
        return _with_settings(options, show)


def _watch(options: Namespace) -> int:
    def show(settings: Settings, _: float | None) -> int:
        from console.headless.commands.watch import watch_fleet

        return watch_fleet(
            settings,
            globs=options.model,
            chosen_format=options.format,
            until=Status(options.until) if options.until else None,
            timeout_seconds=options.timeout,
        )

    return _with_settings(options, show)


def _print_drift(options: Namespace) -> int:
    window, options.window = options.window or USUAL_WINDOW, None  # it is not that of charts

    def show(settings: Settings, at: float | None) -> int:
        from console.settings.reference import parse_reference

        if not settings.predictions:
            raise WrongUsage("drift needs a store of predictions; pass --predictions URL")
        end = time.time() if at is None else at
        try:
            against = parse_reference(options.against, end=end, window=window) if options.against else None
        except BadMoment as error:
            raise WrongUsage(f"--against: {error}") from None
        from console.engine.predictions.comparing import WindowComparison
        from console.engine.predictions.sessions import kept_answers
        from console.headless.commands.drift import print_drift

        cache = kept_answers(settings, os.environ, time.time, narrate)
        return print_drift(
            settings,
            WindowComparison(os.environ, time.time, cache, exact=options.exact, slices=options.slices),
            model=options.model,
            against=against,
            at=at,
            window=window,
            chosen_format=options.format,
        )

    with one_shot():
        return _with_settings(options, show)


def _backtest(options: Namespace) -> int:
    from console.domain.signal import SIGNALS, Direction
    from console.headless.commands.backtest import backtest_file

    wanted = {"high": Direction.HIGH, "low": Direction.LOW, "both": Direction.NEITHER}.get(options.direction)
    of_model = {name: getattr(options, name) for name in ("model", "signal", "from", "to")}
    if options.file is not None:
        given = next((name for name, value in of_model.items() if value is not None), None)
        if given is not None:
            raise WrongUsage(f"--{given} is of a model's past, and {options.file} is a file; name one of both")
        with one_shot():
            return backtest_file(options.file, direction=wanted or Direction.NEITHER, chosen_format=options.format)
    for name in ("model", "signal"):
        if of_model[name] is None:
            raise WrongUsage(f"backtest needs a FILE, or --model and --signal; --{name} is missing")
    start, end = _range(of_model["from"], of_model["to"])
    signal = SIGNALS[options.signal]

    def show(settings: Settings, _: float | None) -> int:
        from console.headless.commands.backtest_model import backtest_model

        if settings.prometheus is None:
            raise WrongUsage("backtest of a model needs a Prometheus; pass --prometheus URL")
        direction = wanted if wanted is not None else signal.bad
        return backtest_model(
            settings, options.model, signal, start, end, direction=direction, chosen_format=options.format
        )

    options.window = None
    with one_shot():
        return _with_settings(options, show)


def _range(start: str | None, end: str | None) -> tuple[float, float]:
    """Return the instants (UTC seconds) between which a past is looked at."""
    now = time.time()
    told: dict[str, float] = {}
    for flag, text in (("--from", start), ("--to", end)):
        try:
            told[flag] = parse_instant(text, now) if text is not None else now
        except BadMoment as error:
            raise WrongUsage(f"{flag}: {error}") from None
        if told[flag] > now:
            raise WrongUsage(f"{flag}: {text} is in the future")
    begins = told["--from"] if start is not None else told["--to"] - USUAL_BACKTEST
    if begins >= told["--to"]:
        raise WrongUsage(f"--from: {start} is not before the end, {end or 'now'}")
    return begins, told["--to"]


def _export(options: Namespace) -> int:
    from console.headless.commands.exporter import print_rules, run_exporter

    if options.rules:
        return print_rules()
    host, port = options.listen
    return _with_settings(options, lambda settings, _: run_exporter(settings, host=host, port=port))


def _check_config(options: Namespace) -> int:
    def show(settings: Settings, at: float | None) -> int:
        from console.headless.commands.config import check_config

        return check_config(settings, find_config(_config_path(options), os.environ), at=at)

    return _with_settings(options, show)


def _print_config_schema(options: Namespace) -> int:
    from console.headless.commands.config import print_config_schema

    return print_config_schema()


def _list_playbooks(options: Namespace) -> int:
    from console.headless.commands.playbook import list_playbooks

    return list_playbooks(_playbook_directories(options), options.format)


def _show_playbook(options: Namespace) -> int:
    from console.headless.commands.playbook import show_playbook

    return show_playbook(_playbook_directories(options), options.id, options.format)


def _run_playbook(options: Namespace) -> int:
    if options.model is None:
        raise WrongUsage("a run is for one model; pass --model ID")
    options.window = None  # a run shows no charts
    agreed = (options.yes, options.plan is not None)
    if any(agreed) and not (all(agreed) and options.write):
        raise WrongUsage("a plan is sent with all of --write --yes --plan HASH")
    if options.rehearse and options.yes:
        raise WrongUsage("a rehearsal sends nothing; leave out --yes --plan")

    def follow(settings: Settings, _: float | None) -> int:
        from console.headless.commands.playbook_run import Request, run_playbook

        return run_playbook(
            settings,
            Request(
                playbook_id=options.id,
                model_id=options.model,
                rehearse=options.rehearse,
                answers=options.answers,
                plan_hash=options.plan,
                timeout_seconds=options.timeout,
                chosen_format=options.format,
            ),
        )

    return _with_settings(options, follow)


def _lint_playbooks(options: Namespace) -> int:
    from console.headless.commands.playbook import lint_playbooks

    return lint_playbooks(options.path, [] if options.path else _playbook_directories(options))


def _test_playbooks(options: Namespace) -> int:
    from console.headless.commands.playbook_cases import follow_cases

    return follow_cases(options.path, _playbook_directories(options), coverage=options.coverage)


def _new_playbook(options: Namespace) -> int:
    from console.headless.commands.playbook_new import Given, new_playbook

    given = Given(options.id, options.title, tuple(options.owner), options.kind, options.serving)
    return new_playbook(given, Path(options.into), datetime.now(UTC).date())


def _print_playbook_schema(options: Namespace) -> int:
    from console.headless.commands.playbook import print_playbook_schema

    return print_playbook_schema(of_tests=options.test)


def _report(options: Namespace) -> int:
    from console.headless.commands.report import list_incidents, report_handoff, report_incident

    chosen = [name for name, is_chosen in (("--list", options.list), ("--handoff", options.handoff)) if is_chosen]
    if len(chosen) > 1 or (chosen and options.incident is not None):
        raise WrongUsage(f"report prints one of INCIDENT, --list and --handoff; leave {chosen[-1]} out")
    if options.since is not None and not options.handoff:
        raise WrongUsage("--since is how long a shift was; it goes with --handoff")
    options.window = None
    settings = load_settings(_config_path(options), os.environ, _overrides(options))
    if options.handoff:
        if options.format not in (None, "markdown"):
            raise WrongUsage(f"--handoff is Markdown only; leave --format {options.format} out")
        return report_handoff(settings, USUAL_SHIFT if options.since is None else options.since)
    if options.list:
        if options.format not in (None, "json"):
            raise WrongUsage(f"--list is lines or --format json; leave --format {options.format} out")
        return list_incidents(settings, options.format or "markdown")
    return report_incident(settings, options.incident, options.format or "markdown")


def _show_journal(options: Namespace) -> int:
    from console.headless.commands.journal import show_journal

    now = time.time()
    try:
        since = parse_instant(options.since, now) if options.since is not None else None
    except BadMoment as error:
        raise WrongUsage(f"--since: {error}") from None
    settings = _settings_alone(options)
    return show_journal(settings, incident=options.incident, run=options.run, since=since, chosen_format=options.format)


def _verify_journal(options: Namespace) -> int:
    from console.headless.commands.journal import verify_journal

    return verify_journal(_settings_alone(options))


def _print_journal_schema(_: Namespace) -> int:
    from console.headless.commands.journal import print_journal_schema

    return print_journal_schema()


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


def _with_settings(options: Namespace, show: Callable[[Settings, float | None], int]) -> int:
    """Load what is configured, see that there is a Prometheus or a store of predictions to ask, and go on with both."""
    at = _instant(options)
    path = _config_path(options)
    settings = load_settings(path, os.environ, _overrides(options), _mistakes_in_keymap)
    if settings.prometheus is None and not settings.predictions:
        found = find_config(path, os.environ)
        if found is None:
            advice = f"pass --prometheus URL, --predictions URL or both, or try {PROGRAM} demo"
            raise WrongUsage(f"no source is named; {advice}")
        advice = "write prometheus: {urls: [URL]} or predictions: URL there, or pass one as a flag"
        raise BadSettings([f"{found}: no source is named; {advice}"])
    return show(settings, at)


def _mistakes_in_keymap(document: "YamlNode") -> Iterable[tuple[int, int, str]]:
    if not isinstance(document.value, dict) or "keymap" not in document.value:
        return ()
    from console.tui.keymap import keymap_mistakes

    return keymap_mistakes(document)


def _playbook_directories(options: Namespace) -> tuple[str, ...]:
    return load_settings(_config_path(options), os.environ, _overrides(options)).playbooks


def _settings_alone(options: Namespace) -> Settings:
    """Load what is configured, for commands that ask no source."""
    options.window = None
    return load_settings(_config_path(options), os.environ, _overrides(options))


def _config_path(options: Namespace) -> Path | None:
    return Path(options.config) if options.config is not None else None


def _overrides(options: Namespace) -> Overrides:
    return Overrides(
        prometheus=tuple(options.prometheus),
        alertmanager=tuple(options.alertmanager),
        predictions=tuple(options.predictions),
        kubeconfig=options.kubeconfig,
        context=options.context,
        playbooks=tuple(options.playbooks),
        window=options.window,
        write=options.write,
    )


def _instant(options: Namespace) -> float | None:
    if getattr(options, "at", None) is None:
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


COMMANDS: dict[tuple[str, ...], Callable[[Namespace], int]] = {
    (): _open_screen,
    ("summary",): _print_summary,
    ("watch",): _watch,
    ("drift",): _print_drift,
    ("backtest",): _backtest,
    ("exporter",): _export,
    ("config", "check"): _check_config,
    ("config", "schema"): _print_config_schema,
    ("playbook", "list"): _list_playbooks,
    ("playbook", "show"): _show_playbook,
    ("playbook", "lint"): _lint_playbooks,
    ("playbook", "run"): _run_playbook,
    ("playbook", "test"): _test_playbooks,
    ("playbook", "new"): _new_playbook,
    ("playbook", "schema"): _print_playbook_schema,
    ("report",): _report,
    ("journal", "show"): _show_journal,
    ("journal", "verify"): _verify_journal,
    ("journal", "schema"): _print_journal_schema,
    ("demo",): _run_demo,
    ("completion",): _print_completion,
    ("man",): _print_manual,
}
"""What each command of the registry does, by the words that lead to it; the screen has none."""
