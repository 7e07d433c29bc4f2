"""The answers to the PromQL queries of playbooks: one reading of a run at a time, and nothing is raised."""

import asyncio
import math
from collections.abc import Callable, Mapping

import msgspec

from console.domain.label import harmless
from console.domain.quantity import format_quantity
from console.domain.snapshot import ModelView
from console.engine.evidence import Answer
from console.playbooks.document import Playbook
from console.playbooks.evidence import QueryEvidence
from console.playbooks.query import BadQuery, filled
from console.sources.prometheus.answers import InstantAnswer
from console.sources.prometheus.client import PrometheusClient
from console.transport.http import SourceError

LONGEST_QUERY_SECONDS = 10.0
"""A run waits no longer for a query; the server is asked to give up by then as well."""
MOST_KNOWN = 64
"""Runs whose answers are kept; those that were read longest ago go."""


class Answers(msgspec.Struct, frozen=True):
    """What the queries of a playbook said of a model as of an instant (UTC seconds), by name."""

    at: float
    by_name: dict[str, Answer]


class EvidenceQueries:
    """Asks the queries of playbooks; `connect` makes a client of the configured Prometheus, None where there is none.

    The client is made for the first query and is not that of the refresh: a heavy query holds up nothing else. A query
    that takes longer than `patience` (seconds) is given up.
    """

    def __init__(self, connect: Callable[[], PrometheusClient] | None, patience: float = LONGEST_QUERY_SECONDS) -> None:
        self._connect = connect
        self._patience = patience
        self._client: PrometheusClient | None = None
        self._known: dict[str, Answers] = {}
        self._reading: set[str] = set()

    async def aclose(self) -> None:
        """Close the connection; nothing is asked any more."""
        if self._client is not None:
            await self._client.aclose()

    def known(self, run_id: str) -> Answers | None:
        """Return the last answers that a run got, None where it has got none."""
        return self._known.get(run_id)

    def is_wanting(self, run_id: str, at: float) -> bool:
        """Return whether a run has no answers as of an instant (UTC seconds), and nobody reads any for it."""
        known = self._known.get(run_id)
        return run_id not in self._reading and (known is None or known.at != at)

    async def read(self, run_id: str, playbook: Playbook, view: ModelView, at: float) -> None:
        """Get a run its answers for a model as of an instant (UTC seconds)."""
        self._reading.add(run_id)
        try:
            answers = await self.ask(playbook, view, at)
        finally:
            self._reading.discard(run_id)
        self._known.pop(run_id, None)
        self._known[run_id] = answers
        for oldest in [*self._known][:-MOST_KNOWN]:
            del self._known[oldest]

    async def ask(self, playbook: Playbook, view: ModelView, at: float) -> Answers:
        """Return the answers for a model as of an instant (UTC seconds); what fails is unknown, with its reason."""
        queries = {name: source for name, source in playbook.evidence.items() if isinstance(source, QueryEvidence)}
        facts = _facts(view)
        answers = await asyncio.gather(*(self._answer(source, facts, at) for source in queries.values()))
        return Answers(at, dict(zip(queries, answers, strict=True)))

    async def _answer(self, source: QueryEvidence, facts: Mapping[str, str | None], at: float) -> Answer:
        if self._connect is None:
            return Answer(None, "unknown: no Prometheus is configured")
        try:
            query = filled(source.query, facts)
            self._client = self._client or self._connect()
            async with asyncio.timeout(self._patience):
                return _of(await self._client.query(query, at, timeout_seconds=self._patience), source.unit)
        except BadQuery as error:
            return Answer(None, f"unknown: {error}")
        except SourceError as error:
            return Answer(None, f"unknown: {error.detail}")
        except TimeoutError:
            return Answer(None, f"unknown: no answer within {self._patience:g} s")


def has_queries(playbook: Playbook) -> bool:
    """Return whether a playbook asks something of Prometheus itself."""
    return any(isinstance(source, QueryEvidence) for source in playbook.evidence.values())


def _facts(view: ModelView) -> dict[str, str | None]:
    workload = view.workload.workload if view.workload is not None else None
    return {
        "model.id": view.model.id,
        "model.name": view.model.name.raw,
        "model.namespace": view.model.namespace,
        "model.cluster": view.model.cluster,
        "workload.name": workload.name if workload is not None else None,
        "workload.namespace": workload.namespace if workload is not None else None,
    }


def _of(answer: InstantAnswer, unit: str) -> Answer:
    if not answer.samples:
        return Answer(None, "unknown: no data")
    if len(answer.samples) > 1:
        return Answer(None, f"unknown: {len(answer.samples)} series where one number is expected")
    point = answer.samples[0].value
    if point is None or not math.isfinite(point.value):
        return Answer(None, "unknown: no number")
    told = format_quantity(point.value, unit)
    if not answer.partial:
        return Answer(point.value, told)
    return Answer(point.value, f"{told} (known in part only: {harmless('; '.join(answer.warnings), 200)})", True)
