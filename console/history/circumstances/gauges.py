"""The resources of each model by a name that people know."""

from collections import defaultdict
from collections.abc import Iterable

from console.domain.series import Series
from console.domain.signal import KV_CACHE, QUEUE, SATURATION
from console.history.buffer import Rows
from console.history.circumstances.parts import FindsModel, rows_of_models
from console.sources.prometheus.signal_query import Identity

NAME_OF_GAUGE = {QUEUE.name: "queue", SATURATION.name: "concurrency", KV_CACHE.name: "KV cache"}
"""What a signal is called among the resources: the saturation that servers export is the share of workers at work."""


def gauges_by_model(
    readings: Iterable[tuple[Identity, Iterable[tuple[str, Rows]]]], find: FindsModel
) -> dict[str, dict[str, Series]]:
    """Return the gauges of every model (by id) from rows by signal name; the first preset that tells one counts."""
    found: defaultdict[str, dict[str, Series]] = defaultdict(dict)
    for identity, of_preset in readings:
        for signal, rows in of_preset:
            for _, model, series in rows_of_models(identity, rows, find):
                found[model.id].setdefault(NAME_OF_GAUGE[signal], series)
    return dict(found)
