"""One Kubeflow Pipelines as the action sees it: its REST API, version v2beta1.

https://www.kubeflow.org/docs/components/pipelines/reference/api/kubeflow-pipeline-api-spec/
"""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from console.actions.kubeflow.runs import ACTIVE, Run
from console.actions.provider import ActionRefused
from console.actions.servers.sending import Sent, send
from console.actions.servers.servers import Servers as ServersOfAKind
from console.domain.address import without_secrets
from console.domain.label import harmless
from console.settings.nearest import did_you_mean, nearest
from console.settings.places import KUBEFLOW, server_place
from console.settings.secrets import SecretUnavailable
from console.settings.settings import KubeflowSettings
from console.transport.errors import SourceError
from console.transport.http import UNREADABLE, BadEndpoint, HttpDoor, Probe, Unauthorized, endpoints_of, not_an_answer

RUNS = "/apis/v2beta1/runs"
PIPELINES = "/apis/v2beta1/pipelines"
EXPERIMENTS = "/apis/v2beta1/experiments"
PROBE = Probe("/apis/v2beta1/healthz", {})
PAGE = "100"
FEW = "20"
"""A run may be told at length; one that has not ended is among the newest, since no other is begun beside it."""
_NEWEST = "created_at desc"
_MOST_NAMES = 10
"""More names are not listed in one line; the nearest is told."""
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Answer = TypeVar("Answer", bound=msgspec.Struct)


class PipelineVersion(msgspec.Struct, frozen=True):
    """One version of a pipeline, with what it does."""

    pipeline_version_id: str
    pipeline_id: str | None = None
    display_name: str | None = None
    name: str | None = None
    pipeline_spec: Any = None


class _Pipeline(msgspec.Struct, frozen=True):
    pipeline_id: str
    display_name: str | None = None
    name: str | None = None


class _Experiment(msgspec.Struct, frozen=True):
    experiment_id: str
    display_name: str | None = None
    name: str | None = None


class _Runs(msgspec.Struct, frozen=True):
    runs: tuple[Run, ...] | None = None
    next_page_token: str | None = None


class _Pipelines(msgspec.Struct, frozen=True):
    pipelines: tuple[_Pipeline, ...] | None = None


class _Versions(msgspec.Struct, frozen=True):
    pipeline_versions: tuple[PipelineVersion, ...] | None = None


class _Experiments(msgspec.Struct, frozen=True):
    experiments: tuple[_Experiment, ...] | None = None


class KubeflowServer:
    """Reads one Kubeflow Pipelines and sends it what changes; connections and secrets are taken when first needed."""

    def __init__(self, settings: KubeflowSettings, environment: Mapping[str, str]) -> None:
        self.settings = settings
        self.place = server_place(KUBEFLOW, settings.name)
        self.ui = settings.ui or without_secrets(settings.urls[0])
        self._environment = environment
        self._opening = asyncio.Lock()
        self._door: HttpDoor | None = None

    async def pipeline_id(self, pipeline: str) -> str:
        """Return the id of a pipeline that is named by its id or its name: of the namespace, or one for everybody.

        Raises:
            ActionRefused: there is none, or it cannot be read.
        """
        if _ID.fullmatch(pipeline):
            return pipeline
        namespaces = [self.settings.namespace, None] if self.settings.namespace else [None]
        seen: list[_Pipeline] = []
        for namespace in namespaces:
            for fields in (_named(pipeline), {}):
                asked = {**_of(namespace), **fields, "page_size": PAGE}
                found = (await self._get("the pipelines", PIPELINES, asked, _Pipelines)).pipelines or ()
                if (chosen := _called(pipeline, found)) is not None:
                    return chosen.pipeline_id
                seen += found
        raise ActionRefused(self._unknown("pipeline", pipeline, seen))

    async def version(self, pipeline_id: str, version: str | None) -> PipelineVersion:
        """Return a version of a pipeline by its id or its name, the newest where none is meant.

        Raises:
            ActionRefused: there is none, or it cannot be read.
        """
        path = f"{PIPELINES}/{quote(pipeline_id, safe='')}/versions"
        if version is not None and _ID.fullmatch(version):
            return await self._get("the version", f"{path}/{version}", {}, PipelineVersion)
        asked = {"sort_by": _NEWEST, "page_size": "1" if version is None else "20"}
        if version is not None:
            named = await self._get("the versions", path, {**asked, **_named(version)}, _Versions)
            if (chosen := _called(version, named.pipeline_versions or ())) is not None:
                return chosen
        found = (await self._get("the versions", path, asked, _Versions)).pipeline_versions or ()
        if version is None and found:
            return found[0]
        chosen = _called(version, found) if version is not None else None
        if chosen is None:
            raise ActionRefused(self._unknown("version", version or "newest", found))
        return chosen

    async def experiment_id(self, experiment: str) -> str:
        """Return the id of an experiment that is named by its id or its name.

        Raises:
            ActionRefused: there is none, or it cannot be read.
        """
        if _ID.fullmatch(experiment):
            return experiment
        seen: tuple[_Experiment, ...] = ()
        for fields in (_named(experiment), {}):
            asked = {**_of(self.settings.namespace), **fields, "page_size": PAGE}
            seen = (await self._get("the experiments", EXPERIMENTS, asked, _Experiments)).experiments or ()
            if (chosen := _called(experiment, seen)) is not None:
                return chosen.experiment_id
        raise ActionRefused(self._unknown("experiment", experiment, seen))

    async def marked(self, mark: str) -> tuple[Run, ...]:
        """Return the runs whose name holds a mark, the newest first.

        Raises:
            ActionRefused: they cannot be read, or what answers does not filter, so that one may be missing.
        """
        predicate = {"operation": "IS_SUBSTRING", "key": "display_name", "stringValue": mark}
        asked = {**_of(self.settings.namespace), "page_size": FEW, "sort_by": _NEWEST, **_filter(predicate)}
        answer = await self._get("the runs", RUNS, asked, _Runs)
        runs = answer.runs or ()
        if any(mark not in (run.display_name or "") for run in runs):
            raise ActionRefused(f"{self.settings.name} tells of runs that were not asked for: it does not filter them")
        return runs

    async def active(self) -> tuple[tuple[Run, ...], bool]:
        """Return the runs that have not ended, and whether these are all.

        Raises:
            ActionRefused: they cannot be read.
        """
        predicate = {"operation": "IN", "key": "state", "stringValues": {"values": list(ACTIVE)}}
        asked = {**_of(self.settings.namespace), "page_size": PAGE, "sort_by": _NEWEST, **_filter(predicate)}
        answer = await self._get("the runs", RUNS, asked, _Runs)
        return tuple(run for run in answer.runs or () if not run.has_ended), not answer.next_page_token

    async def run(self, run_id: str) -> Run:
        """Return a run by its id.

        Raises:
            ActionRefused: it cannot be read.
        """
        return await self._get("the run", f"{RUNS}/{quote(run_id, safe='')}", {}, Run)

    async def send(self, path: str, document: Any) -> Sent:
        """Post a document once; no failure of the server raises.

        Raises:
            ActionRefused: a secret cannot be read.
        """
        door = await self._opened()
        return await send(door.endpoint, "POST", path, document, seconds=self.settings.timeout)

    async def aclose(self) -> None:
        """Close all connections."""
        if self._door is not None:
            await self._door.aclose()

    async def _get(self, what: str, path: str, fields: Mapping[str, str], kind: type[Answer]) -> Answer:
        door, name = await self._opened(), self.settings.name
        try:
            reply = await door.get(path, fields, deadline_seconds=self.settings.timeout)
            try:
                return msgspec.json.decode(reply.body, type=kind)
            except UNREADABLE as error:
                raise not_an_answer(reply, error, "Kubeflow Pipelines") from None
        except Unauthorized as error:
            raise ActionRefused(f"{name} does not let this console read {what}: {error.detail}") from error
        except SourceError as error:
            raise ActionRefused(f"{what} of {name} cannot be read: {error.detail}") from error

    async def _opened(self) -> HttpDoor:
        async with self._opening:
            if self._door is None:
                try:
                    (endpoint,) = await asyncio.to_thread(endpoints_of, self.settings, self._environment)
                    self._door = HttpDoor(endpoint, at_once=2, probe=PROBE)
                except (SecretUnavailable, BadEndpoint) as error:
                    raise ActionRefused(f"{self.settings.name} cannot be asked: {error}") from error
            return self._door

    def _unknown(self, kind: str, name: str, seen: Iterable[Any]) -> str:
        names = {harmless(each.display_name or each.name or "") for each in seen}
        if len(names) > _MOST_NAMES:
            meant = nearest(name, sorted(names))
            known = f"nearest: {meant}" if meant else f"nor one that is called alike among {len(names)}"
        else:
            known = did_you_mean(name, names) if names else "it has none"
        return f"{self.settings.name} has no {kind} '{harmless(name)}', {known}"


class Servers(ServersOfAKind[KubeflowServer]):
    """The Kubeflow Pipelines of the settings, by place."""

    KIND = "Kubeflow"


def _of(namespace: str | None) -> dict[str, str]:
    return {"namespace": namespace} if namespace else {}


def _filter(predicate: Mapping[str, Any]) -> dict[str, str]:
    return {"filter": msgspec.json.encode({"predicates": [predicate]}).decode()}


def _named(name: str) -> dict[str, str]:
    return _filter({"operation": "EQUALS", "key": "display_name", "stringValue": name})


Named = TypeVar("Named", _Pipeline, PipelineVersion, _Experiment)


def _called(name: str, found: Sequence[Named]) -> Named | None:
    return next((each for each in found if name in (each.display_name, each.name)), None)
