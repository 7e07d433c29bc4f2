"""Writes the log of a simulated model as Parquet files: complete ones for the past, small ones as time goes on."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from console.simulation.predictions.rows import CELL, Rows, draw_cell, select
from console.simulation.predictions.spec import LogSpec

if TYPE_CHECKING:
    import pyarrow as pa

DAY = 86400.0


class WrittenLog(msgspec.Struct, frozen=True):
    """Where a log lies: `predictions` and `labels` are globs; the labels are joined by `request_id`."""

    predictions: Path
    labels: Path
    rows: int
    labelled: int


class LogWriter:
    """Writes the log of one model, in order of time.

    Predictions go to `directory/predictions/MODEL-TIME.parquet`, a file for each `file_span` seconds or for what is
    there of one when the writer stops; labels to `directory/labels/`, in files by the time at which they came. A file
    appears whole and is never written again. The first ones are there even when they are empty: they hold the columns.
    """

    def __init__(
        self, directory: Path, spec: LogSpec, *, seed: int, start: float, rows_per_hour: float, file_span: float = DAY
    ) -> None:
        self._directory = directory
        self._spec = spec
        self._seed = seed
        self._rows_per_hour = rows_per_hour
        self._file_span = file_span
        self._start = self._until = start
        self._newest: Rows | None = None
        self._pending: list[pa.Table] = []
        self._rows = self._labelled = 0
        for folder in ("predictions", "labels"):
            (directory / folder).mkdir(parents=True, exist_ok=True)

    def advance(self, until: float) -> WrittenLog:
        """Write what was predicted, and the labels that came, up to `until` (UTC seconds); return the whole log."""
        while self._until < until:
            end = min(until, (self._until // self._file_span + 1.0) * self._file_span)
            self._write_file(self._until, end)
            self._until = end
        return WrittenLog(
            predictions=self._directory / "predictions" / "*.parquet",
            labels=self._directory / "labels" / "*.parquet",
            rows=self._rows,
            labelled=self._labelled,
        )

    def _write_file(self, start: float, end: float) -> None:
        import pyarrow as pa

        from console.simulation.predictions.tables import before, labels_table, predictions_table, with_schema_faults

        predictions = []
        for cell in range(int(start // CELL), -int(-end // CELL)):
            rows = self._drawn(cell)
            rows = select(rows, (rows.timestamp >= start) & (rows.timestamp < end))
            predictions.append(predictions_table(self._spec, rows))
            self._pending.append(labels_table(self._spec, rows))
        labels, later = before(pa.concat_tables(self._pending), "label_time", end)
        self._pending = [later]
        table = with_schema_faults(self._spec, pa.concat_tables(predictions), start)
        self._rows += self._write("predictions", start, table)
        self._labelled += self._write("labels", start, labels.sort_by("label_time"))

    def _drawn(self, cell: int) -> Rows:
        """Return the rows of a cell, drawn once while it is the newest."""
        if self._newest is None or self._newest.cell != cell:
            self._newest = draw_cell(self._spec, self._seed, cell, self._rows_per_hour)
        return self._newest

    def _write(self, folder: str, start: float, table: "pa.Table") -> int:
        import pyarrow.parquet as pq

        if not table.num_rows and start > self._start:
            return 0
        name = f"{self._spec.model}-{datetime.fromtimestamp(start, UTC):%Y%m%dT%H%M%S.%fZ}.parquet"
        unfinished = self._directory / f"{folder}-{name}.part"
        # Without Arrow's own schema a reader sees the types that any other writer would have left.
        pq.write_table(table, unfinished, store_schema=False)
        os.replace(unfinished, self._directory / folder / name)
        return int(table.num_rows)


def write_log(
    directory: Path, spec: LogSpec, *, seed: int, start: float, end: float, rows_per_hour: float, file_span: float = DAY
) -> WrittenLog:
    """Write the log of a model from `start` to `end` (UTC seconds) and the labels that came until then.

    `rows_per_hour` is the mean over a week. Equal arguments write equal rows, and another window or another fault does
    not change the rows that are not concerned.
    """
    writer = LogWriter(directory, spec, seed=seed, start=start, rows_per_hour=rows_per_hour, file_span=file_span)
    return writer.advance(end)
