"""Whether the rules of a store of predictions can be followed: their references, slices and metrics."""

from collections.abc import Iterator, Mapping

import msgspec

from console.detect.quality.metrics import OF_TASK, metric_named
from console.domain.label import harmless
from console.headless.commands.config_words import some
from console.settings.nearest import did_you_mean
from console.settings.predictions import PredictedModelRule, PredictionStore, StoreAddress
from console.sources.predictions.log import PredictionLog
from console.sources.predictions.mapping import LogMapper
from console.transport.errors import SourceError
from console.transport.sql import open_store

_MOST_NAMED = 30


async def reference_lines(store: PredictionStore, log: PredictionLog, environment: Mapping[str, str]) -> list[str]:
    """Return for each data set that models are measured against how many of the log's columns it has.

    Raises:
        BadStoreAddress: no engine can use the address of one.
    """
    lines = []
    for rule in store.models:
        if rule.reference is not None and rule.reference.data is not None:
            told = await _compared(store, rule.reference.data, log, environment)
            lines.append(f"{harmless(rule.match)}: {rule.reference.data.shown}: {told}")
    return lines


async def _compared(
    store: PredictionStore, data: StoreAddress, log: PredictionLog, environment: Mapping[str, str]
) -> str:
    settings = msgspec.structs.replace(store, address=data, labels=None)
    async with open_store(data, environment=environment, timeout=store.timeout, most_rows=store.most_rows) as opened:
        try:
            reference = await LogMapper(opened, settings).load(needs_time=False)
            answer = await opened.read(reference.table.aggregate(rows=reference.table.count()))
        except SourceError as error:
            return f"cannot be read: {error.detail}"
    rows = answer["rows"][0].as_py()
    known = {column.name: column for column in reference.columns}
    lacks = [column.name for column in log.columns if column.name not in known]
    other = [
        f"{column.name} ({known[column.name].type_name} there, {column.type_name} here)"
        for column in log.columns
        if column.name in known and known[column.name].type_name != column.type_name
    ]
    told = f"{rows:,} rows, {len(log.columns) - len(lacks)} of {len(log.columns)} columns"
    if lacks:
        told += f"; lacks {some(lacks)}"
    return told + (f"; of another type: {some(other)}" if other else "")


def rule_mistakes(store: PredictionStore, log: PredictionLog) -> Iterator[str]:
    """Yield what rules name that there is not."""
    for number, rule in enumerate(store.models):
        where = f"models[{number}]"
        yield from (f"{where}.{mistake}" for mistake in _mistakes(rule, log))


def _mistakes(rule: PredictedModelRule, log: PredictionLog) -> Iterator[str]:
    names = [feature.name for feature in log.features]
    for name in rule.slices:
        if name not in names and name != "version":
            known = did_you_mean(name, ["version", *names]) if len(names) <= _MOST_NAMED else "not among the features"
            yield f"slices: '{harmless(name)}' is no feature, {harmless(known)}"
    tasks = list(OF_TASK) if rule.task is None else [rule.task]
    metrics = list(dict.fromkeys(metric.name for task in tasks for metric in OF_TASK[task]))
    named = [("metric", rule.metric)] if rule.metric is not None else []
    for key, name in (*named, *(("training", name) for name in rule.training)):
        if not any(metric_named(name, task) for task in tasks):
            yield f"{key}: '{harmless(name)}' is no metric, {did_you_mean(name, metrics)}"
