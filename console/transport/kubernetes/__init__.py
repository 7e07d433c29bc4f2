"""The door to a Kubernetes API server: one exact context, own deadlines, no mutation ever sent twice."""

from console.transport.kubernetes.errors import (
    AlreadyExists,
    Conflict,
    Forbidden,
    Invalid,
    InvalidAnswer,
    KubeconfigError,
    KubernetesError,
    NoAnswer,
    NotFound,
    OutcomeUnknown,
    PreconditionFailed,
    Rejected,
    ServerError,
    Throttled,
    Unauthorized,
    Unreachable,
)
from console.transport.kubernetes.kr8s_transport import DEADLINE_SECONDS, Kr8sTransport
from console.transport.kubernetes.kubectl_transport import KubectlTransport
from console.transport.kubernetes.protocol import KubernetesTransport
from console.transport.kubernetes.requests import FIELD_MANAGER, PatchType, group_path, object_path

__all__ = [
    "DEADLINE_SECONDS",
    "FIELD_MANAGER",
    "AlreadyExists",
    "Conflict",
    "Forbidden",
    "Invalid",
    "InvalidAnswer",
    "Kr8sTransport",
    "KubeconfigError",
    "KubectlTransport",
    "KubernetesError",
    "KubernetesTransport",
    "NoAnswer",
    "NotFound",
    "OutcomeUnknown",
    "PatchType",
    "PreconditionFailed",
    "Rejected",
    "ServerError",
    "Throttled",
    "Unauthorized",
    "Unreachable",
    "group_path",
    "object_path",
]
