"""The door: sends one request within its deadline, over so many connections, and tries again where that is right."""

import asyncio
import random
import ssl
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from console.settings.secrets import SecretUnavailable
from console.transport.errors import (
    ConnectionBroke,
    ServerFault,
    SourceError,
    TimedOut,
    TlsFailed,
    Unauthorized,
    Unreachable,
)
from console.transport.http.body import read_body
from console.transport.http.breaker import Breaker
from console.transport.http.connection import cause_in_words, is_refused_by_tls, tls_context, written_at
from console.transport.http.endpoint import BadEndpoint, Endpoint
from console.transport.http.library import httpx
from console.transport.http.pool import connections_to
from console.transport.http.reply import Reply, error_of, server_clock
from console.transport.http.request import Fields, address, form_body, headers_to
from console.transport.http.retries import RetryPolicy

PROBE_SECONDS = 3.0
"""How long a server may take to answer a probe, connecting included."""

Explain = Callable[[Reply], SourceError | None]


class Probe(NamedTuple):
    """A GET that costs a server next to nothing and that it answers when it works."""

    path: str
    parameters: Fields


ROOT = Probe("/", {})


class HttpDoor:
    """Sends reading requests to one endpoint over at most `at_once` connections.

    Requests may be sent twice (a connection that broke before an answer is tried again), so this door is for requests
    that change nothing. A server that fails again and again is sent only `probe` (see `Breaker`). `explain` turns
    the body of a failed answer into a typed error, or returns None when it does not know the body; `doubt` returns why
    a successful answer is none of the service, None where it may be one. Close with `aclose`, or use as an asynchronous
    context manager.

    Raises:
        BadEndpoint: httpx cannot use the endpoint, or its files for TLS cannot be used.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        at_once: int = 5,
        retries: RetryPolicy | None = None,
        explain: Explain | None = None,
        doubt: Explain | None = None,
        probe: Probe = ROOT,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self.endpoint = endpoint
        self._retries = retries or RetryPolicy()
        self._explain = explain
        self._doubt = doubt
        self._probe = probe
        self._clock = clock
        self._breaker = Breaker(clock, random)
        self._sleep = sleep
        self._random = random
        self._wall_clock = wall_clock
        self._renewing = asyncio.Lock()
        self._not_posted: set[str] = set()
        self.clock_skew = 0.0
        """How far the server's clock is ahead of this machine's (seconds) by its last answer, to about a second."""
        server_name = endpoint.tls.server_name
        self._extensions = None if server_name is None else {"sni_hostname": server_name}
        self._at_once = at_once
        self._client = self._opened()

    def _opened(self) -> httpx.AsyncClient:
        self._files = written_at(self.endpoint.tls)
        self._context = tls_context(self.endpoint)
        return connections_to(self.endpoint, self._context, self._at_once)

    async def __aenter__(self) -> "HttpDoor":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def get(self, path: str, parameters: Fields, *, deadline_seconds: float) -> Reply:
        """Return the successful answer to a GET; see `post`."""
        return await self._answer("GET", path, parameters, None, deadline_seconds)

    async def post(self, path: str, form: Fields, *, deadline_seconds: float) -> Reply:
        """Return the successful answer to a POST of a form.

        The deadline covers everything: connecting, reading and trying again. Where something on the way refuses to
        post (a proxy that lets only reading pass, Grafana's), the form is sent as the parameters of a GET from then on.

        Raises:
            SourceError: one of its kinds, when no successful answer came.
        """
        if path in self._not_posted:
            return await self.get(path, form, deadline_seconds=deadline_seconds)
        return await self._answer("POST", path, None, form, deadline_seconds)

    async def answers(self) -> bool:
        """Return whether the server answers a probe, sent now."""
        sent_at = self._clock()
        try:
            await self._send_probe()
        except SourceError as error:
            self._breaker.failed(error, sent_at)
            return False
        self._breaker.answered()
        return True

    async def _send_probe(self) -> None:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await self._try_with_fresh_secrets("GET", self._probe.path, self._probe.parameters, None)
        except TimeoutError:
            raise TimedOut(f"{self.endpoint.name} did not answer within {PROBE_SECONDS:g} s") from None

    async def _answer(
        self, method: str, path: str, parameters: Fields | None, form: Fields | None, deadline_seconds: float
    ) -> Reply:
        deadline = asyncio.get_running_loop().time() + deadline_seconds
        late = TimedOut(f"{self.endpoint.name} did not answer within {deadline_seconds:g} s")
        if self._breaker.is_open:
            try:
                async with asyncio.timeout_at(deadline):
                    await self._breaker.admit(self._send_probe)
            except TimeoutError:
                raise late from None
        sent_at = self._clock()
        try:
            async with asyncio.timeout_at(deadline):
                reply = await self._try_again_and_again(method, path, parameters, form, deadline)
        except TimeoutError:
            self._breaker.failed(late, sent_at)
            raise late from None
        except SourceError as error:
            self._breaker.failed(error, sent_at)
            raise
        self._breaker.answered()
        return reply

    async def _try_again_and_again(
        self, method: str, path: str, parameters: Fields | None, form: Fields | None, deadline: float
    ) -> Reply:
        clock = asyncio.get_running_loop().time
        tried = 0
        while True:
            tried += 1
            try:
                return await self._try_with_fresh_secrets(method, path, parameters, form)
            except SourceError as error:
                delay = self._retries.delay_before_next(error, tried, deadline - clock(), self._random)
                if delay is None or self._breaker.is_open:
                    raise await self._told_by_tls(error) or error from None
                failed = error
            await self._sleep(delay)
            if self._breaker.is_open:  # requests beside this one failed meanwhile
                raise failed

    async def _try_with_fresh_secrets(
        self, method: str, path: str, parameters: Fields | None, form: Fields | None
    ) -> Reply:
        refused, client = self.endpoint, self._client
        try:
            return await self._try_once(method, path, parameters, form)
        except Unreachable:
            if not self.endpoint.encrypted or not await self._reopen(client):
                raise
        except Unauthorized as error:
            if not await self._renew(refused, error):
                raise
        return await self._try_once(method, path, parameters, form)

    async def _reopen(self, failed: httpx.AsyncClient) -> bool:
        """Take the files for TLS as they are now, unless a request beside this one has; return whether they changed.

        Certificates of clients often live for hours, shorter than a console.
        """
        async with self._renewing:
            if self._client is failed:
                if written_at(self.endpoint.tls) == self._files:
                    return False
                try:
                    self._client = self._opened()
                except BadEndpoint:  # a file is being written: the next refusal looks again
                    self._files = ()
                    return False
                await failed.aclose()
        return True

    async def _renew(self, refused: Endpoint, error: Unauthorized) -> bool:
        """Read the secrets again, unless a request beside this one has; return whether they are others now."""
        async with self._renewing:
            if self.endpoint is refused and refused.renew is not None:
                try:
                    self.endpoint = await asyncio.to_thread(refused.renew)
                except SecretUnavailable as reason:
                    raise Unauthorized(f"{error.detail}; {reason}") from None
        return (self.endpoint.credentials, self.endpoint.headers) != (refused.credentials, refused.headers)

    async def _try_once(self, method: str, path: str, parameters: Fields | None, form: Fields | None) -> Reply:
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            async with self._client.stream(
                method,
                address(self.endpoint.url + path),
                params=parameters,
                content=None if form is None else form_body(form),
                headers=headers_to(self.endpoint, has_form=form is not None),
                extensions=self._extensions,
                timeout=httpx.Timeout(None, connect=self.endpoint.connect_timeout_seconds),
            ) as response:
                told, now = server_clock(response.headers), self._wall_clock()
                body = await read_body(response, self.endpoint)
                headers = dict(response.headers.items())
        except (httpx.TransportError, ssl.SSLError) as error:
            # A server that refuses a client's certificate says so after the handshake, which httpx passes on as it is.
            raise self._transport_error(error) from None
        reply = Reply(self.endpoint, response.status_code, headers, body, clock() - started)
        if reply.status < 300:
            if self._doubt and (another := self._doubt(reply)):
                raise another
            self.clock_skew = 0.0 if told is None else told - now
            return reply
        if method == "POST" and _refuses_to_post(reply):
            self._not_posted.add(path)
            return await self._try_once("GET", path, form, None)
        known = self._explain(reply) if self._explain else None
        raise known or error_of(reply, self._wall_clock())

    async def _told_by_tls(self, error: SourceError) -> SourceError | None:
        """Return why TLS ended a connection that broke without a word, None where that was not its doing."""
        if not self.endpoint.encrypted or not isinstance(error, ConnectionBroke):
            return None
        from console.transport.http.handshake import refusal_after_handshake

        return await refusal_after_handshake(self.endpoint, self._context)

    def _transport_error(self, error: httpx.TransportError | ssl.SSLError) -> SourceError:
        name = self.endpoint.name
        why = self.endpoint.redact(cause_in_words(error, self.endpoint.tls))
        if is_refused_by_tls(error):
            return TlsFailed(f"{name}: {why}")
        if isinstance(error, httpx.ConnectTimeout):
            seconds = self.endpoint.connect_timeout_seconds
            return Unreachable(f"{name}: no connection within {seconds:g} s", worth_retrying=True)
        if isinstance(error, httpx.ConnectError):
            return Unreachable(f"{name}: {why}", worth_retrying=True)
        if isinstance(error, httpx.UnsupportedProtocol | httpx.ProxyError):
            return Unreachable(f"{name}: {why}")
        if isinstance(error, httpx.RemoteProtocolError) and "without sending a response" in str(error):
            # A server closes idle connections when it likes; the next try opens a new one.
            return ConnectionBroke(f"{name}: the connection was closed before an answer", worth_retrying=True)
        if isinstance(error, httpx.NetworkError | ssl.SSLError):
            return ConnectionBroke(f"{name}: the connection broke: {why}", worth_retrying=True)
        return ServerFault(f"{name}: the answer broke off: {why}")


def _refuses_to_post(reply: Reply) -> bool:
    """Return whether the method, not the request, was refused; Grafana says so with the status of a lack of rights."""
    return reply.status == 405 or (reply.status == 403 and b"not allowed on proxied" in reply.body)
