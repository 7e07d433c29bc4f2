"""How a store of predictions is read, in words: which column is what and why, what is there, what is missing."""

from collections.abc import Iterator, Mapping

from console.domain.label import harmless
from console.domain.moments import in_words, promql_duration, rfc3339
from console.domain.quantity import how_many
from console.headless.cells import pad
from console.headless.commands.config_presets import Line
from console.headless.commands.config_rules import reference_lines, rule_mistakes
from console.headless.commands.config_words import some
from console.headless.exit_codes import ExitCode
from console.settings.predictions import PredictionStore
from console.sources.predictions.ahead import find_rows_ahead
from console.sources.predictions.conventions import Part
from console.sources.predictions.inventory import LogInventory, check_rows, take_inventory
from console.sources.predictions.log import SCORE, SCORE_OF_CLASS, Origin, PredictionLog
from console.sources.predictions.mapping import CannotMap, map_log
from console.transport.errors import SourceError
from console.transport.sql import SqlStore, open_store

MOST_VERSIONS = 4
_WIDTH = 11
_COSTS = {
    Part.VERSION: "versions cannot be compared",
    Part.ID: "labels of a second table cannot be joined",
    Part.PREDICTION: "drift of predictions is not judged",
    Part.LATENCY: "without a Prometheus nothing tells how long requests take",
    Part.ERROR: "without a Prometheus nothing tells which requests fail",
    Part.LABEL: "quality is not judged",
    Part.LABEL_TIME: "nothing tells how late labels come, and the past shows those that came later",
}
"""What it costs that a log has no such column."""


async def store_lines(
    store: PredictionStore, at: float, environment: Mapping[str, str], *, is_live: bool
) -> tuple[list[Line], ExitCode]:
    """Return what a store holds at an instant (UTC seconds) and how it is read, and with what code a check ends.

    Where the instant `is_live`, rows that are dated after it are told: a wrong clock wrote them.

    Raises:
        BadStoreAddress: no engine can use the address.
    """
    name = harmless(store.name)
    async with open_store(
        store.address, environment=environment, timeout=store.timeout, most_rows=store.most_rows
    ) as opened:
        try:
            log = await map_log(opened, store)
        except CannotMap as error:
            return [(name, f"cannot be read: {error.detail}")], ExitCode.BAD_CONFIGURATION
        except SourceError as error:
            return [(name, f"does not answer: {error.detail}")], ExitCode.SOURCE_UNREACHABLE
        inventory, told = await _inventory(opened, log, store, at)
        lines = [f"{opened.shown}: {told}", *_columns(log, inventory)]
        if inventory is not None:
            lines += await _check_rows(opened, log, at - store.history)
        if inventory is not None and is_live:
            lines += await _rows_ahead(opened, log, at)
    lines += [_told("reference", line) for line in await reference_lines(store, log, environment)]
    lines += _missing(log)
    mistakes = [*log.mistakes, *rule_mistakes(store, log)]
    lines += [_told("mistake", mistake) for mistake in mistakes]
    code = ExitCode.BAD_CONFIGURATION if mistakes else ExitCode.OK
    return [(name if number == 0 else "", line) for number, line in enumerate(lines)], code


async def _inventory(
    opened: SqlStore, log: PredictionLog, store: PredictionStore, at: float
) -> tuple[LogInventory | None, str]:
    window = promql_duration(store.history)
    try:
        inventory = await take_inventory(opened, log, at - store.history)
    except SourceError as error:
        return None, f"rows cannot be counted: {error.detail}"
    if inventory.newest is None:
        return inventory, f"no row of the last {window}"
    age = at - inventory.newest
    when = f"{in_words(age)} ago" if age >= 0 else f"{in_words(-age)} ahead of this clock"
    rows = f"{'more than ' if inventory.is_cut else ''}{how_many(inventory.rows, 'row')}"
    return inventory, f"{rows} of the last {window}, the newest of {rfc3339(inventory.newest)}, {when}"


def _columns(log: PredictionLog, inventory: LogInventory | None) -> Iterator[str]:
    """Yield a line for each part that the log has, for its features, and for what is none."""
    for part in Part:
        if (origin := log.origins.get(part.value)) is not None:
            yield _told(part.value.replace("_", " "), _origin(origin) + _extra(part, log, inventory))
        if part is Part.PREDICTION:
            yield from _scores(log)
    features = [f"{harmless(feature.name)} ({feature.type_name})" for feature in log.features]
    yield _told("features", f"{len(features):,}: {some(features)}" if features else "none: drift is not judged")
    renamed = [
        f"{harmless(feature.name)} is {harmless(origin.name)}"
        for feature in log.features
        if (origin := log.origins[feature.column]).name != feature.name
    ]
    if renamed:
        yield _told("", some(renamed))
    yield from _skipped(log.skipped)
    for note in log.notes:
        yield _told("note", note)


def _scores(log: PredictionLog) -> Iterator[str]:
    for score in log.scores:
        of_class = f" of {harmless(score.name)}" if score.column.startswith(SCORE_OF_CLASS) else ""
        yield _told(SCORE, _origin(log.origins[score.column]) + of_class)


def _origin(origin: Origin) -> str:
    decided = "as configured" if origin.configured else "by its name"
    unit = f" in {origin.unit}" if origin.unit else ""
    return f"{harmless(origin.name)} ({harmless(origin.type_name)}{unit}), {decided}"


def _extra(part: Part, log: PredictionLog, inventory: LogInventory | None) -> str:
    if inventory is None or not inventory.served:
        return ""
    if part is Part.MODEL:
        return f": {some(inventory.versions)}"
    if part is Part.VERSION:
        several = {model: versions for model, versions in inventory.versions.items() if len(versions) > 1}
        shown = several or inventory.versions
        return ": " + some([f"{model} {' '.join(versions[:MOST_VERSIONS])}" for model, versions in shown.items()])
    if part is Part.LABEL:
        kind = ", says whether the prediction was right" if log.is_feedback else ""
        return f"{kind}: {inventory.labelled:,} of {inventory.rows:,} rows have one"
    return ""


def _skipped(skipped: Mapping[str, str]) -> Iterator[str]:
    """Yield why columns are no features, those of one reason in one line."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in skipped.items():
        by_reason.setdefault(reason, []).append(name)
    for number, (reason, names) in enumerate(by_reason.items()):
        yield _told("skipped" if number == 0 else "", f"{some(names)}: {reason}")


async def _check_rows(opened: SqlStore, log: PredictionLog, start: float) -> list[str]:
    try:
        found = await check_rows(opened, log, start)
    except SourceError as error:
        return [_told("note", f"times and ids are not checked: {error.detail}")]
    lines = []
    if found.without_time:
        lines.append(
            f"{how_many(found.without_time, 'row has', 'rows have')} no time that can be read: no window has them"
        )
    if found.repeated_ids:
        rows = how_many(found.repeated_ids, "row repeats", "rows repeat")
        lines.append(f"{rows} an id: each counts, and each gets the label of the id")
    if found.unknown_ids:
        lines.append(f"labels for {how_many(found.unknown_ids, 'id', 'ids')} that no row has count for nothing")
    return [_told("note", line) for line in lines]


async def _rows_ahead(opened: SqlStore, log: PredictionLog, now: float) -> list[str]:
    try:
        return [_told("note", str(ahead)) for ahead in await find_rows_ahead(opened, log, now)]
    except SourceError as error:
        return [_told("note", f"rows dated ahead are not looked for: {error.detail}")]


def _missing(log: PredictionLog) -> Iterator[str]:
    if Part.MODEL not in log.origins:
        yield _told("missing", f"no model: all rows are those of {harmless(log.model_name)}")
    for part, cost in _COSTS.items():
        if part.value in log.origins or (part is Part.LABEL_TIME and not log.has_label):
            continue
        if part is Part.PREDICTION and log.scores:
            continue
        yield _told("missing", f"no {part.value.replace('_', ' ')}: {cost}")
    if not log.scores and log.prediction is not None:
        yield _told("missing", "no score: calibration and an estimate of quality before labels are not computed")


def _told(what: str, line: str) -> str:
    return f"{pad(what, _WIDTH)} {line}"
