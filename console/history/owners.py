"""Whose a row is: the model that its labels name, whichever preset they came from."""

from collections import defaultdict
from collections.abc import Mapping, Set

import msgspec

from console.sources.prometheus.answers import decode_labels
from console.sources.prometheus.signal_query import Identity

ModelKey = tuple[str, tuple[tuple[str, str], ...]]
"""The name of a model and its sorted identity labels, raw."""


class Row(msgspec.Struct, frozen=True):
    """Whose a row is, and all of its labels that say more than that."""

    key: ModelKey
    labels: dict[str, str]


class Owners:
    """Knows whose the rows of every preset are, so that a label set is decoded once.

    Call `forget_unseen` after each pass: what the pass did not ask for is dropped, so pods that come and go cost
    nothing.
    """

    def __init__(self) -> None:
        self._seen: defaultdict[str, dict[bytes, Row]] = defaultdict(dict)
        self._before: dict[str, dict[bytes, Row]] = {}

    def row(self, preset: str, identity: Identity, raw: bytes) -> Row:
        """Return whose a row of a preset is."""
        seen = self._seen[preset]
        known = seen.get(raw)
        if known is None:
            known = seen[raw] = self._before.get(preset, {}).get(raw) or _decoded(identity, raw)
        return known

    def forget_unseen(self) -> None:
        """Keep only the rows that were asked for since the last call."""
        self._before, self._seen = dict(self._seen), defaultdict(dict)


def _decoded(identity: Identity, raw: bytes) -> Row:
    labels = decode_labels(raw)
    name, others = identity.of(labels)
    labels.pop(identity.model, None)
    for _, exported in identity.others:
        labels.pop(exported, None)
    return Row((name, tuple(sorted(others.items()))), labels)


def joined(keys: Mapping[str, Set[ModelKey]]) -> dict[ModelKey, ModelKey]:
    """Return which keys are another's, from the keys that each preset found.

    One preset may see fewer labels of a deployment than another: a key whose labels are a part of exactly one other
    key's of that name is that one, unless one preset saw both, which then are two models.
    """
    by_name: defaultdict[str, dict[ModelKey, set[str]]] = defaultdict(dict)
    for preset, found in keys.items():
        for key in found:
            by_name[key[0]].setdefault(key, set()).add(preset)
    result: dict[ModelKey, ModelKey] = {}
    for namesakes in by_name.values():
        if len(namesakes) == 1:
            continue
        for key in sorted(namesakes, key=lambda key: -len(key[1])):
            wider = {result.get(other, other) for other in namesakes if is_part_of(key, other)}
            if len(wider) == 1 and namesakes[key].isdisjoint(namesakes[(whole := wider.pop())]):
                result[key] = whole
                namesakes[whole] |= namesakes[key]
    return result


def is_part_of(key: ModelKey, other: ModelKey) -> bool:
    """Return whether a key says less of what another one says."""
    return key[0] == other[0] and set(key[1]) < set(other[1])
