"""The series of a model for a spreadsheet or a notebook."""

from collections.abc import Iterator

from console.domain.snapshot import ModelDetail
from console.headless.csv_text import inert


def series_as_csv(detail: ModelDetail) -> str:
    """Return every point of a model's charts as a tidy CSV.

    The columns are `timestamp` (RFC 3339, UTC), `model`, `signal`, `line`, `unit` and `value`; where there is no data
    there is no row. A text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    from console.sources.prometheus.frames import tidy_frame

    frame = tidy_frame(_samples(detail)).reindex(columns=["timestamp", "model", "signal", "line", "unit", "value"])
    return str(frame.to_csv(index=False, date_format="%Y-%m-%dT%H:%M:%SZ"))


def _samples(detail: ModelDetail) -> Iterator[tuple[dict[str, str], tuple[float, float]]]:
    model = inert(detail.view.model.shown_id)
    for panel in detail.panels:
        for line, series in panel.lines.items():
            labels = {"model": model, "signal": panel.signal.name, "line": inert(line), "unit": panel.signal.unit}
            for point in series.points():
                yield labels, point
