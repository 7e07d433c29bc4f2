import json
from typing import Any

import pytest

from console.playbooks.schema import TEST_FILE_NAME, cases_schema, playbook_schema, schema_text, shipped_schema


def test_the_shipped_schema_is_the_one_of_the_types() -> None:
    assert shipped_schema() == schema_text(playbook_schema()), "run make generated"
    assert shipped_schema(TEST_FILE_NAME) == schema_text(cases_schema()), "run make generated"


def test_what_the_loader_derives_is_not_asked_of_people() -> None:
    definitions = playbook_schema()["$defs"]
    assert set(definitions["ManualStep"]["properties"]) == {"id", "manual", "next", "say"}
    assert definitions["ManualStep"]["required"] == ["id", "manual", "next"]
    assert set(definitions["Comparison"]["properties"]) == {"var", "op", "value", "ratio_to", "for"}
    assert definitions["Playbook"]["properties"]["kind"] == {"enum": ["Playbook"]}
    assert definitions["IntegerParameter"]["required"][0] == "type"
    assert "discriminator" not in schema_text(playbook_schema())


@pytest.mark.parametrize("schema", [playbook_schema(), cases_schema()])
def test_every_reference_has_its_definition(schema: dict[str, Any]) -> None:
    schema = json.loads(schema_text(schema))

    def references(node: Any) -> set[str]:
        if isinstance(node, dict):
            own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
            return own.union(*map(references, node.values()))
        return set().union(*map(references, node)) if isinstance(node, list) else set()

    assert references(schema) <= {f"#/$defs/{name}" for name in schema["$defs"]}
