"""The JSON Schema of playbook files, generated from the types: editors complete and check with it."""

from importlib.resources import files
from typing import Any

import msgspec

from console.playbooks.document import Playbook
from console.settings.written import one_or_several_schema

FILE_NAME = "playbook.schema.json"
_OPTIONAL_FORMS = frozenset({"kind", "form"})


def playbook_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a playbook as people write it."""
    schema = msgspec.json.schema(Playbook)
    for name, definition in schema["$defs"].items():
        if name != "Playbook":
            _drop_tag(definition)
    _drop_discriminators(schema)
    properties = schema["$defs"][Playbook.__name__]["properties"]
    properties["match"] = one_or_several_schema(properties["match"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A playbook of incident-console",
        **schema,
    }


def schema_text() -> str:
    """Return the schema as it is shipped."""
    return msgspec.json.format(msgspec.json.encode(playbook_schema(), order="sorted"), indent=2).decode() + "\n"


def shipped_schema() -> str:
    """Return the schema file of the package."""
    return (files("console.playbooks") / FILE_NAME).read_text(encoding="utf-8")


def _drop_tag(definition: dict[str, Any]) -> None:
    """Remove the tag that the loader derives from a step's or condition's own key: nobody writes it."""
    properties = definition.get("properties", {})
    for name in [name for name in properties if name in _OPTIONAL_FORMS and "enum" in properties[name]]:
        del properties[name]
        definition["required"] = [key for key in definition.get("required", ()) if key != name]


def _drop_discriminators(node: Any) -> None:
    """Remove what is OpenAPI's and no word of JSON Schema: the tags stand in the alternatives themselves."""
    if isinstance(node, dict):
        if isinstance(node.get("discriminator"), dict):
            del node["discriminator"]
        for child in node.values():
            _drop_discriminators(child)
    elif isinstance(node, list):
        for child in node:
            _drop_discriminators(child)
