"""The PEM files of TLS settings: what is wrong with them, before a connection fails with less to tell."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from console.domain.label import harmless
from console.settings.credentials import TlsSettings

if TYPE_CHECKING:
    import ssl
    from datetime import datetime

_READABLE_BY_OTHERS = 0o077


class EncryptedKey(OSError):
    """A key asks for a password, which nobody is there to type."""


def tls_mistakes(tls: TlsSettings) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the files that settings name, each as the key of the settings and what, in words."""
    unreadable = False
    for key, path, holds in (
        ("ca", tls.ca, b"-----BEGIN CERTIFICATE-----"),
        ("certificate", tls.certificate, b"-----BEGIN CERTIFICATE-----"),
        ("key", tls.key, b"PRIVATE KEY-----"),
    ):
        if path is not None and (wrong := _wrong_with(Path(path), holds)):
            unreadable = True
            yield key, wrong
    if not unreadable:
        yield from _mismatches(tls)


def _wrong_with(path: Path, holds: bytes) -> str | None:
    shown = harmless(str(path))
    try:
        content = path.read_bytes()
    except OSError as error:
        return f"{shown} cannot be read: {error.strerror}"
    what = "private key" if b"KEY" in holds else "certificate"
    return None if holds in content else f"{shown} holds no {what} in PEM format"


def _mismatches(tls: TlsSettings) -> Iterator[tuple[str, str]]:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if tls.ca is not None:
        try:
            context.load_verify_locations(tls.ca)
        except ssl.SSLError as error:
            yield "ca", f"{harmless(tls.ca)} holds a broken certificate: {error.reason or error}"
    if tls.certificate is None:
        return
    place, key = ("certificate", tls.certificate) if tls.key is None else ("key", tls.key)
    try:
        load_client_certificate(context, tls)
    except EncryptedKey:
        yield place, f"{harmless(key)} is protected by a password; `openssl pkey` writes a copy without"
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            yield place, f"{harmless(key)} is not the key of {harmless(tls.certificate)}"
        else:
            yield place, f"{harmless(key)} cannot be used with its certificate: {error.reason or error}"


def load_client_certificate(context: "ssl.SSLContext", tls: TlsSettings) -> None:
    """Give a TLS context the client's certificate and key, where settings name them.

    Raises:
        OSError: a file cannot be read or used; nobody is asked for a password.
    """

    def refuse() -> str:
        raise EncryptedKey

    if tls.certificate is not None:
        context.load_cert_chain(tls.certificate, tls.key, password=refuse)


def expiry(certificate: str) -> "datetime | None":
    """Return when the first certificate of a file ends (UTC), None where that cannot be read."""
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificate(Path(certificate).read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return None


def warn_of_key(tls: TlsSettings, warn: Callable[[str], None]) -> None:
    """Call `warn` with one line when others can read the file of the key."""
    path = tls.key or tls.certificate
    if path is None:
        return
    mode = Path(path).stat().st_mode
    if mode & _READABLE_BY_OTHERS:
        warn(f"key {harmless(path)} can be read by others (mode {mode & 0o777:04o}); chmod 600 keeps it to you")
