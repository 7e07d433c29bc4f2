"""The door for HTTP: endpoints with credentials, deadlines, bounded retries and errors told apart."""

from console.transport.errors import (
    BadRequest,
    NotJson,
    NoTurn,
    Overloaded,
    ServerFault,
    SourceError,
    TimedOut,
    TlsFailed,
    TooLarge,
    Unauthorized,
    Unavailable,
    Unreachable,
)
from console.transport.http.connection import cause_in_words, is_refused_by_tls, tls_context
from console.transport.http.credentials import (
    BasicCredentials,
    BearerCredentials,
    Credentials,
    NoCredentials,
)
from console.transport.http.door import HttpDoor, Probe
from console.transport.http.endpoint import BadEndpoint, Endpoint
from console.transport.http.replicas import Replicas
from console.transport.http.reply import UNREADABLE, Reply, error_of, not_an_answer
from console.transport.http.retries import RetryPolicy
from console.transport.http.server_endpoints import endpoint_of, endpoints_of
from console.transport.http.together import together

__all__ = [
    "UNREADABLE",
    "BadEndpoint",
    "BadRequest",
    "BasicCredentials",
    "BearerCredentials",
    "Credentials",
    "Endpoint",
    "HttpDoor",
    "NoCredentials",
    "NoTurn",
    "NotJson",
    "Overloaded",
    "Probe",
    "Replicas",
    "Reply",
    "RetryPolicy",
    "ServerFault",
    "SourceError",
    "TimedOut",
    "TlsFailed",
    "TooLarge",
    "Unauthorized",
    "Unavailable",
    "Unreachable",
    "cause_in_words",
    "endpoint_of",
    "endpoints_of",
    "error_of",
    "is_refused_by_tls",
    "not_an_answer",
    "tls_context",
    "together",
]
