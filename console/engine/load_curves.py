"""How the latency of models grows with the load of a replica: read when somebody looks at one or runs its playbook."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from console.detect.capacity import CurveFinding, latency_of, load_curve
from console.domain.load_curve import LoadPast
from console.domain.model import Model
from console.domain.moments import floor_to_step
from console.domain.snapshot import ModelView
from console.transport.http import SourceError

READ_AGAIN_AFTER = 300.0
"""Seconds between two readings: the step of the days that are read, before which there is nothing new."""
MOST_KNOWN = 32
"""Curves that are kept; those that were read longest ago go."""

ReadsLoad = Callable[[Model, str, float], Awaitable[LoadPast | None]]
"""Returns what a model carried and the latency of a name up to an instant (UTC seconds); raises `SourceError`."""


class _Known(msgspec.Struct, frozen=True):
    """What was found of a model at an instant (UTC seconds), and the latency that spoke for it."""

    at: float
    signal: str | None
    found: CurveFinding


class LoadCurves:
    """Keeps the curves that were read by `read`, one reading of a model at a time; close it after use."""

    def __init__(self, read: ReadsLoad) -> None:
        self._read = read
        self._known: dict[str, _Known] = {}
        self._reading: dict[str, asyncio.Task[None]] = {}

    async def aclose(self) -> None:
        """Let go of what is still read."""
        tasks = [*self._reading.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def known(self, model_id: str) -> CurveFinding | None:
        """Return what was found last of a model, None where nobody has looked."""
        known = self._known.get(model_id)
        return known.found if known is not None else None

    def is_wanting(self, view: ModelView, at: float) -> bool:
        """Return whether the curve of a model is not known as of an instant (UTC seconds), and nobody reads it."""
        return not self._is_known(view, at) and view.model.id not in self._reading

    async def of(self, view: ModelView, at: float, patience: float | None = None) -> CurveFinding:
        """Return the curve of a model up to an instant (UTC seconds), or why there is none.

        With `patience` (seconds) the last one is returned if reading takes longer; it is read on.
        """
        model_id = view.model.id
        if self.is_wanting(view, at):
            self._reading[model_id] = asyncio.create_task(self._learn(view, at))
        if model_id in self._reading:
            await asyncio.wait([self._reading[model_id]], timeout=patience)
        return self.known(model_id) or CurveFinding(None, "its past loads are still being read")

    def _is_known(self, view: ModelView, at: float) -> bool:
        known = self._known.get(view.model.id)
        return known is not None and (known.at, known.signal) == (_moment(at), latency_of(view))

    async def _learn(self, view: ModelView, at: float) -> None:
        try:
            found = await self._found(view, at)
        finally:
            del self._reading[view.model.id]
        self._known.pop(view.model.id, None)
        self._known[view.model.id] = _Known(_moment(at), latency_of(view), found)
        for oldest in [*self._known][:-MOST_KNOWN]:
            del self._known[oldest]

    async def _found(self, view: ModelView, at: float) -> CurveFinding:
        signal = latency_of(view)
        if signal is None:
            return CurveFinding(None, "no latency of it is exported")
        try:
            past = await self._read(view.model, signal, at)
        except SourceError as error:
            return CurveFinding(None, error.detail)
        if past is None:
            return CurveFinding(None, "the metrics do not tell its traffic, replicas and latency together")
        return load_curve(past)


def _moment(at: float) -> float:
    return floor_to_step(at, READ_AGAIN_AFTER)
