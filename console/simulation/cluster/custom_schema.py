"""Structural schemas of custom resources: pruning, defaults and validation as a CustomResourceDefinition asks for.

Of OpenAPI v3 these count: type, properties, additionalProperties, items, required, enum, minimum, maximum, minItems,
pattern, default, nullable, x-kubernetes-int-or-string and x-kubernetes-preserve-unknown-fields. Rules in CEL do not:
give the resource a webhook instead.
"""

import copy
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from console.simulation.cluster.failures import Cause
from console.simulation.cluster.resources import Object

Schema = Mapping[str, Any]

_ENVELOPE = ("apiVersion", "kind", "metadata")
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}


def pruned_by(schema: Schema | None, document: Object) -> tuple[Object, list[str]]:
    """Return a custom resource without the fields that its schema does not have, and the paths of those fields."""
    if schema is None:
        return copy.deepcopy(document), []
    unknown: list[str] = []
    envelope = {key: copy.deepcopy(document[key]) for key in _ENVELOPE if key in document}
    rest = {key: value for key, value in document.items() if key not in _ENVELOPE}
    return {**envelope, **_pruned(schema, rest, "", unknown)}, unknown


def _pruned(schema: Schema, value: Any, path: str, unknown: list[str]) -> Any:
    if isinstance(value, dict):
        kept = {}
        for key, item in value.items():
            place = f"{path}.{key}" if path else key
            known = _member(schema, key)
            if known is not None:
                kept[key] = _pruned(known, item, place, unknown)
            elif schema.get("x-kubernetes-preserve-unknown-fields"):
                kept[key] = copy.deepcopy(item)
            else:
                unknown.append(place)
        return kept
    if isinstance(value, list) and "items" in schema:
        return [_pruned(schema["items"], item, f"{path}[{place}]", unknown) for place, item in enumerate(value)]
    return copy.deepcopy(value)


def _member(schema: Schema, key: str) -> Schema | None:
    properties = schema.get("properties", {})
    if key in properties:
        found: Schema = properties[key]
        return found
    additional = schema.get("additionalProperties")
    if additional is True:
        return {"x-kubernetes-preserve-unknown-fields": True}
    return additional if isinstance(additional, Mapping) else None


def defaulted_by(schema: Schema | None, document: Object) -> Object:
    """Return a custom resource with the defaults that its schema gives to missing fields."""
    filled: Object = _defaulted(schema or {}, document)
    return filled


def _defaulted(schema: Schema, value: Any) -> Any:
    if isinstance(value, dict):
        filled = {key: _defaulted(_member(schema, key) or {}, item) for key, item in value.items()}
        for key, known in schema.get("properties", {}).items():
            if key not in filled and "default" in known:
                filled[key] = _defaulted(known, copy.deepcopy(known["default"]))
        return filled
    if isinstance(value, list):
        return [_defaulted(schema.get("items", {}), item) for item in value]
    return value


def problems_by(schema: Schema | None, document: Object) -> list[Cause]:
    """Return what a schema refuses in a pruned custom resource with defaults."""
    if schema is None:
        return []
    rest = {key: value for key, value in document.items() if key not in _ENVELOPE}
    return list(_problems(schema, rest, ""))


def _problems(schema: Schema, value: Any, path: str) -> Iterator[Cause]:
    if value is None and schema.get("nullable"):
        return
    if (wrong := _wrong_type(schema, value, path)) is not None:
        yield wrong
        return
    yield from _out_of_bounds(schema, value, path)
    if isinstance(value, dict):
        for key in schema.get("required", ()):
            if key not in value:
                yield Cause(f"{path}.{key}" if path else key, "Required value", "FieldValueRequired")
        for key, item in value.items():
            yield from _problems(_member(schema, key) or {}, item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _problems(schema.get("items", {}), item, f"{path}[{place}]")


def _wrong_type(schema: Schema, value: Any, path: str) -> Cause | None:
    wanted = schema.get("type")
    if schema.get("x-kubernetes-int-or-string"):
        wanted, fits = "integer,string", isinstance(value, int | str) and not isinstance(value, bool)
    elif wanted is None:
        return None
    else:
        fits = isinstance(value, _TYPES[wanted]) and (wanted == "boolean" or not isinstance(value, bool))
    if fits:
        return None
    found = next((name for name, kinds in _TYPES.items() if type(value) in kinds), "null")
    message = f'Invalid value: "{found}": {path} in body must be of type {wanted}: "{found}"'
    return Cause(path, message, "FieldValueTypeInvalid")


def _out_of_bounds(schema: Schema, value: Any, path: str) -> Iterator[Cause]:
    shown = json.dumps(value)
    if "enum" in schema and value not in schema["enum"]:
        supported = ", ".join(json.dumps(each) for each in schema["enum"])
        yield Cause(path, f"Unsupported value: {shown}: supported values: {supported}", "FieldValueNotSupported")
    if "minimum" in schema and value < schema["minimum"]:
        bound = schema["minimum"]
        yield Cause(path, f"Invalid value: {shown}: {path} in body should be greater than or equal to {bound}")
    if "maximum" in schema and value > schema["maximum"]:
        bound = schema["maximum"]
        yield Cause(path, f"Invalid value: {shown}: {path} in body should be less than or equal to {bound}")
    if "minItems" in schema and len(value) < schema["minItems"]:
        message = f"Invalid value: {len(value)}: {path} in body should have at least {schema['minItems']} items"
        yield Cause(path, message)
    if "pattern" in schema and re.search(schema["pattern"], value) is None:
        yield Cause(path, f"Invalid value: {shown}: {path} in body should match '{schema['pattern']}'")
