"""A door to a Kubernetes API server that remembers what was read ahead of a question, for some seconds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import msgspec

from console.transport.kubernetes.errors import Forbidden, KubernetesError, NotFound
from console.transport.kubernetes.protocol import NO_QUERY, KubernetesTransport
from console.transport.kubernetes.requests import FIELD_MANAGER

REMEMBERED_SECONDS = 7.5
"""Half a refresh by default, and less than the age at which a plan is made anew before it is sent: one that is made of
the oldest of it can still be sent as it is shown."""

_Question = tuple[str, tuple[tuple[str, str], ...]]
"""The path of a reading and its query."""


class _Remembered:
    """A document as it was read, or why there is none, asked for at an instant (UTC seconds)."""

    def __init__(self, asked_at: float, answer: dict[str, Any] | Forbidden | NotFound) -> None:
        self.asked_at = asked_at
        self._refusal = answer if isinstance(answer, KubernetesError) else None
        self._written = msgspec.json.encode(answer) if isinstance(answer, dict) else b""
        self._untold = answer if isinstance(answer, dict) else None
        """Kept for whoever wants it first, since they wait for it."""

    def told(self) -> dict[str, Any]:
        """Return the document as nobody else has it.

        Raises:
            Forbidden: it may not be read.
            NotFound: there is no such object, or no such kind of object.
        """
        untold, self._untold = self._untold, None
        return self.copy() if untold is None else untold

    def copy(self) -> dict[str, Any]:
        """Return a copy of the document; see `told`."""
        if self._refusal is not None:
            raise self._refusal.with_traceback(None)
        return msgspec.json.decode(self._written, type=dict[str, Any])


class _Visit:
    """Somebody at the door, until they are done: a task that they began and that goes on after them is nobody then."""

    is_over = False


class _ReadingAhead(_Visit):
    """Whoever reads ahead, and what they have asked already."""

    def __init__(self) -> None:
        self.asked: set[_Question] = set()


class Recollection(_Visit):
    """What somebody was told from memory: `since` is when the oldest of it was asked for, None where nothing was.

    `was_tried` says whether the server was asked for a dry run beside it.
    """

    def __init__(self) -> None:
        self.since: float | None = None
        self.was_tried = False

    def note(self, asked_at: float) -> None:
        """Take note that an answer to a question of an instant (UTC seconds) was told."""
        self.since = asked_at if self.since is None else min(self.since, asked_at)


_Visitor = TypeVar("_Visitor", bound=_Visit)
_READING_AHEAD: ContextVar[_ReadingAhead | None] = ContextVar("reading ahead", default=None)
_RECOLLECTING: ContextVar[Recollection | None] = ContextVar("recollecting", default=None)


class RememberingTransport:
    """A `KubernetesTransport` for which something can be read ahead, so that whoever wants it soon need not wait.

    Only what is read within `reading_ahead` is remembered, only who asks within `recollecting` is told of it, and for
    `REMEMBERED_SECONDS` at most. Whatever may change the cluster makes it forget everything. That something is not
    there, or may not be read, is remembered like an answer; other failures, texts, permissions and dry runs are not.

    Args:
        cluster: what is asked.
        clock: returns the time (UTC seconds).
    """

    def __init__(self, cluster: KubernetesTransport, clock: Callable[[], float]) -> None:
        self._cluster = cluster
        self._clock = clock
        self._remembered: dict[_Question, _Remembered] = {}
        self._times_forgotten = 0

    @contextmanager
    def reading_ahead(self) -> Iterator[None]:
        """Remember what is read in here; what was asked in here once already is not asked again."""
        self._let_go_of_what_is_old()
        with _visiting(_READING_AHEAD, _ReadingAhead()):
            yield

    @contextmanager
    def recollecting(self) -> Iterator[Recollection]:
        """Tell who reads in here what is remembered, and note how old it is."""
        with _visiting(_RECOLLECTING, Recollection()) as recollection:
            yield recollection

    def forget(self) -> None:
        """Remember nothing any more: the cluster may have changed."""
        self._remembered.clear()
        self._times_forgotten += 1

    @property
    def context(self) -> str:
        """Return the name of the context, as the kubeconfig writes it."""
        return self._cluster.context

    async def get(self, path: str, *, query: Mapping[str, str] = NO_QUERY) -> dict[str, Any]:
        """Return an object, or a list of them."""
        question = path, tuple(sorted(query.items()))
        recollection, reading = _present(_RECOLLECTING), _present(_READING_AHEAD)
        known = self._fresh(question)
        if known is not None and recollection is not None:
            recollection.note(known.asked_at)
            return known.told()
        if reading is None:
            self._let_go_of_what_is_old()
            return await self._cluster.get(path, query=query)
        if known is None or question not in reading.asked:
            known = await self._read(question, path, query)
            reading.asked.add(question)
        return known.copy()

    async def get_text(self, path: str, *, query: Mapping[str, str] = NO_QUERY) -> str:
        """Return what is no JSON; see `KubernetesTransport.get_text`."""
        return await self._cluster.get_text(path, query=query)

    async def patch(
        self,
        path: str,
        body: Sequence[Mapping[str, Any]] | Mapping[str, Any],
        *,
        content_type: str,
        dry_run: bool,
        field_manager: str = FIELD_MANAGER,
    ) -> dict[str, Any]:
        """Return the object after a patch; see `KubernetesTransport.patch`."""
        with self._writing(dry_run=dry_run):
            return await self._cluster.patch(
                path, body, content_type=content_type, dry_run=dry_run, field_manager=field_manager
            )

    async def create(
        self, path: str, body: Mapping[str, Any], *, dry_run: bool = False, field_manager: str = FIELD_MANAGER
    ) -> dict[str, Any]:
        """Return the object created in a collection; see `KubernetesTransport.create`."""
        with self._writing(dry_run=dry_run):
            return await self._cluster.create(path, body, dry_run=dry_run, field_manager=field_manager)

    async def replace(
        self, path: str, body: Mapping[str, Any], *, dry_run: bool = False, field_manager: str = FIELD_MANAGER
    ) -> dict[str, Any]:
        """Return the object after it was replaced; see `KubernetesTransport.replace`."""
        with self._writing(dry_run=dry_run):
            return await self._cluster.replace(path, body, dry_run=dry_run, field_manager=field_manager)

    async def delete(self, path: str, *, uid: str, dry_run: bool = False) -> dict[str, Any]:
        """Return what the API says of a deletion; see `KubernetesTransport.delete`."""
        with self._writing(dry_run=dry_run):
            return await self._cluster.delete(path, uid=uid, dry_run=dry_run)

    async def can_i(
        self, verb: str, group: str, resource: str, subresource: str = "", namespace: str = "", name: str = ""
    ) -> bool:
        """Return whether the API server says that these credentials may do something."""
        return await self._cluster.can_i(verb, group, resource, subresource, namespace, name)

    async def close(self) -> None:
        """Close every connection; requests in flight are cut."""
        await self._cluster.close()

    async def _read(self, question: _Question, path: str, query: Mapping[str, str]) -> _Remembered:
        """Ask the cluster, and remember what it answered."""
        asked_at, times_forgotten = self._clock(), self._times_forgotten
        answer: dict[str, Any] | Forbidden | NotFound
        try:
            answer = await self._cluster.get(path, query=query)
        except (Forbidden, NotFound) as refusal:
            answer = refusal
        remembered = _Remembered(asked_at, answer)
        if times_forgotten == self._times_forgotten:  # else it may be from before a change
            self._remembered[question] = remembered
        return remembered

    def _fresh(self, question: _Question) -> _Remembered | None:
        known = self._remembered.get(question)
        return known if known is not None and self._is_fresh(known) else None

    def _is_fresh(self, known: _Remembered) -> bool:
        return 0 <= self._clock() - known.asked_at <= REMEMBERED_SECONDS

    def _let_go_of_what_is_old(self) -> None:
        """Hold nothing that nobody can be told any more: a list of all that a namespace holds may be large."""
        if self._remembered:
            self._remembered = {asked: each for asked, each in self._remembered.items() if self._is_fresh(each)}

    @contextmanager
    def _writing(self, *, dry_run: bool) -> Iterator[None]:
        """Forget everything around what may change the cluster: what is read meanwhile may be from before it."""
        recollection = _present(_RECOLLECTING)
        if recollection is not None and dry_run:
            recollection.was_tried = True
        if dry_run:
            yield
            return
        self.forget()
        try:
            yield
        finally:
            self.forget()


@contextmanager
def _visiting(variable: ContextVar[_Visitor | None], visitor: _Visitor) -> Iterator[_Visitor]:
    token = variable.set(visitor)
    try:
        yield visitor
    finally:
        visitor.is_over = True
        variable.reset(token)


def _present(variable: ContextVar[_Visitor | None]) -> _Visitor | None:
    visitor = variable.get()
    return visitor if visitor is not None and not visitor.is_over else None
