"""The past of a labelled fleet as OpenMetrics text, a series at a time."""

from collections.abc import Sequence
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from console.simulation.exposition import series_text
from tests.scenarios.courses import Floats
from tests.scenarios.recording import Mask, PodPast

_JOB = "models"
_PLACE = "\0"
"""Stands for the name of the series in a template."""

Labels = tuple[tuple[str, str], ...]


class OpenMetricsFile:
    """Writes series into a file; series with the same instants share a template, which makes it fast."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._templates: dict[tuple[bytes, str], str] = {}
        self.samples = 0

    def write(self, name: str, labels: Labels, times: Floats, values: NDArray[np.generic], form: str = "%d") -> None:
        """Write one series; `form` is how a value is formatted."""
        if not len(times):
            return
        template = self._template(times, form)
        prefix = series_text(name, labels).replace("%", "%%")
        self._file.write(template.replace(_PLACE, prefix) % tuple(values.tolist()))
        self.samples += len(times)

    def finish(self) -> None:
        """Write what promtool asks for at the end."""
        self._file.write("# EOF\n")

    def _template(self, times: Floats, form: str) -> str:
        key = (times.tobytes(), form)
        template = self._templates.get(key)
        if template is None:
            template = "".join(f"{_PLACE} {form} {instant:.3f}\n" for instant in times.tolist())
            self._templates[key] = template
        return template


def write_pod(file: OpenMetricsFile, past: PodPast, times: Floats, offset: float) -> None:
    """Write all that a pod exported; its scrapes are `offset` seconds later than those of others."""
    pod, namespace = past.pod, past.model.profile.namespace
    target: Labels = (("instance", pod.address), ("namespace", namespace), ("pod", pod.name), ("job", _JOB))
    _write_masked(file, "up", target, times + offset, past.answers.astype(np.int64), past.known)
    counters, gauges = past.counters[past.answers], past.gauges[past.answers]
    instants = times[past.answers] + offset
    for family in past.families:
        for series in family.series:
            values = series.values(counters, gauges)
            labels = (*series.labels, *target)
            if series.whole:
                file.write(series.name, labels, instants, values.astype(np.int64))
            else:
                file.write(series.name, labels, instants, values, "%.9g")


def _write_masked(
    file: OpenMetricsFile, name: str, labels: Labels, times: Floats, values: NDArray[np.generic], mask: Mask
) -> None:
    file.write(name, labels, times[mask], values[mask])


def write_changing(
    file: OpenMetricsFile, name: str, labels: Labels, times: Floats, values: Sequence[float] | Floats
) -> None:
    """Write a series of plain numbers, such as those of kube-state-metrics."""
    file.write(name, labels, times, np.asarray(values), "%.9g")
