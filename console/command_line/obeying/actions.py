"""Commands about single actions: list, run, undo."""

from argparse import Namespace
from collections.abc import Iterable
from typing import TYPE_CHECKING

from console.command_line.obeying.options import refuse_half_a_confirmation, settings_alone, with_settings
from console.command_line.parser import WrongUsage
from console.settings.settings import Settings

if TYPE_CHECKING:
    from console.headless.commands.action_run import Confirmed


def list_actions(options: Namespace) -> int:
    """`action list`: print what can be done on a model, or all that is known."""
    from console.headless.commands.action_list import list_actions, list_known_actions

    if options.model is None:
        return list_known_actions(settings_alone(options), options.format)
    options.window = None
    return with_settings(options, lambda settings, _: list_actions(settings, options.model, options.format))


def run_action(options: Namespace) -> int:
    """`action run`: plan an action, and send it where its plan was confirmed."""
    refuse_half_a_confirmation(options)
    arguments = _assigned(getattr(options, "with"))
    options.window = None

    def follow(settings: Settings, _: float | None) -> int:
        from console.headless.commands.action_run import run_action

        return run_action(settings, options.model, options.action, arguments, _confirmed(options))

    return with_settings(options, follow)


def undo_run(options: Namespace) -> int:
    """`action undo`: plan the undo of what a run sent, and send it where its plan was confirmed."""
    refuse_half_a_confirmation(options)
    options.window = None

    def follow(settings: Settings, _: float | None) -> int:
        from console.headless.commands.action_run import undo_run

        return undo_run(settings, options.run, _confirmed(options))

    return with_settings(options, follow)


def _confirmed(options: Namespace) -> "Confirmed":
    from console.headless.commands.action_run import Confirmed

    return Confirmed(options.plan, options.timeout, options.format)


def _assigned(given: Iterable[str]) -> dict[str, str]:
    """Return what was given as NAME=VALUE, by name.

    Raises:
        WrongUsage: one is not of that form, or a name is given twice.
    """
    assigned: dict[str, str] = {}
    for text in given:
        name, is_assigned, value = text.partition("=")
        if not (name and is_assigned):
            raise WrongUsage(f"--with: {text!r} is no NAME=VALUE; expected one such as replicas=6")
        if name in assigned:
            raise WrongUsage(f"--with: {name} is given twice")
        assigned[name] = value
    return assigned
