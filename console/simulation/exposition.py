"""What a pod exports, in the text format of Prometheus."""

import math
from collections.abc import Iterable

from console.simulation.cluster.kube_state import StateSample
from console.simulation.fleet.fleet import PodReading

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(reading: PodReading) -> str:
    """Return a pod's metrics as it would answer a scrape."""
    totals, gauges = reading.totals[None, :], reading.gauges[None, :]
    lines = []
    for family in reading.families:
        lines += [f"# HELP {family.name} {family.help}", f"# TYPE {family.name} {family.kind}"]
        for series in family.series:
            value = float(series.values(totals, gauges)[0])
            lines.append(f"{series_text(series.name, series.labels)} {number_text(value)}")
    return "\n".join([*lines, ""])


def state_text(samples: Iterable[StateSample]) -> str:
    """Return the state of a cluster as kube-state-metrics would answer a scrape; series of one name are together."""
    lines = []
    named = ""
    for sample in samples:
        if sample.name != named:
            named = sample.name
            lines.append(f"# TYPE {named} {'counter' if named.endswith('_total') else 'gauge'}")
        lines.append(f"{series_text(sample.name, sample.labels)} {number_text(float(sample.value))}")
    return "\n".join([*lines, ""])


def series_text(name: str, labels: Iterable[tuple[str, str]]) -> str:
    """Return a series as the text formats write it, its label values escaped."""
    return name + "{" + ",".join(f'{key}="{_escaped(value)}"' for key, value in labels) + "}"


def number_text(value: float) -> str:
    """Return a finite number as short as it can be written without losing anything."""
    if not math.isfinite(value):
        raise ValueError(f"a simulated value must be finite, not {value}")
    return str(int(value)) if value.is_integer() else repr(value)


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
