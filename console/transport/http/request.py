"""What a request is made of: httpx makes the same of it, but takes an address and a form apart anew each time."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from urllib.parse import urlencode

from console.transport.http.endpoint import Endpoint
from console.transport.http.library import httpx

Fields = Mapping[str, str | Sequence[str]]


@lru_cache(maxsize=64)
def address(url: str) -> httpx.URL:
    """Return an address taken apart: there are few, which are used again and again."""
    return httpx.URL(url)


def form_body(form: Fields) -> bytes:
    """Return a form as a body, fields of several values once for each."""
    return urlencode(form, doseq=True).encode()


def headers_to(endpoint: Endpoint, *, has_form: bool) -> dict[bytes, bytes]:
    """Return the headers of a request; like curl in UTF-8, because secrets and tenants are not always ASCII."""
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": "identity" if endpoint.on_this_machine else "gzip",
        "User-Agent": "incident-console",
    }
    if has_form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    authorization = endpoint.credentials.authorization()
    if authorization is not None:
        headers["Authorization"] = authorization
    return {name.encode(): value.encode() for name, value in (headers | dict(endpoint.headers)).items()}
