"""TLS settings, and why a connection failed in a person's words."""

import errno
import os
import socket
import ssl

from console.transport.http.endpoint import Endpoint


def tls_context(endpoint: Endpoint) -> ssl.SSLContext | bool:
    """Return what httpx verifies a server with: the endpoint's bundle, else the system's authorities and certifi's.

    A plain http endpoint gets a context without authorities: loading them costs more than everything else a client
    needs to start, and the door follows no redirection that could lead to TLS.
    """
    if endpoint.ca_file is not None:
        return ssl.create_default_context(cafile=endpoint.ca_file)
    if not endpoint.encrypted and not endpoint.trust_environment:
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def cause_in_words(error: BaseException) -> str:
    """Return the deepest reason of a transport error: `connection refused`, `certificate verify failed: …`."""
    deepest = error
    seen: set[int] = set()
    while id(deepest) not in seen:
        seen.add(id(deepest))
        if isinstance(deepest, BaseExceptionGroup):
            deepest = deepest.exceptions[0]
        else:
            deepest = deepest.__cause__ or deepest.__context__ or deepest
    if isinstance(deepest, ssl.SSLCertVerificationError):
        return f"certificate verify failed: {deepest.verify_message}"
    if isinstance(deepest, ssl.SSLError):
        return f"TLS failed: {deepest.reason or deepest}"
    if isinstance(deepest, socket.gaierror):
        return f"the name cannot be resolved ({deepest.strerror})"
    if isinstance(deepest, OSError) and deepest.errno is not None and deepest.errno in errno.errorcode:
        return os.strerror(deepest.errno).lower()
    return str(deepest) or type(deepest).__name__
