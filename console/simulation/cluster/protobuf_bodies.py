"""The bodies that kubectl sends as protobuf only: the review of `kubectl auth can-i`, and options of a deletion.

Field numbers: generated.proto of k8s.io/apimachinery/pkg/runtime, k8s.io/apimachinery/pkg/apis/meta/v1 and
k8s.io/api/authorization/v1; wire format: https://protobuf.dev/programming-guides/encoding/
"""

from console.simulation.cluster.resources import Object

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"

_MAGIC = b"k8s\x00"
_RAW = 2
_SPEC = 2
_RESOURCE_ATTRIBUTES, _NON_RESOURCE_ATTRIBUTES = 1, 2
_RESOURCE_NAMES = {
    1: "namespace",
    2: "verb",
    3: "group",
    4: "version",
    5: "resource",
    6: "subresource",
    7: "name",
}
_NON_RESOURCE_NAMES = {1: "path", 2: "verb"}


_PRECONDITIONS, _PROPAGATION, _DRY_RUN = 2, 4, 5
_PRECONDITION_NAMES = {1: "uid", 2: "resourceVersion"}


def decoded_delete_options(body: bytes) -> Object:
    """Return the DeleteOptions in a protobuf body, as JSON has them; the grace period is left out.

    Raises:
        ValueError: the body is none.
    """
    said = _fields(_raw(body))
    options: Object = {}
    if _PRECONDITIONS in said:
        options["preconditions"] = _named(said[_PRECONDITIONS], _PRECONDITION_NAMES)
    if said.get(_PROPAGATION):
        options["propagationPolicy"] = said[_PROPAGATION].decode()
    if said.get(_DRY_RUN):
        options["dryRun"] = [said[_DRY_RUN].decode()]
    return options


def decoded_review(body: bytes) -> Object:
    """Return the SelfSubjectAccessReview in a protobuf body, as JSON has it.

    Raises:
        ValueError: the body is none.
    """
    review = _fields(_raw(body))
    asked = _fields(review.get(_SPEC, b""))
    spec: Object = {}
    for number, key, names in (
        (_RESOURCE_ATTRIBUTES, "resourceAttributes", _RESOURCE_NAMES),
        (_NON_RESOURCE_ATTRIBUTES, "nonResourceAttributes", _NON_RESOURCE_NAMES),
    ):
        if number in asked:
            spec[key] = _named(asked[number], names)
    return {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "metadata": {}, "spec": spec}


def _raw(body: bytes) -> bytes:
    if not body.startswith(_MAGIC):
        raise ValueError("not the Kubernetes envelope of protobuf")
    return _fields(body[len(_MAGIC) :]).get(_RAW, b"")


def _named(message: bytes, names: dict[int, str]) -> Object:
    said = _fields(message)
    return {name: said[place].decode() for place, name in names.items() if said.get(place)}


def _fields(message: bytes) -> dict[int, bytes]:
    """Return the length-delimited fields of a message; the last of a repeated one counts, other types are skipped."""
    found: dict[int, bytes] = {}
    place = 0
    while place < len(message):
        tag, place = _varint(message, place)
        number, wire_type = tag >> 3, tag & 7
        if wire_type == 0:
            _, place = _varint(message, place)
        elif wire_type == 2:
            length, place = _varint(message, place)
            if place + length > len(message):
                raise ValueError("a field is longer than its message")
            found[number] = message[place : place + length]
            place += length
        else:
            raise ValueError(f"wire type {wire_type} does not occur in these bodies")
    return found


def _varint(message: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while place < len(message):
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
        shift += 7
    raise ValueError("a number does not end")
