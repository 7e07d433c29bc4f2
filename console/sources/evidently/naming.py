"""Which model a report is about, and when it was written: as far as it says, else as its file is called."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

from console.sources.evidently.loose import mapping, text, texts

_KEYS = ("model", "model_name", "model_id")
_TAG = re.compile(r"model[=:]\s*(\S+)")
_DATE = re.compile(
    r"[-_. ]?(?P<date>\d{4}-?[01]\d-?[0-3]\d)(?:[T_ -]?(?P<time>[0-2]\d[-:]?[0-5]\d(?:[-:]?[0-5]\d)?))?Z?.*$"
)


def names_told(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what may name the model, by the metadata (`model`, `model_name`, `model_id`) and tags `model=NAME`."""
    metadata = mapping(document, "metadata")
    said = [name for key in _KEYS if (name := text(metadata.get(key)))]
    tagged = [match[1] for tag in texts(document.get("tags")) if (match := _TAG.fullmatch(tag))]
    return tuple(dict.fromkeys([*said, *tagged]))


def name_of_file(path: PurePath) -> str:
    """Return the model that a file is about by where it lies: `fraud/….json`, else `fraud-2026-11-25T03.json`."""
    if len(path.parts) > 1:
        return path.parts[0]
    return _DATE.sub("", path.stem) or path.stem


def instant_of_file(path: PurePath) -> float | None:
    """Return the UTC seconds of the time in a file's name, None where there is none."""
    found = _DATE.search(path.stem)
    if not found:
        return None
    digits = re.sub(r"\D", "", found["date"] + (found["time"] or "")).ljust(14, "0")
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
