"""A picture (SVG) of what a terminal shows, that loads nothing from elsewhere."""

import re

_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_GENERATOR = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_FAMILY = "Fira Code, monospace"
_LOCAL_FAMILIES = "ui-monospace, 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def without_remote_fonts(svg: str) -> str:
    """Return a picture that Textual made in the reader's own monospaced font: its fonts would be fetched when opened.

    Raises:
        ValueError: the picture names no font where one is expected, and might load one from elsewhere.
    """
    local = _GENERATOR.sub("", _FONT_FACE.sub("", svg)).replace(_FAMILY, _LOCAL_FAMILIES)
    if _LOCAL_FAMILIES not in local or "@font-face" in local:
        raise ValueError("Textual writes its fonts in another way: outside/picture.py must follow")
    return "".join(f"{line.rstrip()}\n" for line in local.splitlines())
