"""The body of an answer, read and unpacked within bounds: a server that lies must fill neither memory nor time."""

import zlib

from console.transport.errors import ServerFault, TooLarge
from console.transport.http.endpoint import Endpoint
from console.transport.http.library import httpx

_GZIP = zlib.MAX_WBITS | 16
_MEBIBYTE = 1024 * 1024


async def read_body(response: httpx.Response, endpoint: Endpoint) -> bytes:
    """Return the body of an answer whose head has come.

    It is unpacked as it comes and never further than the endpoint's limit: a few kilobytes may unpack to gigabytes.

    Raises:
        TooLarge: it is larger than the limit; no more than that was held, nothing where its head had said so.
        ServerFault: it is packed in a way that was not asked for, or broken.
    """
    limit = endpoint.largest_reply_bytes
    packed = response.headers.get("content-encoding", "identity").strip().lower()
    if packed not in ("gzip", "identity", ""):
        raise ServerFault(f"{endpoint.name} sent a body packed as {endpoint.redact(packed)}, which nobody asked for")
    promised = response.headers.get("content-length", "")
    if promised.isascii() and promised.isdecimal() and int(promised[:20]) > limit:
        raise _too_large(endpoint)
    unpacker = zlib.decompressobj(_GZIP) if packed == "gzip" else None
    chunks: list[bytes] = []
    room = limit
    async for raw in response.aiter_raw():
        chunk = raw if unpacker is None else _unpacked(unpacker, raw, room, endpoint)
        room -= len(chunk)
        if room < 0:
            raise _too_large(endpoint)
        chunks.append(chunk)
    if unpacker is not None and not unpacker.eof and chunks:
        raise ServerFault(f"{endpoint.name} sent a body that cannot be unpacked: its end is missing")
    return b"".join(chunks)


def _unpacked(unpacker: "zlib._Decompress", raw: bytes, room: int, endpoint: Endpoint) -> bytes:
    """Return at most one byte more than there is room for."""
    try:
        return unpacker.decompress(raw, room + 1)
    except zlib.error as error:
        raise ServerFault(f"{endpoint.name} sent a body that cannot be unpacked: {error}") from None


def _too_large(endpoint: Endpoint) -> TooLarge:
    limit = endpoint.largest_reply_bytes
    size = f"{limit // _MEBIBYTE} MiB" if limit % _MEBIBYTE == 0 else f"{limit:,} bytes"
    return TooLarge(f"{endpoint.name} sent more than {size}; ask for less")
