"""How the versions of models served: asked when a way back is planned, which it never holds up for long."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from console.detect.case import promised_for
from console.domain.failure import failure_in_words
from console.domain.model import Model
from console.domain.moments import floor_to_step
from console.domain.objective import Objective
from console.domain.served import ServedPast
from console.domain.snapshot import ModelView
from console.engine.failures import log_failure
from console.settings.settings import Settings
from console.transport.http import SourceError

PATIENCE_SECONDS = 3.0
"""A plan waits no longer for what metrics tell of versions; it is read on for the next plan."""
READ_AGAIN_AFTER = 300.0
"""Seconds between two readings: the step of what is read, before which there is nothing new."""
MOST_KNOWN = 16
"""Models whose past is kept; those that were asked about longest ago go."""

ReadsVersions = Callable[[Model, Sequence[str]], Awaitable[ServedPast]]
"""Returns what was measured of a model's versions and of latencies by name; raises `SourceError`."""

_log = logging.getLogger(__name__)


class _Known(msgspec.Struct, frozen=True):
    """What was found for a moment (UTC seconds)."""

    moment: float
    past: ServedPast


class ServedPasts:
    """Tells how versions served; every answer counts for some minutes, and no failure is one.

    Args:
        read: asks the metrics.
        settings: what was promised, and when a value counts.
        clock: returns the time (UTC seconds).
        patience: how long (seconds) somebody who asks waits.
    """

    def __init__(
        self,
        read: ReadsVersions,
        settings: Settings,
        clock: Callable[[], float],
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._read = read
        self._settings = settings
        self._clock = clock
        self._patience = patience
        self._known: dict[str, _Known] = {}
        self._reading: dict[str, asyncio.Task[ServedPast]] = {}

    async def aclose(self) -> None:
        """Let go of what is still read."""
        tasks = [*self._reading.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def of(self, view: ModelView) -> ServedPast:
        """Return how the versions of a model served, or why that is not known; nothing is raised."""
        model_id, moment = view.model.id, floor_to_step(self._clock(), READ_AGAIN_AFTER)
        known = self._known.get(model_id)
        if known is not None and known.moment == moment:
            return known.past
        if model_id not in self._reading:
            self._reading[model_id] = asyncio.create_task(self._learn(view.model, moment))
        task = self._reading[model_id]
        done, _ = await asyncio.wait([task], timeout=self._patience)
        return task.result() if done else self._unknown(f"metrics gave no answer within {self._patience:g} s")

    async def _learn(self, model: Model, moment: float) -> ServedPast:
        promised = promised_for(model, self._settings.models)
        objective = promised or Objective()
        try:
            past = await self._read(model, tuple(objective.latency))
        except SourceError as error:
            return self._unknown(error.detail)
        except Exception as error:  # noqa: BLE001 -- what reads metrics must not take a way back away
            log_failure(_log, "reading how versions served failed", error)
            return self._unknown(f"reading it failed: {failure_in_words(error)}")
        finally:
            del self._reading[model.id]
        judgement = self._settings.judgement
        past = msgspec.structs.replace(
            past,
            objective=objective,
            is_promised=promised is not None,
            minimum_traffic=judgement.minimum_traffic,
            minimum_failed_requests=judgement.minimum_failed_requests,
        )
        self._known.pop(model.id, None)
        self._known[model.id] = _Known(moment, past)
        for oldest in [*self._known][:-MOST_KNOWN]:
            del self._known[oldest]
        return past

    def _unknown(self, reason: str) -> ServedPast:
        return ServedPast(unknown=reason)
