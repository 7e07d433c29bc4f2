"""Label and field selectors of list and watch requests."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from console.simulation.cluster.failures import bad_request
from console.simulation.cluster.resources import Object, ResourceType

Test = Callable[[Object], bool]

_SET = re.compile(r"\s*(?P<key>[^\s!=,()]+)\s+(?P<not>not)?in\s*\((?P<values>[^()]*)\)\s*")
_EQUAL = re.compile(r"\s*(?P<key>[^\s!=,()]+)\s*(?P<operator>==?|!=)\s*(?P<value>[^\s!=,()]*)\s*")
_EXISTS = re.compile(r"\s*(?P<not>!)?\s*(?P<key>[^\s!=,()]+)\s*")
_COMMA_OUTSIDE_PARENTHESES = re.compile(r",(?![^()]*\))")


def selector(resource: ResourceType, query: Mapping[str, str]) -> Test:
    """Return the test that `labelSelector` and `fieldSelector` of a query ask for.

    Raises:
        ApiFailure: a selector cannot be parsed, or names a field that the resource cannot be selected by.
    """
    tests = [_label_test(part) for part in _parts(query.get("labelSelector", ""))]
    tests += [_field_test(resource, part) for part in _parts(query.get("fieldSelector", ""))]
    return lambda candidate: all(test(candidate) for test in tests)


def _parts(text: str) -> list[str]:
    return [part for part in _COMMA_OUTSIDE_PARENTHESES.split(text) if part.strip()]


def _labels(candidate: Object) -> dict[str, str]:
    labels: dict[str, str] = candidate["metadata"].get("labels") or {}
    return labels


def _label_test(part: str) -> Test:
    if found := _SET.fullmatch(part):
        key, values = found["key"], {value.strip() for value in found["values"].split(",")}
        wanted = found["not"] is None
        return lambda candidate: (_labels(candidate).get(key) in values) is wanted
    if found := _EQUAL.fullmatch(part):
        key, value, wanted = found["key"], found["value"], found["operator"] != "!="
        return lambda candidate: (_labels(candidate).get(key) == value) is wanted
    if found := _EXISTS.fullmatch(part):
        key, wanted = found["key"], found["not"] is None
        return lambda candidate: (key in _labels(candidate)) is wanted
    raise bad_request(f"unable to parse requirement: found '{part}', expected: ',' or 'end of string'")


def _field_test(resource: ResourceType, part: str) -> Test:
    found = _EQUAL.fullmatch(part)
    if found is None:
        raise bad_request(f"invalid selector: '{part}'; can't understand '{part}'")
    field, value, wanted = found["key"], found["value"], found["operator"] != "!="
    if field not in {"metadata.name", "metadata.namespace", *resource.selectable_fields}:
        raise bad_request(
            f'Unable to find "{resource.api_version}, Resource={resource.plural}" '
            f'that match label selector "", field selector "{part}": field label not supported: {field}'
        )
    return lambda candidate: (str(_field(candidate, field) or "") == value) is wanted


def _field(candidate: Object, path: str) -> Any:
    value: Any = candidate
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value
