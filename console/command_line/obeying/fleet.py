"""Commands that look at the fleet: summary, watch, drift, backtest, exporter."""

import os
import time
from argparse import Namespace

from console.command_line.obeying.options import with_settings
from console.command_line.parser import WrongUsage
from console.domain.anomaly import Status
from console.domain.moments import BadMoment, parse_instant
from console.headless.diagnostics import narrate
from console.headless.one_shot import one_shot
from console.settings.settings import Settings

USUAL_WINDOW = 3600.0
"""How many seconds `drift` compares, unless told otherwise."""
USUAL_BACKTEST = 604_800.0
"""How many seconds of a model `backtest` looks at, unless told otherwise."""


def print_summary(options: Namespace) -> int:
    """`summary`: print the fleet once."""

    def show(settings: Settings, at: float | None) -> int:
        from console.headless.commands.summary import print_summary

        return print_summary(
            settings, at=at, globs=options.model, chosen_format=options.format, every_model=options.all
        )

    with one_shot():
        return with_settings(options, show)


def watch(options: Namespace) -> int:
    """`watch`: print what changes."""

    def show(settings: Settings, _: float | None) -> int:
        from console.headless.commands.watch import watch_fleet

        return watch_fleet(
            settings,
            globs=options.model,
            chosen_format=options.format,
            until=Status(options.until) if options.until else None,
            timeout_seconds=options.timeout,
        )

    return with_settings(options, show)


def print_drift(options: Namespace) -> int:
    """`drift`: compare the predictions of a model with others."""
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
        return with_settings(options, show)


def backtest(options: Namespace) -> int:
    """`backtest`: tell what would have been told of a file or of a model's past."""
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
        return with_settings(options, show)


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


def export(options: Namespace) -> int:
    """`exporter`: serve what is found as metrics, or print rules for them."""
    from console.headless.commands.exporter import print_rules, run_exporter

    if options.rules:
        return print_rules()
    host, port = options.listen
    return with_settings(options, lambda settings, _: run_exporter(settings, host=host, port=port))
