"""The Kubernetes transport: kr8s authenticates and carries, everything that must not go wrong is decided here."""

import asyncio
from pathlib import Path

from console import __version__
from console.transport.kubernetes import errors
from console.transport.kubernetes.answering_transport import AnsweringTransport
from console.transport.kubernetes.answers import Answer
from console.transport.kubernetes.authentication import AnswerTooLarge, Connection, authenticate
from console.transport.kubernetes.kubeconfig import check_context
from console.transport.kubernetes.requests import ApiRequest

USER_AGENT = f"incident-console/{__version__}"
DEADLINE_SECONDS = 10.0

_CONNECT_SHARE = 1 / 3
"""Connecting and the TLS handshake may each take this part of a deadline: a dead host must end before the deadline
does, because after it nobody knows whether the request was sent."""


class Kr8sTransport(AnsweringTransport):
    """Sends requests to the API server of one context of one kubeconfig, each within `deadline_seconds`.

    `key_directory` is a directory of the user's own for private keys that must be files for a moment.

    Raises:
        KubeconfigError: the kubeconfig has no such context, or one that cannot be used.
    """

    def __init__(
        self, kubeconfig: Path, context: str, *, key_directory: Path, deadline_seconds: float = DEADLINE_SECONDS
    ) -> None:
        check_context(kubeconfig, context)
        self._kubeconfig = kubeconfig
        self._context = context
        self._key_directory = key_directory
        self._deadline_seconds = deadline_seconds
        self._connection: Connection | None = None
        self._authenticating = asyncio.Lock()

    @property
    def context(self) -> str:
        """Return the name of the context, as the kubeconfig writes it."""
        return self._context

    async def close(self) -> None:
        """Close every connection; requests in flight are cut."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _answer(self, request: ApiRequest) -> Answer:
        deadline = asyncio.get_running_loop().time() + self._deadline_seconds
        connection = self._connection if not self._authenticating.locked() else None
        if connection is None:
            connection = await self._authenticated(request, deadline, refused=None)
        answer = await self._exchange(connection, request, deadline)
        if answer.status == 401:
            # Tokens expire. A read is asked again with new credentials; a mutation is not: the next request gets them.
            if request.mutates:
                await self._drop(connection)
            else:
                connection = await self._authenticated(request, deadline, refused=connection)
                answer = await self._exchange(connection, request, deadline)
        return answer

    async def _authenticated(self, request: ApiRequest, deadline: float, refused: Connection | None) -> Connection:
        """Return a connection other than the refused one, with fresh credentials if there is none yet."""
        import anyio

        remaining = max(0.0, deadline - asyncio.get_running_loop().time())
        try:
            # anyio's timeout, not asyncio's: it goes on cancelling until an exec plugin that hangs is killed.
            with anyio.fail_after(remaining):
                return await self._other_than(refused)
        except TimeoutError as error:
            message = f"no credentials within {self._deadline_seconds:g} s; nothing was sent"
            raise errors.Unreachable(request.line, message) from error
        except errors.KubeconfigError:
            raise
        except Exception as error:  # kr8s has no error type of its own for credentials
            message = f"no credentials for context {self._context!r}: {error}"
            raise errors.Unreachable(request.line, message) from error

    async def _other_than(self, refused: Connection | None) -> Connection:
        async with self._authenticating:
            if self._connection is None or self._connection is refused:
                fresh = await authenticate(self._kubeconfig, self._context, self._key_directory)
                old, self._connection = self._connection, fresh
                if old is not None:
                    await old.retire()
            return self._connection

    async def _drop(self, connection: Connection) -> None:
        if self._connection is connection:
            self._connection = None
        await connection.retire()

    async def _exchange(self, connection: Connection, request: ApiRequest, deadline: float) -> Answer:
        import httpx

        remaining = max(0.0, deadline - asyncio.get_running_loop().time())
        connecting = remaining * _CONNECT_SHARE
        limits = httpx.Timeout(None, connect=connecting, pool=connecting)  # what is sent ends by the deadline of all
        never_sent = (
            httpx.ConnectError,
            httpx.ConnectTimeout,
            httpx.PoolTimeout,
            httpx.ProxyError,
            httpx.UnsupportedProtocol,
        )
        try:
            async with asyncio.timeout_at(deadline):
                return await connection.exchange(request, user_agent=USER_AGENT, limits=limits)
        except httpx.TimeoutException as error:
            raise self._silence(request, "the deadline passed", sent=not isinstance(error, never_sent)) from error
        except TimeoutError as error:
            raise self._silence(request, "the deadline passed", sent=True) from error
        except (httpx.RequestError, RuntimeError) as error:
            # RuntimeError is all that httpx says of a client that is closed, or of an answer that is read twice.
            why = f"{type(error).__name__}: {error}"
            raise self._silence(request, why, sent=not isinstance(error, never_sent)) from error
        except AnswerTooLarge as error:
            raise self._silence(request, "the answer is larger than 64 MiB", sent=True) from error

    def _silence(self, request: ApiRequest, why: str, *, sent: bool) -> errors.KubernetesError:
        """Return the error of a request that got no complete answer."""
        if not sent:
            return errors.Unreachable(request.line, f"{why}; nothing was sent" if request.mutates else why)
        if request.mutates:
            return errors.OutcomeUnknown(request.line, f"{why} after the request was sent", may_have_been_applied=True)
        return errors.NoAnswer(request.line, f"{why} (within {self._deadline_seconds:g} s)")
