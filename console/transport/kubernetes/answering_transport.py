"""What every transport sends, made of its one way to get the answer to a request."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from console.transport.kubernetes.answers import Answer, document_of, is_allowed, text_of
from console.transport.kubernetes.protocol import NO_QUERY
from console.transport.kubernetes.requests import (
    ANYTHING,
    FIELD_MANAGER,
    ApiRequest,
    access_review,
    creating,
    deleting,
    patching,
    replacing,
)


class AnsweringTransport(ABC):
    """A `KubernetesTransport` but for how it gets an answer, which is all that differs."""

    async def get(self, path: str, *, query: Mapping[str, str] = NO_QUERY) -> dict[str, Any]:
        """Return an object, or a list of them."""
        return await self._send(ApiRequest(method="GET", path=path, query=query))

    async def get_text(self, path: str, *, query: Mapping[str, str] = NO_QUERY) -> str:
        """Return what is no JSON; see `KubernetesTransport.get_text`."""
        request = ApiRequest(method="GET", path=path, query=query, accept=ANYTHING)
        return text_of(request, await self._answer(request))

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
        return await self._send(patching(path, body, content_type, dry_run=dry_run, field_manager=field_manager))

    async def create(
        self, path: str, body: Mapping[str, Any], *, dry_run: bool = False, field_manager: str = FIELD_MANAGER
    ) -> dict[str, Any]:
        """Return the object created in a collection; see `KubernetesTransport.create`."""
        return await self._send(creating(path, body, dry_run=dry_run, field_manager=field_manager))

    async def replace(
        self, path: str, body: Mapping[str, Any], *, dry_run: bool = False, field_manager: str = FIELD_MANAGER
    ) -> dict[str, Any]:
        """Return the object after it was replaced; see `KubernetesTransport.replace`."""
        return await self._send(replacing(path, body, dry_run=dry_run, field_manager=field_manager))

    async def delete(self, path: str, *, uid: str, dry_run: bool = False) -> dict[str, Any]:
        """Return what the API says of a deletion; see `KubernetesTransport.delete`."""
        return await self._send(deleting(path, uid=uid, dry_run=dry_run))

    async def can_i(
        self, verb: str, group: str, resource: str, subresource: str = "", namespace: str = "", name: str = ""
    ) -> bool:
        """Return whether the API server says that these credentials may do something."""
        return is_allowed(await self._send(access_review(verb, group, resource, subresource, namespace, name)))

    @abstractmethod
    async def _answer(self, request: ApiRequest) -> Answer:
        """Send one request, and return the answer of the API whatever its status is.

        Raises:
            KubernetesError: there is no answer; the error tells whether the request may have been sent.
        """

    async def _send(self, request: ApiRequest) -> dict[str, Any]:
        return document_of(request, await self._answer(request))
