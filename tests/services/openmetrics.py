"""History that a server has from its first moment: OpenMetrics text, turned into TSDB blocks or imported."""

import math
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Self

from tests.services.programs import program


class OpenMetricsHistory:
    """Series with the samples of their past.

    `OpenMetricsHistory().add("inflight", {"model": "ads"}, [(1000.0, 3), (1015.0, 4)])`
    """

    def __init__(self) -> None:
        self._samples: list[tuple[str, str, float]] = []

    def add(self, name: str, labels: Mapping[str, str], samples: Iterable[tuple[float, float]]) -> Self:
        """Add one series: `samples` are pairs of UTC seconds and value, oldest first; returns itself."""
        series = name + "{" + ",".join(f'{key}="{_escaped(value)}"' for key, value in labels.items()) + "}"
        self._samples += [(series, _number(value), seconds) for seconds, value in samples]
        return self

    def add_function(
        self,
        name: str,
        labels: Mapping[str, str],
        value_at: Callable[[float], float],
        *,
        start: float,
        end: float,
        step: float = 15,
    ) -> Self:
        """Add one series with a sample every `step` seconds from `start` to `end` (both included)."""
        count = math.floor((end - start) / step) + 1
        moments = [start + index * step for index in range(count)]
        return self.add(name, labels, [(moment, value_at(moment)) for moment in moments])

    def add_counter(
        self,
        name: str,
        labels: Mapping[str, str],
        rate: float,
        *,
        start: float,
        end: float,
        step: float = 15,
    ) -> Self:
        """Add one counter that is 0 at `start` and grows by `rate` per second."""
        return self.add_function(name, labels, lambda moment: (moment - start) * rate, start=start, end=end, step=step)

    @property
    def text(self) -> str:
        """The OpenMetrics document."""
        lines = [f"{series} {value} {seconds:.3f}" for series, value, seconds in self._samples]
        return "\n".join([*lines, "# EOF", ""])

    @property
    def text_of_prometheus(self) -> str:
        """The same in the text format of Prometheus, whose time is in whole milliseconds."""
        return "".join(f"{series} {value} {round(seconds * 1000)}\n" for series, value, seconds in self._samples)

    def write_blocks(self, folder: Path) -> None:
        """Write the history as TSDB blocks into `folder`, the data folder of a Prometheus not yet started.

        Raises:
            CalledProcessError: promtool does not take the text; what it said is in the error's notes.
        """
        folder.mkdir(parents=True, exist_ok=True)
        document = folder.parent / f"{folder.name}.om"
        document.write_text(self.text)
        # Blocks of a month instead of two hours: writing a week takes one second and a half instead of thirty.
        # The flag is hidden, and is only understood right after `create-blocks-from`.
        command: list[str | Path] = [program("promtool"), "tsdb", "create-blocks-from"]
        command += ["--max-block-duration=720h", "openmetrics", document, folder]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except subprocess.CalledProcessError as error:
            error.add_note(str(error.stderr))
            raise


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(float(value))
