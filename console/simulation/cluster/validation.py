"""What a kind of object may say: built-in kinds have their fields in `schema`, custom resources bring a schema."""

from console.simulation.cluster import custom_schema, schema
from console.simulation.cluster.failures import Cause
from console.simulation.cluster.resources import Object, ResourceType


def pruned(resource: ResourceType, document: Object) -> tuple[Object, list[str]]:
    """Return the document without the fields that its kind does not have, and the paths of those fields.

    Raises:
        WrongType: a known field of a built-in kind has a value of another type.
    """
    if resource.custom:
        return custom_schema.pruned_by(resource.schema, document)
    return schema.pruned(resource.kind, document)


def with_defaults(resource: ResourceType, document: Object) -> Object:
    """Return the document with the defaults that the API fills in."""
    if resource.custom:
        return custom_schema.defaulted_by(resource.schema, document)
    return schema.with_defaults(resource.kind, document)


def problems(resource: ResourceType, document: Object) -> list[Cause]:
    """Return what validation refuses in a decoded document with defaults."""
    if resource.custom:
        return custom_schema.problems_by(resource.schema, document)
    return schema.problems(resource.kind, document)
