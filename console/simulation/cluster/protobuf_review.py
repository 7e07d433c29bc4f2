"""The one body that kubectl sends as protobuf only: the SelfSubjectAccessReview of `kubectl auth can-i`.

Field numbers: k8s.io/apimachinery/pkg/runtime/generated.proto and k8s.io/api/authorization/v1/generated.proto;
wire format: https://protobuf.dev/programming-guides/encoding/
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


def decoded_review(body: bytes) -> Object:
    """Return the SelfSubjectAccessReview in a protobuf body, as JSON has it.

    Raises:
        ValueError: the body is none.
    """
    if not body.startswith(_MAGIC):
        raise ValueError("not the Kubernetes envelope of protobuf")
    review = _fields(_fields(body[len(_MAGIC) :]).get(_RAW, b""))
    asked = _fields(review.get(_SPEC, b""))
    spec: Object = {}
    for number, key, names in (
        (_RESOURCE_ATTRIBUTES, "resourceAttributes", _RESOURCE_NAMES),
        (_NON_RESOURCE_ATTRIBUTES, "nonResourceAttributes", _NON_RESOURCE_NAMES),
    ):
        if number in asked:
            said = _fields(asked[number])
            spec[key] = {name: said[place].decode() for place, name in names.items() if said.get(place)}
    return {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "metadata": {}, "spec": spec}


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
            raise ValueError(f"wire type {wire_type} does not occur in reviews")
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
