"""The past of the simulated world: OpenMetrics text that promtool turns into the storage of a Prometheus."""

import subprocess
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec
import numpy as np

from console.simulation.cluster.kube_state import StateSample
from console.simulation.exporter import KUBE_STATE_TARGET, target_labels
from console.simulation.exposition import number_text, series_text
from console.simulation.fleet.fleet import PodRecord
from console.simulation.fleet.noise import Floats

STATE_SPACING = 240.0
"""Seconds between samples of what never changes: Prometheus repeats one for five minutes."""


class BackfillFailed(Exception):
    """promtool did not take the past; the message is the last line that it said."""


class Past(msgspec.Struct, frozen=True):
    """How far back the past reaches, and how closely it is sampled: near the start as the live scrapes are. Seconds."""

    near_span: float = 75 * 60.0
    near_spacing: float = 5.0
    far_span: float = 26 * 3600.0
    far_spacing: float = 120.0

    def times(self, started: float) -> Floats:
        """Return the instants of the samples, ascending; the last is `started`."""
        near = np.arange(-self.near_span, self.near_spacing / 2, self.near_spacing)
        far = np.arange(-self.far_span, -self.near_span, self.far_spacing)
        return started + np.concatenate([far, near])

    def far_count(self, times: Floats, started: float) -> int:
        """Return how many of the times are sparse."""
        return int(np.searchsorted(times, started - self.near_span))


def backfill(
    records: Sequence[PodRecord],
    times: Floats,
    split: int,
    job: str,
    promtool: Path,
    folder: Path,
    guard: Callable[[int], None],
    state: Sequence[StateSample] = (),
) -> None:
    """Write the past of the pods as blocks into `folder / "data"`, the storage of a Prometheus.

    `state` is what was always so of the cluster.

    The samples before index `split` and the others become blocks of their own, at the same time. `guard` is told the
    pid of each process that works on them.

    Raises:
        BackfillFailed: promtool refused the text.
    """
    data = folder / "data"
    data.mkdir()
    with ExitStack() as stack:
        running = []
        for name, part in {"far": slice(0, split), "near": slice(split, None)}.items():
            document = folder / f"{name}.om"
            with document.open("w") as file:
                file.writelines(open_metrics(records, times, part, job, state))
            process = stack.enter_context(creating_blocks(promtool, document, data))
            guard(process.pid)
            running.append((process, document))
        for process, document in running:
            wait_for_blocks(process)
            document.unlink()


def open_metrics(
    records: Iterable[PodRecord], times: Floats, part: slice, job: str, state: Sequence[StateSample] = ()
) -> Iterable[str]:
    """Yield the text of the samples within `part` of `times`, series by series.

    It names no types: promtool keeps none, and OpenMetrics would ask for other names than Triton's.
    """
    ends = [f" {instant:.3f}\n" for instant in times[part].tolist()]
    for record in records:
        target = (*target_labels(record.profile, record.name), ("job", job))
        yield from _samples("up", target, ["1"] * len(ends), ends)
        counters, gauges = record.counters[part], record.gauges[part]
        for family in record.families:
            for series in family.series:
                values = series.values(counters, gauges)
                numbers = values.astype(np.int64) if series.whole else np.round(values, 6)
                yield from _samples(series.name, (*series.labels, *target), map(repr, numbers.tolist()), ends)
    if state:
        yield from _samples("up", KUBE_STATE_TARGET, ["1"] * len(ends), ends)
    turns = times[part] // STATE_SPACING
    seldom = [end for number, end in enumerate(ends) if number == 0 or turns[number] > turns[number - 1]]
    for sample in state:
        told = [number_text(float(sample.value))] * len(seldom)
        yield from _samples(sample.name, (*sample.labels, *KUBE_STATE_TARGET), told, seldom)
    yield "# EOF\n"


def _samples(name: str, labels: tuple[tuple[str, str], ...], values: Iterable[str], ends: list[str]) -> Iterable[str]:
    series = series_text(name, labels) + " "
    return (series + value + end for value, end in zip(values, ends, strict=True))


def creating_blocks(promtool: Path, document: Path, data: Path) -> subprocess.Popen[str]:
    """Start promtool with blocks of a month, not of two hours: a week takes one second and a half instead of thirty."""
    # The flag is hidden, and is only understood right after `create-blocks-from`.
    command: list[str | Path] = [promtool, "tsdb", "create-blocks-from", "--max-block-duration=720h", "openmetrics"]
    return subprocess.Popen(
        [*command, document, data],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )


def wait_for_blocks(process: subprocess.Popen[str]) -> None:
    """Wait until promtool has written its blocks.

    Raises:
        BackfillFailed: it refused the text.
    """
    said = process.communicate()[1].strip().splitlines()
    if process.returncode:
        raise BackfillFailed(f"promtool: {said[-1] if said else f'status {process.returncode}'}")
