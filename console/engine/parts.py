"""Builds an engine from settings: what reads, what acts, and what keeps the runs."""

import asyncio
import logging
import os
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

from console.actions.provider import Surroundings
from console.actions.registry import known_actions, open_actions
from console.domain.failure import failure_in_words
from console.domain.label import harmless
from console.domain.moments import clock_time
from console.domain.quantity import how_many
from console.domain.run import Run
from console.engine.action_lists import ActionLists
from console.engine.alert_reader import PATIENCE_SECONDS
from console.engine.cluster_facts import ClusterReader
from console.engine.detail import DetailReader
from console.engine.endings import Endings
from console.engine.evidence_queries import EvidenceQueries
from console.engine.executor import ActionRefused, Executor
from console.engine.failures import log_failure, log_what_nobody_awaits
from console.engine.gate import ActionGate
from console.engine.incident_record import IncidentRecorder
from console.engine.journal_notices import journal_notices
from console.engine.load_curves import LoadCurves
from console.engine.loop import Engine
from console.engine.past_plans import past_plans
from console.engine.playbook_reading import live_library
from console.engine.predictions.details import PredictionDetails
from console.engine.reading_ahead import ReadingAhead
from console.engine.refresh import Refresher
from console.engine.run_journal import RunJournal
from console.engine.runs import RunKeeper, RunSettings
from console.engine.served_pasts import ServedPasts
from console.engine.target_lease import TargetLeases
from console.engine.version_sources import VersionSources
from console.engine.working_parts import Published
from console.journal.directory import state_directory
from console.journal.events import Intent
from console.journal.fleet import Fleet
from console.journal.follow import OF_ACTIONS, OF_INCIDENTS, Follower
from console.journal.opening import open_journal
from console.journal.who import Who, who_is_here
from console.settings.fleet import addresses_of, context_of
from console.settings.places import acting_places
from console.settings.settings import Settings
from console.transport.kubernetes.protocol import KubernetesTransport
from console.transport.kubernetes.remembering_transport import RememberingTransport

SECONDS_FOR_A_PLAN = 0.1
"""A plan that comes within the time that people take for an instant (Miller 1968, Nielsen 1993) needs no other word."""

_log = logging.getLogger(__name__)


class Parts:
    """Everything that one engine uses, open while it is entered; made on the engine's own loop.

    `takes_back` says whether what ends with an incident is taken back by itself once that is over; `is_attended` that a
    person looks on: what a plan needs is read while they decide, and one that comes at once is told of only once.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        environment: Mapping[str, str],
        clock: Callable[[], float],
        at: float | None,
        publish: Callable[[Run], None],
        takes_back: bool = True,
        is_attended: bool = True,
    ) -> None:
        directory = state_directory(settings.state_directory)
        library = live_library(settings)
        who = who_is_here(environment)
        journal = self._journal = open_journal(settings.journal, directory, who, environment, clock)
        places = acting_places(settings)
        gate = ActionGate(places, live=at is None, directory=directory, environment=environment)
        transport = open_cluster(settings, environment, directory) if at is None else None
        remembering = RememberingTransport(transport, clock) if transport is not None and is_attended else None
        transport = self._transport = remembering or transport
        self._open = AsyncExitStack()
        self._contexts = frozenset(place.name for place in places)
        self.refresher = Refresher(
            settings,
            environment=environment,
            clock=clock,
            transport=transport,
            library=library,
            permission=gate,
            patience=PATIENCE_SECONDS,
        )
        self._versions = VersionSources(self.refresher, clock)
        self._served = ServedPasts(self._versions.read, settings, clock)
        past, served = past_plans(journal), self._served.of
        actions = open_actions(
            Surroundings(settings, environment, directory, clock, transport, self._open, past, served)
        )
        self.provider_notices = tuple(actions.broken.values())
        self.action_lists = ActionLists(actions, known_actions(settings).by_name, gate, clock)
        self.reading_ahead = ReadingAhead(actions, gate, remembering) if remembering is not None else None
        self._executor = Executor(
            actions=actions,
            gate=gate,
            journal=journal,
            who=who,
            clock=clock,
            new_id=_new_id,
            leases=_leases(settings, transport, who, clock),
            ahead=self.reading_ahead,
        )
        self.at = at
        self.refresh_seconds = settings.refresh
        curves = self._curves = LoadCurves(self.refresher.read_load)
        self.details = DetailReader(self.refresher.read_model, settings, self.refresher.links, curves)
        queries = self._queries = EvidenceQueries(self.refresher.another_client)
        most = settings.kubernetes.max_replicas if settings.kubernetes else RunSettings().max_replicas
        self.runs = RunKeeper(
            library,
            self._executor,
            journal,
            clock,
            who,
            publish=publish,
            new_id=_new_id,
            curves=curves,
            queries=queries,
            settings=RunSettings(settings.judgement, most, frozenset(settings.channels)),
            shared=RunJournal(journal, who, clock) if at is None else None,
            ahead=self.reading_ahead,
            seconds_for_a_plan=SECONDS_FOR_A_PLAN if is_attended else 0.0,
        )
        fleet = Fleet(context_of(settings), addresses_of(settings))
        news = Follower(journal, OF_INCIDENTS)
        self._endings = Endings(self._executor, gate.why_no_commit, Follower(journal, OF_ACTIONS), journal, who, clock)
        look = self._endings.look if takes_back else lambda _: None
        self.incidents = IncidentRecorder(journal, news, who, clock, self.refresher, fleet, look)
        self.predictions = PredictionDetails(self.refresher.predictions)
        self.cluster = ClusterReader(transport, clock)

    @property
    def journal_notices(self) -> tuple[str, ...]:
        """What a person must know of the journal now, and what it made this console take back, a line each."""
        return (*journal_notices(self._journal.condition), *self._endings.notices)

    async def recover(self) -> tuple[str, ...]:
        """Return what became of the actions whose outcome earlier sessions left open, after reading it, a line each.

        Those on other clusters, which cannot be read here, are one line.
        """
        if self.at is not None:
            return ()
        try:
            unfinished = await self._executor.unfinished()
        except ActionRefused as refusal:
            return (f"what earlier sessions left open cannot be told: {refusal}",)
        here = [intent for intent in unfinished if intent.plan.target.context in self._contexts]
        elsewhere = [intent for intent in unfinished if intent.plan.target.context not in self._contexts]
        told = [await self._settled(intent) for intent in here]
        if elsewhere:
            told.append(_left_open_elsewhere(elsewhere))
        return tuple(f"earlier session: {line}" for line in told)

    async def _settled(self, intent: Intent) -> str:
        what = f"{harmless(intent.plan.title)}, sent {clock_time(intent.at)} UTC by {harmless(intent.who.shown)}"
        try:
            commitment = await self._executor.settle(intent)
        except ActionRefused as refusal:
            return f"unknown: {what}, nobody can tell what became of it: {refusal}"
        except Exception as error:  # noqa: BLE001 -- a provider's bug must not end the console at every start
            log_failure(_log, f"settling {intent.plan.action} failed", error)
            return f"unknown: {what}, asking what became of it failed: {failure_in_words(error)}"
        return f"{commitment.outcome.value}: {what}, its outcome was unknown until now: {commitment.detail}"

    async def __aenter__(self) -> Self:
        log_what_nobody_awaits(asyncio.get_running_loop())
        self._open.push_async_callback(asyncio.to_thread, self._journal.close)
        if self._transport is not None:
            self._open.push_async_callback(self._transport.close)
        await self._open.enter_async_context(self.refresher)
        self._open.push_async_callback(self._curves.aclose)
        self._open.push_async_callback(self._queries.aclose)
        self._open.push_async_callback(self._versions.aclose)
        self._open.push_async_callback(self._served.aclose)
        self._open.push_async_callback(self._executor.close)
        self._open.push_async_callback(self.runs.close)
        self._open.push_async_callback(self._endings.close)
        self._open.push_async_callback(self.incidents.close)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()


def _left_open_elsewhere(intents: Sequence[Intent]) -> str:
    contexts = ", ".join(sorted({harmless(intent.plan.target.context) for intent in intents}))
    what = how_many(len(intents), "action has", "actions have")
    return f"unknown: {what} no outcome on clusters that this console does not look at: {contexts}"


def make_engine(
    settings: Settings,
    *,
    environment: Mapping[str, str],
    at: float | None,
    publish: Callable[[Published], None],
    crashed: Callable[[BaseException], None],
    clock: Callable[[], float] = time.time,
) -> Engine:
    """Return an engine for these settings, not yet started."""

    def parts(publish_run: Callable[[Run], None]) -> Parts:
        return Parts(settings, environment=environment, clock=clock, at=at, publish=publish_run)

    return Engine(parts, publish, crashed)


def _leases(
    settings: Settings, transport: KubernetesTransport | None, who: Who, clock: Callable[[], float]
) -> TargetLeases | None:
    if settings.kubernetes is None or not settings.kubernetes.lease or transport is None:
        return None
    return TargetLeases(transport, who, clock)


def open_cluster(settings: Settings, environment: Mapping[str, str], directory: Path) -> KubernetesTransport | None:
    """Return a transport to the configured cluster, None where none is configured.

    The kubeconfig is the configured one, else the first of `$KUBECONFIG`, else `~/.kube/config`.

    Raises:
        KubeconfigError: the kubeconfig cannot be used, or has no such context.
    """
    kubernetes = settings.kubernetes
    if kubernetes is None:
        return None
    from console.transport.kubernetes import Kr8sTransport, KubectlTransport

    path = kubernetes.kubeconfig or environment.get("KUBECONFIG", "").split(os.pathsep)[0] or "~/.kube/config"
    if kubernetes.transport == "kubectl":
        return KubectlTransport(
            Path(path).expanduser(),
            kubernetes.context,
            program=os.path.expanduser(kubernetes.kubectl),
            deadline_seconds=kubernetes.timeout,
            environment=environment,
        )
    return Kr8sTransport(
        Path(path).expanduser(),
        kubernetes.context,
        key_directory=directory / "keys",
        deadline_seconds=kubernetes.timeout,
    )


def _new_id() -> str:
    return secrets.token_hex(4)
