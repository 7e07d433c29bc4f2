"""What kr8s is used for: reading credentials (tokens, certificates, exec plugins) and one session made with them.

Its helpers on top of that resend refused requests, close sessions that are in use and wait without end; none of them
is called.
"""

import contextlib
import contextvars
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from console.transport.kubernetes.answers import Answer
from console.transport.kubernetes.errors import KubeconfigError
from console.transport.kubernetes.key_files import key_directory
from console.transport.kubernetes.kubeconfig import token_in_file
from console.transport.kubernetes.requests import ApiRequest, encoded

if TYPE_CHECKING:
    from httpx import AsyncClient, Timeout
    from kr8s.asyncio import Api

_LARGEST_ANSWER_BYTES = 64 * 1024 * 1024
_HEADERS_OF_A_REQUEST = frozenset({b"user-agent", b"content-type", b"accept"})
_KEY_DIRECTORY: contextvars.ContextVar[str] = contextvars.ContextVar("key_directory")


class AnswerTooLarge(Exception):
    """An answer that this program is not willing to hold."""


class Connection:
    """An authenticated session; retired, it is closed once its last request has ended.

    Requests are made here and sent on the session of kr8s: its `call_api`, and the merging of addresses and headers in
    httpx, cost a quarter of a request again.
    """

    def __init__(self, api: "Api") -> None:
        self._session = _session_of(api)
        self._headers = _headers_for_all(self._session)
        name = api.auth.tls_server_name
        self._extensions: dict[str, object] = {"sni_hostname": name} if name else {}
        self._requests_in_flight = 0
        self._retired = False

    async def exchange(self, request: ApiRequest, *, user_agent: str, limits: "Timeout") -> Answer:
        """Send one request, once, and return the complete answer.

        Raises:
            httpx.RequestError: the connection failed, a timeout passed, or the answer cannot be unpacked.
            RuntimeError: the session was closed meanwhile.
            AnswerTooLarge: the answer exceeds 64 MiB.
        """
        self._requests_in_flight += 1
        try:
            return await self._exchange(request, user_agent=user_agent, limits=limits)
        finally:
            self._requests_in_flight -= 1
            if self._retired and not self._requests_in_flight:
                await self.close()

    async def retire(self) -> None:
        """Close the session as soon as nothing is in flight on it."""
        self._retired = True
        if not self._requests_in_flight:
            await self.close()

    async def close(self) -> None:
        """Close the session now."""
        await self._session.aclose()

    async def _exchange(self, request: ApiRequest, *, user_agent: str, limits: "Timeout") -> Answer:
        import httpx

        base = self._session.base_url
        query = f"?{urlencode(request.query)}" if request.query else ""
        sent = httpx.Request(
            request.method,
            base.copy_with(raw_path=base.raw_path + f"{request.path.lstrip('/')}{query}".encode()),
            headers=[
                *self._headers,
                (b"User-Agent", user_agent.encode()),
                (b"Content-Type", request.content_type.encode()),
                (b"Accept", request.accept.encode()),
            ],
            content=None if request.body is None else encoded(request.body),
            extensions={**self._extensions, "timeout": limits.as_dict()},
        )
        # A redirected mutation would be sent twice.
        response = await self._session.send(sent, stream=True, follow_redirects=False)
        try:
            held = bytearray()
            async for chunk in response.aiter_bytes():
                held += chunk
                if len(held) > _LARGEST_ANSWER_BYTES:
                    raise AnswerTooLarge
            return Answer(response.status_code, response.headers, bytes(held))
        finally:
            await response.aclose()


def _session_of(api: "Api") -> "AsyncClient":
    session = api._session  # kr8s has no public way to it
    if session is None:
        raise RuntimeError("kr8s has made no session")
    return session


def _headers_for_all(session: "AsyncClient") -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers of a session that no request has of its own: its credentials, mainly."""
    return tuple((name, value) for name, value in session.headers.raw if name.lower() not in _HEADERS_OF_A_REQUEST)


async def authenticate(kubeconfig: Path, context: str, key_base: Path) -> Connection:
    """Read credentials (which may run an exec plugin) and open a session with them; nothing is sent yet.

    Raises:
        KubeconfigError: the file that the kubeconfig names for a token has none, or no header can hold the token.
        Exception: whatever kr8s makes of bad credentials; it has no type of its own for them.
    """
    from kr8s.asyncio import Api

    _keep_key_files_in_key_directory()
    # Not kr8s.asyncio.api(): it shares instances, asks for /version without a deadline and warns on stderr.
    api = Api(
        bypass_factory=True,
        kubeconfig=str(kubeconfig),
        context=context,
        namespace="default",  # else kr8s looks at the kubeconfig's current context, which may not exist
        serviceaccount="",  # no silent fallback to the pod's own account
    )
    with key_directory(key_base) as directory:
        token = _KEY_DIRECTORY.set(str(directory))
        try:
            await api.auth.reauthenticate()
            written = token_in_file(kubeconfig, context)  # which kr8s leaves out
            if written is not None:
                api.auth.token = written
            _refuse_what_no_header_holds(api.auth.token, kubeconfig, context)
            await api._create_session()  # made lazily, two first requests would make two and close each other's
        finally:
            _KEY_DIRECTORY.reset(token)
    return Connection(api)


def _refuse_what_no_header_holds(token: object, kubeconfig: Path, context: str) -> None:
    """Refuse a token such as a block of YAML with its line break: what fails to send it would quote it."""
    written = "" if token is None else str(token)
    if not (written.isascii() and written.isprintable()):
        raise KubeconfigError(
            f"{kubeconfig}: the token of context {context!r} holds a line break or other characters that cannot be "
            "sent; expected one line of ASCII"
        )


def _keep_key_files_in_key_directory() -> None:
    """Make kr8s write keys and certificates where `key_directory` removes them, instead of leaving them in TMPDIR."""
    from kr8s import _auth

    vars(_auth)["NamedTemporaryFile"] = _named_temporary_file


@contextlib.asynccontextmanager
async def _named_temporary_file(*, delete: bool = True) -> AsyncIterator[Any]:
    from kr8s import _async_utils

    file: AbstractAsyncContextManager[Any] = _async_utils.NamedTemporaryFile(dir=_KEY_DIRECTORY.get(), delete=delete)
    async with file as path:
        yield path
