"""The last lines of a container's log, fit to be shown: nothing in them steers a terminal or tells a secret."""

import re
from collections.abc import Iterable

import msgspec

from console.domain.label import harmless
from console.domain.redaction import redacted
from console.transport.kubernetes import KubernetesTransport, object_path

MOST_LINES = 500
MOST_BYTES = 512 * 1024
LONGEST_LINE = 2000
_FEW_LINES = 40
"""So many lines are read where the last `MOST_LINES` are too large: the server would leave out the newest of them."""
_STYLES = re.compile(r"\x1b\[[0-9;:]*[a-zA-Z]")
_TAB = 4


class LogTail(msgspec.Struct, frozen=True):
    """Lines, oldest first; `is_cut` tells that older ones, or the ends of long ones, were left out."""

    lines: tuple[str, ...]
    is_cut: bool


async def read_pod_log(
    transport: KubernetesTransport, namespace: str, pod: str, container: str, *, previous: bool
) -> LogTail:
    """Return the last lines of a container, or of what it was before its last restart.

    Raises:
        KubernetesError: the cluster does not answer with a log.
        ValueError: the names cannot be part of a path.
    """
    path = object_path("v1", "pods", namespace=namespace, name=pod, subresource="log")
    query = {"container": container, "limitBytes": str(MOST_BYTES)} | ({"previous": "true"} if previous else {})
    most = MOST_LINES
    text = await transport.get_text(path, query=query | {"tailLines": str(most)})
    is_too_large = len(text.encode()) >= MOST_BYTES
    if is_too_large:
        most = _FEW_LINES
        text = await transport.get_text(path, query=query | {"tailLines": str(most)})
    lines = tuple(shown_lines(text[-MOST_BYTES:])) if text else ()
    is_long = any(len(each) >= LONGEST_LINE for each in lines)
    return LogTail(lines[-MOST_LINES:], is_too_large or len(lines) >= most or is_long)


def shown_lines(text: str) -> Iterable[str]:
    """Yield the lines of a log as they may be shown: without styles, secrets, and what was written over."""
    for each in redacted(_STYLES.sub("", text)).removesuffix("\n").split("\n"):
        over = each.rstrip("\r").rpartition("\r")[2]  # a bar of progress is written over itself
        yield harmless(over.expandtabs(_TAB), LONGEST_LINE)
