"""The one door to a Kubernetes API server: what the rest of the console knows of it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from console.transport.kubernetes.requests import FIELD_MANAGER

NO_QUERY: Mapping[str, str] = {}


class KubernetesTransport(Protocol):
    """Sends requests to the API server of one exact context.

    Every call ends within the transport's deadline and raises a `KubernetesError` unless the API answered with success.
    A request that may change the cluster leaves at most once, whatever happens. Writes are strict: unknown fields are
    refused. Paths come from `object_path`.
    """

    @property
    def context(self) -> str:
        """Return the name of the context, as the kubeconfig writes it."""
        ...

    async def get(self, path: str, *, query: Mapping[str, str] = NO_QUERY) -> dict[str, Any]:
        """Return an object, or a list of them."""
        ...

    async def get_text(self, path: str, *, query: Mapping[str, str] = NO_QUERY) -> str:
        """Return what is no JSON: the log of a pod. What cannot be decoded as UTF-8 is replaced; the text is hostile.

        Bound it by the query (`tailLines`, `limitBytes`): an answer larger than 64 MiB is a failure.
        """
        ...

    async def patch(
        self,
        path: str,
        body: Sequence[Mapping[str, Any]] | Mapping[str, Any],
        *,
        content_type: str,
        dry_run: bool,
        field_manager: str = FIELD_MANAGER,
    ) -> dict[str, Any]:
        """Return the object after a patch (`content_type` is a `PatchType`); a dry run changes nothing.

        Raises:
            PreconditionFailed: a JSON patch with `test` operations did not apply.
        """
        ...

    async def create(
        self, path: str, body: Mapping[str, Any], *, dry_run: bool = False, field_manager: str = FIELD_MANAGER
    ) -> dict[str, Any]:
        """Return the object created in a collection.

        Raises:
            AlreadyExists: its name is taken.
        """
        ...

    async def replace(
        self, path: str, body: Mapping[str, Any], *, dry_run: bool = False, field_manager: str = FIELD_MANAGER
    ) -> dict[str, Any]:
        """Return the object after it was replaced (PUT) by a changed copy of what was read.

        Raises:
            Conflict: the object changed since the `metadata.resourceVersion` that the body carries.
            ValueError: the body carries none.
        """
        ...

    async def delete(self, path: str, *, uid: str, dry_run: bool = False) -> dict[str, Any]:
        """Return what the API says of the deletion of the object with this uid (a precondition of the request).

        Raises:
            Conflict: another object has that name by now.
            ValueError: the uid is empty.
        """
        ...

    async def can_i(
        self, verb: str, group: str, resource: str, subresource: str = "", namespace: str = "", name: str = ""
    ) -> bool:
        """Return whether the API server says that these credentials may do something (a SelfSubjectAccessReview)."""
        ...

    async def close(self) -> None:
        """Close every connection; requests in flight are cut."""
        ...
