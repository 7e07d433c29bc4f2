"""The least that a summary can cost: `python benchmarks/floor.py URL REQUESTS [--stdlib]`.

Sends the requests of a file (JSON, as benchmarks/summary.py records them) to a Prometheus, decodes every answer into
floats, prints one line for each and does nothing else. Like `summary` it uses httpx, five requests at a time, without
what httpx and ssl load in vain on plain HTTP, and without the cyclic collector. With --stdlib it uses http.client, one
request after the other: the cheapest client there is, to see what the choice of httpx costs.
"""

import gc
import sys
from pathlib import Path

import msgspec

AT_ONCE = 5
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept-Encoding": "identity"}


class Recorded(msgspec.Struct):
    """A recorded request."""

    method: str
    path: str
    body: str


class Row(msgspec.Struct):
    """One series or sample; `metric` stays JSON."""

    metric: msgspec.Raw = msgspec.Raw(b"{}")
    values: list[tuple[float, float]] = []
    value: tuple[float, float] | None = None


class Result(msgspec.Struct):
    """The result of a query."""

    result: list[Row] = []


class Query(msgspec.Struct):
    """The answer to a query."""

    data: Result


def fetch_httpx(url: str, requests: list[Recorded]) -> list[bytes]:
    """Return the bodies of the answers."""
    import asyncio
    import ssl

    sys.modules["httpx._main"] = None  # type: ignore[assignment]  # its command line loads click and rich
    import httpx

    async def fetch() -> list[bytes]:
        gate = asyncio.Semaphore(AT_ONCE)
        verify = ssl.SSLContext(
            ssl.PROTOCOL_TLS_CLIENT
        )  # unused: loading the authorities would cost more than the rest
        async with httpx.AsyncClient(base_url=url, verify=verify, trust_env=False, headers=FORM, timeout=120) as client:

            async def one(request: Recorded) -> bytes:
                async with gate:
                    return (await client.request(request.method, request.path, content=request.body)).content

            return await asyncio.gather(*map(one, requests))

    return asyncio.run(fetch())


def fetch_stdlib(url: str, requests: list[Recorded]) -> list[bytes]:
    """Return the bodies of the answers."""
    from http.client import HTTPConnection

    connection = HTTPConnection(url.removeprefix("http://"))
    bodies = []
    for request in requests:
        connection.request(request.method, request.path, request.body, FORM)
        bodies.append(connection.getresponse().read())
    return bodies


def main(url: str, recorded: str, *options: str) -> None:
    """Fetch, decode, print."""
    gc.disable()  # the collector would cost more than the parser
    requests = msgspec.json.decode(Path(recorded).read_bytes(), type=list[Recorded])
    bodies = (fetch_stdlib if "--stdlib" in options else fetch_httpx)(url, requests)
    query = msgspec.json.Decoder(Query, strict=False)
    for request, body in zip(requests, bodies, strict=True):
        if "/query" in request.path:
            rows = query.decode(body).data.result
            print(len(rows), rows[-1].values[-1:] or rows[-1].value if rows else None)
        else:
            print(len(msgspec.json.decode(body)["data"]))
    gc.freeze()  # spares the interpreter a last walk over everything


if __name__ == "__main__":
    main(*sys.argv[1:])
