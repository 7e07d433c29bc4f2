"""`backtest --model`: what the detector would have told of a model's own past."""

import asyncio
from collections.abc import Sequence

from console.domain.label import harmless
from console.domain.model import Model
from console.domain.moments import rfc3339
from console.domain.series import Grid
from console.domain.signal import Direction, Signal
from console.headless.backtest.result import Point, scored
from console.headless.commands.backtest import Format, render
from console.headless.commands.refreshing import open_refresher
from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode
from console.history.store import COARSE_STEP
from console.settings.nearest import nearest
from console.settings.settings import Settings
from console.transport.http import SourceError


class NothingToRead(Exception):
    """A model or a signal of it that is not there; the text is one line."""


def backtest_model(
    settings: Settings,
    model: str,
    signal: Signal,
    start: float,
    end: float,
    *,
    direction: Direction,
    chosen_format: Format,
) -> ExitCode:
    """Score the past of a model between two instants (UTC seconds), read as every refresh reads it, and print it.

    3 when there is no such model or nothing of the signal, 69 when the source does not answer.
    """
    try:
        points = asyncio.run(_read_model(settings, model, signal, start, end))
    except SourceError as error:
        narrate(f"the metrics cannot be read: {error.detail}")
        return ExitCode.SOURCE_UNREACHABLE
    except NothingToRead as error:
        narrate(str(error))
        return ExitCode.UNKNOWN
    render(scored(f"{harmless(model)} {signal.name}", points, direction), chosen_format)
    return ExitCode.OK


async def _read_model(settings: Settings, name: str, signal: Signal, start: float, end: float) -> list[Point]:
    async with open_refresher(settings, live=False) as refresher:
        metrics = refresher.metrics
        if metrics is None:
            raise NothingToRead("no Prometheus is configured")
        loaded = await metrics.load(end)
        if isinstance(loaded, SourceError):
            raise loaded
        model = _find(name, [past.model for past in loaded.history.models])
        grid = Grid.until(end, end - start, COARSE_STEP)
        lines, why_not = await metrics.store.read_model(model, grid)
    if why_not is not None:
        narrate(f"not all could be read: {why_not}")
    series = lines.get(signal.name)
    points = [] if series is None else list(series.points())
    if not points:
        told = ", ".join(sorted(lines)) or "no signal at all"
        raise NothingToRead(f"{model.shown_id} has no {signal.name} in that time; it has {told}")
    return [Point(instant, value, rfc3339(instant), repr(value)) for instant, value in points]


def _find(name: str, models: Sequence[Model]) -> Model:
    """Return the model of an id, or of a name that only one bears."""
    found = [model for model in models if model.id == name] or [model for model in models if model.name.raw == name]
    if len(found) == 1:
        return found[0]
    if found:
        raise NothingToRead(f"several models are called {harmless(name)}: {', '.join(m.shown_id for m in found)}")
    hint = nearest(name, (model.id for model in models))
    told = f"nearest: {harmless(hint)}" if hint else f"there are {len(models):,} models"
    raise NothingToRead(f"no model is called {harmless(name)} at that time; {told}")
