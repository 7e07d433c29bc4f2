"""Commands about playbooks: list, show, lint, test, run, new, schema."""

from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

from console.command_line.obeying.options import playbook_sources, refuse_half_a_confirmation, with_settings
from console.command_line.parser import WrongUsage
from console.settings.settings import Settings


def list_playbooks(options: Namespace) -> int:
    """`playbook list`: print a line per playbook."""
    from console.headless.commands.playbook import list_playbooks

    return list_playbooks(*playbook_sources(options), options.format)


def show_playbook(options: Namespace) -> int:
    """`playbook show`: print what a playbook is for and its steps."""
    from console.headless.commands.playbook import show_playbook

    return show_playbook(*playbook_sources(options), options.id, options.format)


def run_playbook(options: Namespace) -> int:
    """`playbook run`: follow a playbook without a screen."""
    if options.model is None:
        raise WrongUsage("a run is for one model; pass --model ID")
    options.window = None  # a run shows no charts
    refuse_half_a_confirmation(options)
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

    return with_settings(options, follow)


def lint_playbooks(options: Namespace) -> int:
    """`playbook lint`: print what is wrong with playbooks."""
    from console.headless.commands.playbook import lint_playbooks

    directories, actions = playbook_sources(options)
    return lint_playbooks(options.path, [] if options.path else directories, actions)


def test_playbooks(options: Namespace) -> int:
    """`playbook test`: follow the cases of playbooks."""
    from console.headless.commands.playbook_cases import follow_cases

    return follow_cases(options.path, *playbook_sources(options), coverage=options.coverage)


def new_playbook(options: Namespace) -> int:
    """`playbook new`: write the skeleton of a playbook."""
    from console.headless.commands.playbook_new import Given, new_playbook

    given = Given(options.id, options.title, tuple(options.owner), options.kind, options.serving)
    return new_playbook(given, Path(options.into), datetime.now(UTC).date())


def print_playbook_schema(options: Namespace) -> int:
    """`playbook schema`: print the JSON Schema of playbooks or of their cases."""
    from console.headless.commands.playbook import print_playbook_schema

    return print_playbook_schema(of_tests=options.test)
