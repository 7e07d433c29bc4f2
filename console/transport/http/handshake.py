"""What a server says right after a TLS handshake, for connections that broke without a word."""

import asyncio
import ssl
from urllib.parse import urlsplit

from console.transport.errors import TlsFailed
from console.transport.http.connection import cause_in_words, is_refused_by_tls
from console.transport.http.endpoint import Endpoint

WAIT_SECONDS = 1.0
"""A server that accepts the client waits for a request, and this is how long it is listened to."""


async def refusal_after_handshake(endpoint: Endpoint, context: ssl.SSLContext) -> TlsFailed | None:
    """Return why a server closes connections of this client, None where it does not, or does not say.

    With TLS 1.3 a server refuses a client's certificate after the client has finished its part. A client that has begun
    to send its request may find the connection gone before it reads why; one that only listens does not.
    """
    parts = urlsplit(endpoint.url)
    if not endpoint.encrypted or endpoint.trust_environment:  # a proxy's connection is not ours to look at
        return None
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            reader, writer = await asyncio.open_connection(
                parts.hostname,
                parts.port or 443,
                ssl=context,
                server_hostname=endpoint.tls.server_name or parts.hostname,
            )
            try:
                await reader.read(1)
            finally:
                writer.close()
    except OSError as error:  # TimeoutError is one
        if isinstance(error, ssl.SSLError) and is_refused_by_tls(error):
            return TlsFailed(f"{endpoint.name}: {endpoint.redact(cause_in_words(error, endpoint.tls))}")
    return None
