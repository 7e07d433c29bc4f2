"""What a pipeline asks for, and whether the parameters of a run are that.

https://github.com/kubeflow/pipelines/blob/master/api/v2alpha1/pipeline_spec.proto (ComponentInputsSpec)
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from console.domain.label import harmless
from console.settings.nearest import did_you_mean

_TYPES: Mapping[str, tuple[tuple[type, ...], str]] = {
    "NUMBER_INTEGER": ((int,), "a whole number"),
    "NUMBER_DOUBLE": ((int, float), "a number"),
    "STRING": ((str,), "a text"),
    "BOOLEAN": ((bool,), "true or false"),
    "LIST": ((list,), "a list"),
    "STRUCT": ((dict,), "a mapping"),
}
NOTHING = "-"
_LONGEST_VALUE = 80


class Input(msgspec.Struct, frozen=True):
    """A parameter of a pipeline; `type` is None where nothing is known of it, `default` where it has none."""

    type: str | None = None
    is_optional: bool = False
    default: Any = None


def inputs_of(specification: Any) -> dict[str, Input] | None:
    """Return the parameters that the specification of a pipeline names, None where it is of no known form.

    A compiled pipeline of version 2 may stand beside its platform's settings, below `pipeline_spec`; one of version 1
    is a workflow of Argo, all of whose parameters are texts.
    """
    if not isinstance(specification, dict):
        return None
    inner = specification.get("pipeline_spec")
    root = _at(inner if isinstance(inner, dict) else specification, "root")
    if isinstance(root, dict):
        found = _at(root, "inputDefinitions", "parameters") or {}
        return {name: _input(each) for name, each in found.items()} if isinstance(found, dict) else None
    arguments = _at(specification, "spec", "arguments")
    if not isinstance(arguments, dict):
        return None
    named = [each for each in arguments.get("parameters") or () if isinstance(each, dict)]
    return {
        str(each.get("name")): Input("STRING", is_optional="value" in each, default=each.get("value")) for each in named
    }


def why_not_taken(inputs: Mapping[str, Input], parameters: Mapping[str, Any]) -> Iterator[str]:
    """Yield why a pipeline would not run with these parameters, a line for each that is wrong."""
    for name, value in parameters.items():
        declared = inputs.get(name)
        if declared is None:
            known = did_you_mean(name, map(harmless, inputs)) if inputs else "it takes none"
            yield f"the pipeline has no parameter '{harmless(name)}', {known}"
            continue
        types, words = _TYPES.get(declared.type or "", ((), ""))
        is_wrong_bool = isinstance(value, bool) and declared.type != "BOOLEAN"
        if types and (is_wrong_bool or not isinstance(value, types)):
            yield f"{harmless(name)}: the pipeline expects {words}; found {shown(value)}"
    for name, declared in inputs.items():
        if name not in parameters and not declared.is_optional and declared.default is None:
            yield f"the pipeline needs '{harmless(name)}', and kubeflow.pipelines gives it no value"


def unchecked(inputs: Mapping[str, Input], parameters: Mapping[str, Any]) -> list[str]:
    """Return the parameters of whose type nothing is known."""
    return [harmless(name) for name in parameters if name in inputs and inputs[name].type not in _TYPES]


def shown(value: Any) -> str:
    """Return a value as it is sent, in one harmless line."""
    return harmless(msgspec.json.encode(value).decode(), longest=_LONGEST_VALUE)


def shown_default(inputs: Mapping[str, Input], name: str) -> str:
    """Return what a pipeline would take by itself for a parameter."""
    default = inputs[name].default if name in inputs else None
    return NOTHING if default is None else shown(default)


def _input(found: Any) -> Input:
    if not isinstance(found, dict):
        return Input()
    kind = found.get("parameterType")
    default = found.get("defaultValue")
    return Input(kind if isinstance(kind, str) else None, found.get("isOptional") is True, default)


def _at(tree: Any, *keys: str) -> Any:
    for key in keys:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree
