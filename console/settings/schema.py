"""The JSON Schema of `config.yaml`, for editors; it is generated from the types that read the file."""

from typing import Any

import msgspec

from console.domain.moments import promql_duration
from console.settings.evidently import EvidentlyFolder
from console.settings.predictions import LabelSettings, PredictionStore, ReferenceSettings, StoreAddress
from console.settings.secrets import Secret
from console.settings.settings import ServerSettings, Settings
from console.settings.written import is_one_or_several_schema, one_or_several_schema

_DEFINITIONS = "#/$defs/"
DURATION = r"^([0-9]+(\.[0-9]+)?(ms|[smhdw]))+$"

_WITH_SHORT_FORM = {
    kind.__name__ for kind in (EvidentlyFolder, LabelSettings, PredictionStore, ReferenceSettings, StoreAddress)
}


def config_schema() -> str:
    """Return the schema (JSON Schema 2020-12) as indented JSON that ends with a newline."""
    schema = _as_written(msgspec.json.schema(Settings))
    definitions = schema["$defs"]
    definitions[Secret.__name__] |= {"minProperties": 1, "maxProperties": 1}
    server = definitions[ServerSettings.__name__]
    server["required"] = ["urls"]
    server["properties"]["urls"] = {
        "type": "array",
        "items": {"type": "string", "pattern": "^https?://"},
        "minItems": 1,
    }
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "incident-console configuration",
        **schema,
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _as_written(schema: Any) -> Any:
    """Return a schema of what people write: durations instead of seconds, short forms, docstrings as one paragraph."""
    if isinstance(schema, list):
        return [_as_written(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") == "duration":
        written = {"type": "string", "pattern": DURATION, "examples": ["15s"]}
        return written | ({"default": promql_duration(schema["default"])} if "default" in schema else {})
    if is_one_or_several_schema(schema):
        return _as_written(one_or_several_schema(schema))
    if "$ref" in schema:
        if schema["$ref"].removeprefix(_DEFINITIONS) in _WITH_SHORT_FORM:
            return {"anyOf": [{"type": "string"}, {"$ref": schema["$ref"]}]}
        return {key: _as_written(value) for key, value in schema.items() if key != "default"}
    return {
        key: " ".join(value.split()) if key == "description" and isinstance(value, str) else _as_written(value)
        for key, value in schema.items()
    }
