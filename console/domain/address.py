"""Addresses as they may be shown."""

from console.domain.label import harmless


def without_secrets(url: str) -> str:
    """Return scheme, host and path of what should be a URL: without user, password, query and fragment, harmless.

    Everything up to the last `@` may be a password, whatever it holds; so may all that follows a `?` or a `#`.
    """
    scheme, separator, rest = url.strip().partition("://")
    if not separator:
        scheme, rest = "", url.strip()
    shown = rest.rpartition("@")[2].partition("?")[0].partition("#")[0]
    return harmless(scheme + separator + shown)
