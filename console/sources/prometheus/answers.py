"""The answers of the Prometheus HTTP API, decoded without building what is not needed.

A refresh of thousands of known series is mostly label sets that were seen before. They stay bytes: a `LabelSets` maps
them to label values once, and afterwards finds them by those bytes.
"""

import gc
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Annotated, TypeVar

import msgspec

from console.domain.label import harmless

LabelSet = MappingProxyType[str, str]
"""Label values by name, raw; the same object for the same labels out of one `LabelSets`."""

MOST_REMEMBERED = 200_000
"""Label sets that a `LabelSets` remembers before it forgets all: a server with ever new labels must not fill memory."""

T = TypeVar("T")


class Point(msgspec.Struct, frozen=True, gc=False, array_like=True, forbid_unknown_fields=True):
    """UTC seconds and value; the bounds keep out what is no time, such as NaN.

    A refresh decodes 10⁵ of them: they are smaller than tuples, and the collector never sees them.
    """

    instant: Annotated[float, msgspec.Meta(ge=0, le=1e12)]
    value: float


class RangeSeries(msgspec.Struct, frozen=True, gc=False):
    """One series of a range query; `values` is empty where the server holds only native histograms."""

    metric: msgspec.Raw
    values: list[Point] = []


class InstantSample(msgspec.Struct, frozen=True, gc=False):
    """One sample of an instant query; `value` is None for a native histogram."""

    metric: msgspec.Raw
    value: Point | None = None


class RangeAnswer(msgspec.Struct, frozen=True):
    """The answer to a range query, series in the server's order.

    `partial` is the server's word that something is missing, `generation` grows when another replica answers: points of
    two generations must not be joined, because replicas scrape at different instants.
    """

    series: list[RangeSeries]
    keys: tuple[bytes, ...] = ()
    """The bytes of the label set of each series."""
    warnings: tuple[str, ...] = ()
    infos: tuple[str, ...] = ()
    partial: bool = False
    seconds: float = 0.0
    generation: int = 0


class InstantAnswer(msgspec.Struct, frozen=True):
    """The answer to an instant query, samples in the server's order (Prometheus promises none); see `RangeAnswer`."""

    samples: list[InstantSample]
    keys: tuple[bytes, ...] = ()
    """The bytes of the label set of each sample."""
    warnings: tuple[str, ...] = ()
    infos: tuple[str, ...] = ()
    partial: bool = False
    seconds: float = 0.0
    generation: int = 0


class NamesAnswer(msgspec.Struct, frozen=True):
    """Label names, label values or metric names, sorted."""

    names: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    partial: bool = False
    seconds: float = 0.0


class Keys(msgspec.Struct, frozen=True):
    """The label sets of an answer: as bytes of their own, and in the type in which the next answer brings them."""

    of_rows: tuple[bytes, ...]
    metrics: list[msgspec.Raw]

    @staticmethod
    def of(keys: tuple[bytes, ...]) -> "Keys":
        """Return the keys of an answer to compare the next one's with."""
        return Keys(keys, [msgspec.Raw(key) for key in keys])


class LabelSets:
    """The label sets that were seen, by the bytes in which the server writes them."""

    def __init__(self) -> None:
        self._by_bytes: dict[bytes, LabelSet] = {}
        self._by_labels: dict[frozenset[tuple[str, str]], LabelSet] = {}

    def __len__(self) -> int:
        return len(self._by_bytes)

    def of(self, metric: msgspec.Raw) -> LabelSet:
        """Return the labels of a series; the same labels in another order or spelling are the same object."""
        key = bytes(metric)
        known = self._by_bytes.get(key)
        return known if known is not None else self._remember(key)

    def _remember(self, key: bytes) -> LabelSet:
        if len(self._by_bytes) >= MOST_REMEMBERED:
            self._by_bytes.clear()
            self._by_labels.clear()
        labels = _LABELS.decode(key)
        identity = frozenset(labels.items())
        known = self._by_labels.setdefault(identity, MappingProxyType(labels))
        self._by_bytes[key] = known
        return known


class _Matrix(msgspec.Struct, tag_field="resultType", tag="matrix"):
    result: list[RangeSeries] | None


class _Vector(msgspec.Struct, tag_field="resultType", tag="vector"):
    result: list[InstantSample] | None


class _Scalar(msgspec.Struct, tag_field="resultType", tag="scalar"):
    result: Point


class _Envelope(msgspec.Struct):
    warnings: list[str] | None = None
    infos: list[str] | None = None
    isPartial: bool = False  # noqa: N815  # VictoriaMetrics' name
    error: str | None = None
    """Why the server failed; data beside it is what the server had until then."""

    def __post_init__(self) -> None:
        if self.error is not None:
            raise ValueError(harmless(self.error))


class _RangeEnvelope(_Envelope, kw_only=True):
    data: _Matrix


class _InstantEnvelope(_Envelope, kw_only=True):
    data: _Vector | _Scalar


class _NamesEnvelope(_Envelope, kw_only=True):
    data: list[str] | None


_LABELS = msgspec.json.Decoder(dict[str, str])
_RANGE = msgspec.json.Decoder(_RangeEnvelope, strict=False)
_INSTANT = msgspec.json.Decoder(_InstantEnvelope, strict=False)
_NAMES = msgspec.json.Decoder(_NamesEnvelope, strict=False)
_PLUS_INFINITY = re.compile(rb',\s*"\+Inf"\s*\]')
_NO_LABELS = msgspec.Raw(b"{}")


def decode_range(body: bytes, *, known: Keys | None = None, seconds: float = 0.0, generation: int = 0) -> RangeAnswer:
    """Return the answer to a range query, its keys the same object as the `known` ones where they are the same.

    Raises:
        msgspec.DecodeError: the body is not such an answer.
    """
    envelope = _with_infinity(_RANGE.decode, body)
    series = envelope.data.result or []
    return RangeAnswer(
        series=series,
        keys=keys_of(series, known),
        warnings=_lines(envelope.warnings),
        infos=_lines(envelope.infos),
        partial=envelope.isPartial,
        seconds=seconds,
        generation=generation,
    )


def decode_instant(
    body: bytes, *, known: Keys | None = None, seconds: float = 0.0, generation: int = 0
) -> InstantAnswer:
    """Return the answer to an instant query; a scalar becomes one sample without labels. See `decode_range`.

    Raises:
        msgspec.DecodeError: the body is not such an answer.
    """
    envelope = _with_infinity(_INSTANT.decode, body)
    data = envelope.data
    samples = [InstantSample(_NO_LABELS, data.result)] if isinstance(data, _Scalar) else data.result or []
    return InstantAnswer(
        samples=samples,
        keys=keys_of(samples, known),
        warnings=_lines(envelope.warnings),
        infos=_lines(envelope.infos),
        partial=envelope.isPartial,
        seconds=seconds,
        generation=generation,
    )


def decode_names(body: bytes, *, seconds: float = 0.0) -> NamesAnswer:
    """Return a list of names.

    Raises:
        msgspec.DecodeError: the body is not such an answer.
    """
    envelope = _NAMES.decode(body)
    names = tuple(sorted(envelope.data or ()))
    return NamesAnswer(names, _lines(envelope.warnings), envelope.isPartial, seconds)


def decode_labels(metric: bytes) -> dict[str, str]:
    """Return the labels of a series.

    Raises:
        msgspec.DecodeError: the bytes are not labels.
    """
    return _LABELS.decode(metric)


def keys_of(rows: Sequence[RangeSeries | InstantSample], known: Keys | None = None) -> tuple[bytes, ...]:
    """Return the bytes of the label set of each series or sample, the same object where they are known."""
    if known is not None and known.metrics == [row.metric for row in rows]:
        return known.of_rows  # compared where they lie: a thousand copies would cost more than all else here
    return tuple([bytes(row.metric) for row in rows])


def _lines(texts: list[str] | None) -> tuple[str, ...]:
    """Return what a server says to a person, each as one harmless line."""
    return tuple(harmless(" ".join(text.split())) for text in texts or ())


def _with_infinity(decode: Callable[[bytes], T], body: bytes) -> T:
    """Decode; msgspec reads NaN, Inf and -Inf but not the +Inf that Prometheus writes, which is rare enough to repair.

    The pattern cannot match inside a label value: there every quote follows a backslash.
    """
    with collector_paused():
        try:
            return decode(body)
        except msgspec.ValidationError:
            repaired, found = _PLUS_INFINITY.subn(b',"Inf"]', body)
            if not found:
                raise
            return decode(repaired)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the cyclic collector: answers are 10⁵ new objects without a cycle, and walking them doubles the time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
