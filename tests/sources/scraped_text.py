"""The answer of a real /metrics page as a past: what it counts grew steadily, what it gauges stood still."""

import re
from collections.abc import Mapping

from tests.services import OpenMetricsHistory

_TYPE = re.compile(r"# TYPE (\S+) (\w+)")
_SAMPLE = re.compile(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_SUFFIXES = ("_bucket", "_sum", "_count")
_COUNTED_KINDS = ("histogram", "summary")


def add_page(
    history: OpenMetricsHistory, text: str, target: Mapping[str, str], *, start: float, end: float, period: float = 60
) -> None:
    """Add a page as `target` exports it: its counters grow by what stands there in every `period` seconds."""
    kinds: dict[str, str] = {}
    for line in text.splitlines():
        if declared := _TYPE.match(line):
            kinds[declared[1]] = declared[2]
        if line.startswith("#") or not (sample := _SAMPLE.fullmatch(line)):
            continue
        name, labels, value = sample[1], dict(_LABEL.findall(sample[2] or "")), float(sample[3])
        if _is_counted(name, kinds):
            history.add_counter(name, {**labels, **target}, value / period, start=start, end=end)
        else:
            history.add(
                name, {**labels, **target}, [(start + step, value) for step in range(0, int(end - start) + 1, 15)]
            )
    history.add_function("up", {key: target[key] for key in ("job", "instance")}, lambda _: 1, start=start, end=end)


def _is_counted(name: str, kinds: Mapping[str, str]) -> bool:
    families = [name.removesuffix(suffix) for suffix in _SUFFIXES if name.endswith(suffix)]
    return kinds.get(name) == "counter" or any(kinds.get(family) in _COUNTED_KINDS for family in families)
