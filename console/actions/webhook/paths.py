"""Where on a server a request goes whose path has slots."""

from collections.abc import Mapping
from urllib.parse import quote

from console.actions.provider import ActionRefused


def path_of(template: str, values: Mapping[str, object]) -> str:
    """Return a path in which every `{slot}` is replaced by its value, whole and percent-encoded.

    Raises:
        ActionRefused: a value would lead to another part of the server.
    """
    for name, value in values.items():
        shown = f"{{{name}}}"
        if shown in template:
            text = str(value)
            if text in ("", ".", ".."):
                raise ActionRefused(f"{name}: '{text}' may not stand in a path")
            template = template.replace(shown, quote(text, safe=""))
    return template
