"""Simple field paths, as a CustomResourceDefinition writes them: `.spec.replicas`."""

from typing import Any

from console.simulation.cluster.resources import Object


def read_path(document: Object, path: str) -> Any:
    """Return the value at a path, or None where there is none."""
    value: Any = document
    for part in _parts(path):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def set_path(document: Object, path: str, value: Any) -> None:
    """Set the value at a path of a document that may be changed; objects on the way are made."""
    *parents, last = _parts(path)
    for part in parents:
        document = document.setdefault(part, {})
    document[last] = value


def _parts(path: str) -> list[str]:
    return [part for part in path.split(".") if part]
