"""`action list`: what can be done on a model, and why the rest cannot, as the screen lists it."""

import asyncio
import os

import msgspec

from console.actions.registry import known_actions
from console.domain.model_actions import ModelActions
from console.domain.snapshot import Snapshot
from console.headless.acting_parts import acting_parts
from console.headless.actions.json_document import actions_json, known_json
from console.headless.actions.text import actions_text, known_text
from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode
from console.headless.output import find_terminal, write_data
from console.headless.runs.following import why_no_model
from console.headless.runs.telling import Format
from console.settings.places import acting_places, may_write_somewhere
from console.settings.settings import Settings


def list_actions(settings: Settings, model_id: str, chosen_format: Format) -> ExitCode:
    """Print the actions for a model; return whether it is there. Nothing is changed, and nothing written down."""
    snapshot, listed = _found(settings, model_id)
    for notice in snapshot.notices:
        narrate(notice)
    stop = why_no_model(snapshot, model_id)
    view = snapshot.find(model_id)
    if stop is not None or view is None or listed is None:
        narrate(stop.reason if stop is not None else f"nothing is known of the actions for {model_id}")
        return stop.code if stop is not None else ExitCode.UNKNOWN
    if acting_places(settings) and not may_write_somewhere(settings) and not settings.read_only:
        narrate("nothing may be changed: with --write the list says what you could do")
    if chosen_format == "json":
        write_data(actions_json(listed, view, snapshot.taken_at), encoding="utf-8")
    else:
        write_data(actions_text(listed, view, find_terminal(os.environ).width))
    return ExitCode.OK


def list_known_actions(settings: Settings, chosen_format: Format) -> ExitCode:
    """Print every action that the configuration knows, without asking any server."""
    known = known_actions(settings).by_name.values()
    if chosen_format == "json":
        write_data(known_json(known), encoding="utf-8")
    else:
        write_data(known_text(known, find_terminal(os.environ).width))
    return ExitCode.OK


def _found(settings: Settings, model_id: str) -> tuple[Snapshot, ModelActions | None]:
    """Return the fleet and the actions for a model; logged predictions are asked only where metrics tell of no model.

    They tell nothing of what can be done, and take longer to read than all the rest.
    """
    if settings.prometheus is not None and settings.predictions:
        found = asyncio.run(_read(msgspec.structs.replace(settings, predictions=()), model_id))
        if found[1] is not None:
            return found
    return asyncio.run(_read(settings, model_id))


async def _read(settings: Settings, model_id: str) -> tuple[Snapshot, ModelActions | None]:
    """Return the fleet of now, and the actions for a model once every place has answered; None without the model."""
    parts = acting_parts(settings, lambda _: None)
    listed = None
    async with parts:
        for notice in parts.provider_notices:
            narrate(notice)
        snapshot = await parts.refresher.take(None)
        view = snapshot.find(model_id)
        if view is not None:
            async for actions in parts.action_lists.of(view):
                listed = actions
    return snapshot, listed
