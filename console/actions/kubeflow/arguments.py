"""The slots of all configured pipelines as the arguments of one action, and what fills them for one model."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from console.actions.declared.slots import arguments_of, slot_values
from console.actions.specification import Argument
from console.settings.kubeflow import RetrainingPipeline
from console.settings.settings import KubeflowSettings


def declared_arguments(servers: Iterable[KubeflowSettings]) -> tuple[Argument, ...]:
    """Return every slot of any pipeline as an argument that takes whatever one of them does.

    Which model is meant is not known yet; each plan asks the slots of its own pipeline.
    """
    found: dict[str, Argument] = {}
    for server in servers:
        for pipeline in server.pipelines:
            for each in arguments_of(pipeline.slots):
                argument = msgspec.structs.replace(each, required=False, meaning=_meaning(each, pipeline))
                known = found.get(each.name)
                found[each.name] = argument if known is None else _either(known, argument)
    return tuple(found.values())


def values_of(action: str, pipeline: RetrainingPipeline, arguments: Mapping[str, object]) -> dict[str, Any]:
    """Return the value of every slot of a pipeline: what is given, else its default.

    Raises:
        ActionRefused: one is missing, unknown, or none that its slot takes.
    """
    return slot_values(action, pipeline.slots, {**pipeline.defaults, **arguments})


def choices_of(pipeline: RetrainingPipeline) -> dict[str, tuple[str, ...]]:
    """Return what the slots of a pipeline take that take one of some words."""
    return {each.name: each.choices for each in arguments_of(pipeline.slots) if each.choices}


def _meaning(argument: Argument, pipeline: RetrainingPipeline) -> str:
    default = pipeline.defaults.get(argument.name)
    return argument.meaning if default is None else f"{argument.meaning} ({default} where left out)"


def _either(one: Argument, other: Argument) -> Argument:
    """Return an argument that takes what either does; where they are of two kinds, any text."""
    if one.kind != other.kind:
        return Argument(name=one.name, meaning=one.meaning, required=False)
    if one.kind == "integer":
        most = None if one.most is None or other.most is None else max(one.most, other.most)
        return msgspec.structs.replace(one, least=min(one.least, other.least), most=most)
    return msgspec.structs.replace(
        one,
        choices=_joined(one.choices, other.choices) if one.choices and other.choices else (),
        pattern=one.pattern if one.pattern == other.pattern else None,
    )


def _joined(one: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))
