"""The pages of the serving systems, and what a Prometheus that scraped them would say of their labels."""

import re
from collections import defaultdict
from pathlib import Path

from console.sources.prometheus.exported import Exported
from console.sources.prometheus.preset import Preset

FOLDER = Path(__file__).parents[1] / "presets"

_SAMPLE = re.compile(r"([a-zA-Z_:][\w:]*)\{(.*)\} \S+")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def page_of(name: str) -> str:
    return (FOLDER / f"{name}.metrics").read_text()


def labels_of(page: str, bearing: tuple[str, ...] = ()) -> dict[str, frozenset[str]]:
    """Return the label names of each series of a page, with `bearing` only of samples that bear one of these labels."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for line in page.splitlines():
        if (sample := _SAMPLE.fullmatch(line)) and not line.startswith("#"):
            labels = {name for name, value in _LABEL.findall(sample[2]) if value}
            if not bearing or labels.intersection(bearing):
                found[sample[1]] |= labels
    return {name: frozenset(labels) for name, labels in found.items()}


def everything_of(preset: Preset, target: frozenset[str]) -> Exported:
    """Return a preset of which all series are exported: as on its page, else as the first of its series there is."""
    page = page_of(preset.name)
    key = preset.key_labels if preset.enriches is None else ()
    borne, any_borne = labels_of(page, key), labels_of(page)
    usual = next(borne[name] for name in preset.series_names() if name in borne)
    labels = {name: target | borne.get(name, usual) for name in preset.series_names()}
    beside = {name: target | any_borne.get(name, frozenset()) for name in preset.series_names()}
    found = Exported.of(preset, labels, beside)
    assert found is not None
    return found
