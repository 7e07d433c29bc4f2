"""The actions for a model as one JSON document."""

from collections.abc import Iterable
from typing import Any

from console.actions.arguments import expected_of
from console.actions.specification import ActionSpecification
from console.domain.model_actions import ModelActions, OfferedAction
from console.domain.moments import rfc3339
from console.domain.snapshot import ModelView
from console.headless.json_text import json_text

SCHEMA = "incident-console/actions/1"


def actions_json(listed: ModelActions, view: ModelView, at: float) -> str:
    """Return the list for a model at an instant (UTC seconds), in the order of the screen.

    `open` is true where an action can be done, false where it cannot, null where nobody can tell.
    """
    workload = view.workload.workload if view.workload is not None else None
    target = workload.target if workload is not None else None
    return json_text(
        {
            "schema": SCHEMA,
            "at": rfc3339(at),
            "model": view.model.id,
            "workload": None
            if target is None
            else {
                "context": target.context,
                "namespace": target.namespace,
                "kind": target.kind,
                "name": target.name,
            },
            "actions": [_action(action) for action in listed.actions],
        }
    )


def known_json(specifications: Iterable[ActionSpecification]) -> str:
    """Return what is known of every action without asking anybody."""
    return json_text({"schema": SCHEMA, "actions": [_known(each) for each in specifications]})


def _action(action: OfferedAction) -> dict[str, Any]:
    is_open = None if action.unknown is not None and action.why_not is None else action.why_not is None
    return {
        "name": action.name,
        "title": action.title,
        "place": action.place,
        "tier": action.tier.value,
        "undo": action.undo,
        "open": is_open,
        "why_not": action.why_not,
        "unknown": action.unknown,
        "foreign": action.is_foreign,
        "arguments": [
            {
                "name": argument.name,
                "title": argument.title,
                "expected": argument.expected,
                "options": argument.options,
                "present": argument.present or None,
                "required": argument.required,
            }
            for argument in action.arguments
        ],
    }


def _known(specification: ActionSpecification) -> dict[str, Any]:
    return {
        "name": specification.name,
        "title": specification.title,
        "tier": specification.tier.value,
        "undo": specification.undo,
        "arguments": [
            {
                "name": argument.name,
                "title": argument.meaning,
                "expected": expected_of(argument),
                "options": argument.choices,
                "required": argument.required,
            }
            for argument in specification.arguments
        ],
    }
