"""Asking a server what a composition asks, for comparing with known answers."""

from collections.abc import Mapping

from console.sources.prometheus import LabelSets, PrometheusClient
from console.sources.prometheus.signal_query import Composition, Structure

Values = dict[tuple[str, ...], float]


async def ask(client: PrometheusClient, expression: str, labels: tuple[str, ...], at: float) -> Values:
    """Return the values by the named labels; fails where the answer has other labels or says one twice."""
    label_sets = LabelSets()
    found: Values = {}
    for sample in (await client.query(expression, at)).samples:
        bears = label_sets.of(sample.metric)
        assert set(bears) <= set(labels), (expression, bears)
        key = tuple(bears.get(label, "") for label in labels)
        assert key not in found
        assert sample.value is not None
        found[key] = sample.value.value
    return found


async def signal_values(client: PrometheusClient, composition: Composition, signal: str, at: float) -> Values:
    (query,) = (query for query in composition.signals if query.signal == signal)
    return await ask(client, query.expression, query.group_labels, at)


async def structure_values(
    client: PrometheusClient, composition: Composition, structure: Structure, at: float
) -> Values:
    query = composition.structures[structure]
    split = (query.split_label,) if query.split_label else ()
    return await ask(client, query.expression, (*query.group_labels, *split), at)


def by_model(values: Mapping[tuple[str, ...], float]) -> dict[str, float]:
    """Return the values by the first label, the name of the model."""
    return {key[0]: value for key, value in values.items()}
