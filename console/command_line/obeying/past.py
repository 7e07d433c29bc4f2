"""Commands that look back: report and journal."""

import time
from argparse import Namespace

from console.command_line.obeying.options import settings_alone
from console.command_line.parser import WrongUsage
from console.domain.moments import BadMoment, parse_instant

USUAL_SHIFT = 43_200.0
"""How many seconds a shift lasted that `report --handoff` tells of, unless told otherwise."""


def report(options: Namespace) -> int:
    """`report`: an incident as a draft, all of them in a list, or a shift for the next one."""
    from console.headless.commands.report import list_incidents, report_handoff, report_incident

    chosen = [name for name, is_chosen in (("--list", options.list), ("--handoff", options.handoff)) if is_chosen]
    if len(chosen) > 1 or (chosen and options.incident is not None):
        raise WrongUsage(f"report prints one of INCIDENT, --list and --handoff; leave {chosen[-1]} out")
    if options.since is not None and not options.handoff:
        raise WrongUsage("--since is how long a shift was; it goes with --handoff")
    settings = settings_alone(options)
    if options.handoff:
        if options.format not in (None, "markdown"):
            raise WrongUsage(f"--handoff is Markdown only; leave --format {options.format} out")
        return report_handoff(settings, USUAL_SHIFT if options.since is None else options.since)
    if options.list:
        if options.format not in (None, "json"):
            raise WrongUsage(f"--list is lines or --format json; leave --format {options.format} out")
        return list_incidents(settings, options.format or "markdown")
    return report_incident(settings, options.incident, options.format or "markdown")


def show_journal(options: Namespace) -> int:
    """`journal show`: print what the journal holds."""
    from console.headless.commands.journal import show_journal

    now = time.time()
    try:
        since = parse_instant(options.since, now) if options.since is not None else None
    except BadMoment as error:
        raise WrongUsage(f"--since: {error}") from None
    settings = settings_alone(options)
    return show_journal(settings, incident=options.incident, run=options.run, since=since, chosen_format=options.format)


def verify_journal(options: Namespace) -> int:
    """`journal verify`: check every chain."""
    from console.headless.commands.journal import verify_journal

    return verify_journal(settings_alone(options))


def print_journal_schema(_: Namespace) -> int:
    """`journal schema`: print the SQL of a shared journal."""
    from console.headless.commands.journal import print_journal_schema

    return print_journal_schema()
