"""Names that look like a cluster's own, the same for the same seed."""

import hashlib
import json
import random
import uuid
from typing import Any

_SAFE_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""The characters of generated names: no vowels, so that no word appears by accident."""

_POD_SUFFIX_LENGTH = 5


class Names:
    """Generates pod suffixes, uids and addresses from one seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def suffix(self) -> str:
        """Return the five random characters at the end of a pod's name."""
        return "".join(self._random.choices(_SAFE_ALPHABET, k=_POD_SUFFIX_LENGTH))

    def uid(self) -> str:
        """Return an object's uid (a version 4 UUID)."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def pod_address(self) -> str:
        """Return an IPv4 address of the pod network."""
        return f"10.42.{self._random.randrange(4)}.{self._random.randrange(2, 255)}"


def template_hash(template: dict[str, Any]) -> str:
    """Return the `pod-template-hash` of a pod template: templates that mean the same have equal hashes.

    Clients write out empty fields (`resources: {}`, `creationTimestamp: null`) that others leave away.
    """
    canonical = json.dumps(_without_empty(template), sort_keys=True, separators=(",", ":"))
    number = int.from_bytes(hashlib.sha256(canonical.encode()).digest()[:4], "big")
    return "".join(_SAFE_ALPHABET[ord(digit) % len(_SAFE_ALPHABET)] for digit in str(number))


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _without_empty(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, {}, [])}
    if isinstance(value, list):
        return [_without_empty(item) for item in value]
    return value
