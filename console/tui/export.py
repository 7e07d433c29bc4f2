"""Writes what the charts of a model show into a file."""

import re
from pathlib import Path

from console.domain.label import harmless
from console.domain.moments import rfc3339
from console.domain.snapshot import ModelDetail

_NOT_IN_A_FILE_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_STEM = 80


def export_detail(detail: ModelDetail, directory: Path) -> tuple[str, bool]:
    """Write the series of a detail as CSV and return what to tell of it, and whether the file is there."""
    from console.headless.export import series_to_csv

    path = directory / file_name(detail)
    try:
        series_to_csv(detail, path)
    except OSError as error:
        return f"{harmless(str(path))}: not written: {error.strerror or 'it cannot be opened'}", False
    return f"written: {path.name} in {harmless(str(directory))}", True


def file_name(detail: ModelDetail) -> str:
    """Return a name that says which model and which end of the range, with nothing in it that a shell would mind."""
    stem = _NOT_IN_A_FILE_NAME.sub("-", detail.view.model.id).strip("-.")[:_LONGEST_STEM] or "model"
    return f"{stem}-{rfc3339(detail.end).replace(':', '')}.csv"
