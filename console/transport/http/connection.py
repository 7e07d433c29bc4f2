"""TLS settings, and why a connection failed in a person's words."""

import errno
import os
import socket
import ssl
from datetime import UTC, datetime

from console.settings.credentials import TlsSettings
from console.transport.http.endpoint import BadEndpoint, Endpoint

_ALERTS_IN_WORDS = {
    "SSLV3_ALERT_CERTIFICATE_REVOKED": "it says that the client certificate is revoked",
    "WRONG_VERSION_NUMBER": "it does not speak TLS; is its URL http://?",
    "RECORD_LAYER_FAILURE": "it does not speak TLS; is its URL http://?",
    "UNEXPECTED_EOF_WHILE_READING": "it closed the connection",
}
_ABOUT_THE_CLIENT = (
    "TLSV13_ALERT_CERTIFICATE_REQUIRED",
    "SSLV3_ALERT_BAD_CERTIFICATE",
    "TLSV1_ALERT_UNKNOWN_CA",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED",
    "SSLV3_ALERT_HANDSHAKE_FAILURE",
)
"""What servers answer to a client's certificate, or to none: they do not agree on which of these means what."""
_UNKNOWN_ISSUERS = (18, 19, 20, 21)
"""Codes of OpenSSL for a certificate, or a chain, that leads to no authority that is trusted."""


def tls_context(endpoint: Endpoint) -> ssl.SSLContext:
    """Return what a server is verified with: the endpoint's authorities, else the system's and certifi's.

    A plain http endpoint gets a context without authorities: loading them costs more than everything else a client
    needs to start, and the door follows no redirection that could lead to TLS.

    Raises:
        BadEndpoint: a file of the endpoint's TLS settings cannot be used any more.
    """
    tls = endpoint.tls
    if not endpoint.encrypted and not endpoint.trust_environment:
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context = ssl.create_default_context(cafile=tls.ca)
        if tls.ca is None:
            import certifi

            context.load_verify_locations(certifi.where())
        if tls.certificate is not None:
            from console.settings.tls_files import load_client_certificate

            load_client_certificate(context, tls)
    except OSError as error:
        raise BadEndpoint(f"{endpoint.name}: the files for TLS cannot be used: {cause_in_words(error)}") from None
    if tls.insecure_skip_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def written_at(tls: TlsSettings) -> tuple[int | None, ...]:
    """Return when each file of TLS settings was written (nanoseconds), None for one that is not there."""
    return tuple(_written_at(path) for path in (tls.ca, tls.certificate, tls.key) if path is not None)


def _written_at(path: str) -> int | None:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return None


def is_refused_by_tls(error: BaseException) -> bool:
    """Return whether a transport error came from TLS itself, which the next try would say again."""
    cause = _deepest(error)
    return isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError)


def cause_in_words(error: BaseException, tls: TlsSettings | None = None) -> str:
    """Return the deepest reason of a transport error: `connection refused`, `certificate verify failed: …`.

    `tls` is what the connection was made with.
    """
    deepest = _deepest(error)
    if isinstance(deepest, ssl.SSLCertVerificationError):
        hint = "; tls.ca names the authority to trust" if deepest.verify_code in _UNKNOWN_ISSUERS else ""
        return f"certificate verify failed: {deepest.verify_message}{hint}"
    if isinstance(deepest, ssl.SSLError):
        reason = deepest.reason or str(deepest)
        if tls is not None and reason in _ABOUT_THE_CLIENT:
            return f"TLS failed: {_refusal_of_the_client(tls)}"
        return f"TLS failed: {_ALERTS_IN_WORDS.get(reason, reason)}"
    if isinstance(deepest, socket.gaierror):
        return f"the name cannot be resolved ({deepest.strerror})"
    if isinstance(deepest, OSError) and deepest.errno is not None and deepest.errno in errno.errorcode:
        return os.strerror(deepest.errno).lower()
    return str(deepest) or type(deepest).__name__


def _refusal_of_the_client(tls: TlsSettings) -> str:
    if tls.certificate is None:
        return "it wants a client certificate (tls.certificate and tls.key)"
    from console.settings.tls_files import expiry

    ended = expiry(tls.certificate)
    if ended is not None and ended < datetime.now(UTC):
        return f"it refuses the client certificate, which expired on {ended:%Y-%m-%d}"
    return "it refuses the client certificate"


def _deepest(error: BaseException) -> BaseException:
    deepest = error
    seen: set[int] = set()
    while id(deepest) not in seen:
        seen.add(id(deepest))
        if isinstance(deepest, BaseExceptionGroup):
            deepest = deepest.exceptions[0]
        else:
            wrapped = next((each for each in deepest.args if isinstance(each, BaseException)), None)  # urllib3's way
            deepest = deepest.__cause__ or deepest.__context__ or wrapped or deepest
    return deepest
