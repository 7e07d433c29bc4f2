"""The JSON Schema of playbook files, generated from the types: editors complete and check with it."""

from importlib.resources import files
from typing import Any

import msgspec

from console.playbooks.cases.document import PlaybookTest
from console.playbooks.document import Playbook
from console.settings.written import is_one_or_several_schema, one_or_several_schema

FILE_NAME = "playbook.schema.json"
TEST_FILE_NAME = "playbook-test.schema.json"
_OPTIONAL_FORMS = frozenset({"kind", "form"})


def playbook_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a playbook as people write it."""
    return _as_written(msgspec.json.schema(Playbook), "Playbook", "A playbook of incident-console")


def cases_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the tests of a playbook as people write them."""
    return _as_written(msgspec.json.schema(PlaybookTest), "PlaybookTest", "Tests of a playbook of incident-console")


def schema_text(schema: dict[str, Any]) -> str:
    """Return a schema as it is shipped."""
    return msgspec.json.format(msgspec.json.encode(schema, order="sorted"), indent=2).decode() + "\n"


def _as_written(schema: dict[str, Any], top: str, title: str) -> dict[str, Any]:
    for name, definition in schema["$defs"].items():
        if name != top:
            _drop_tag(definition)
    _drop_discriminators(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        **_with_short_forms(schema),
    }


def shipped_schema(name: str = FILE_NAME) -> str:
    """Return a schema file of the package."""
    return (files("console.playbooks") / name).read_text(encoding="utf-8")


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


def _with_short_forms(node: Any) -> Any:
    """Return a schema in which one item may stand for a list of one, where the types allow it."""
    if isinstance(node, list):
        return [_with_short_forms(child) for child in node]
    if not isinstance(node, dict):
        return node
    below = {key: _with_short_forms(child) for key, child in node.items()}
    return one_or_several_schema(below) if is_one_or_several_schema(below) else below
