"""What a logged request or answer in JSON holds, told from a few of them; pure.

Known are the shapes of KServe's protocols (`instances` and `predictions`; `inputs` and `outputs` with `name` and
`data`), of MLflow (`dataframe_records`, `dataframe_split`, `inputs`), and any object or list of objects. Of a request
with several rows the first one counts.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeGuard

import msgspec

Step = str | int
DEEPEST = 4
MOST_SCORES = 50
"""A longer list of numbers in an answer is an embedding or a picture, not the scores of classes."""

_ROWS = ("dataframe_records", "instances", "inputs", "features", "data", "dataframe_split")
_ANSWERS = ("predictions", "outputs", "prediction", "output", "result", "data")


class Leaf(msgspec.Struct):
    """One value of a document: where it stands, and how often it was a `number`, a `boolean`, a `text` or a `list`."""

    steps: tuple[Step, ...]
    kinds: Counter[str]

    @property
    def kind(self) -> str:
        """Return the commonest kind: a few broken values do not make words of numbers."""
        return self.kinds.most_common(1)[0][0]


class Documents(msgspec.Struct):
    """The leaves of some documents by name, how many were read and how many of them held several rows."""

    leaves: dict[str, Leaf]
    read: int = 0
    several_rows: int = 0


def inputs_of(texts: Iterable[str]) -> Documents:
    """Return the features in requests."""
    return _leaves(texts, _first_row)


def answers_of(texts: Iterable[str]) -> Documents:
    """Return the predictions and scores in answers: `prediction` where the answer has no name of its own."""
    return _leaves(texts, _first_answer)


def _leaves(texts: Iterable[str], first: Callable[[Any], "tuple[tuple[Step, ...], Any, int]"]) -> Documents:
    found = Documents({})
    for text in texts:
        try:
            document = msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeEncodeError):
            continue
        if not isinstance(document, dict | list):
            continue  # a bare number or word is the column's own value
        found.read += 1
        steps, row, rows = first(document)
        found.several_rows += rows > 1
        for name, inner, value in _walk(row, first is _first_answer):
            kind = _kind(value)
            leaf = found.leaves.setdefault(name, Leaf((*steps, *inner), Counter()))
            if kind is not None:
                leaf.kinds[kind] += 1
    found.leaves = {name: leaf for name, leaf in found.leaves.items() if leaf.kinds}
    return found


class _Placed(msgspec.Struct):
    """Values with names, each at steps of its own: what a table of columns and a list of tensors become."""

    values: list[tuple[str, tuple[Step, ...], Any]]


def _first_row(document: Any) -> tuple[tuple[Step, ...], Any, int]:
    """Return the steps to the first row of a request, the row, and how many rows there are."""
    if isinstance(document, dict):
        for key in _ROWS:
            if isinstance(inner := document.get(key), dict | list):
                if key == "dataframe_split":
                    return _split(key, inner)
                if _are_tensors(inner):
                    return (key,), _tensors(inner), _length_of_tensors(inner)
                steps, row, rows = _first_row(inner)
                return (key, *steps), row, rows
        return (), document, 1
    if isinstance(document, list) and document and isinstance(document[0], dict | list):
        return (0,), document[0], len(document)
    return (), document, 1


def _first_answer(document: Any) -> tuple[tuple[Step, ...], Any, int]:
    if isinstance(document, dict):
        for key in _ANSWERS:
            inner = document.get(key)
            if _are_tensors(inner):
                placed = _tensors(inner)
                if len(placed.values) == 1:
                    placed.values = [("prediction", placed.values[0][1], placed.values[0][2])]
                return (key,), placed, _length_of_tensors(inner)
            if isinstance(inner, list) and inner:
                return (key, 0), inner[0], len(inner)
            if isinstance(inner, dict):
                return (key,), inner, 1
        return (), document, 1
    if isinstance(document, list) and document:
        is_one_answer = all(isinstance(each, int | float) for each in document) and len(document) > 1
        return ((), document, 1) if is_one_answer else ((0,), document[0], len(document))
    return (), document, 1


def _split(key: str, inner: Any) -> tuple[tuple[Step, ...], Any, int]:
    columns, data = (inner.get("columns"), inner.get("data")) if isinstance(inner, dict) else (None, None)
    if not isinstance(columns, list) or not isinstance(data, list) or not data or not isinstance(data[0], list):
        return (key,), {}, 0
    values: list[tuple[str, tuple[Step, ...], Any]] = [
        (str(name), (place,), value) for place, (name, value) in enumerate(zip(columns, data[0], strict=False))
    ]
    return (key, "data", 0), _Placed(values), len(data)


def _are_tensors(inner: Any) -> TypeGuard[list[dict[str, Any]]]:
    return isinstance(inner, list) and bool(inner) and all(isinstance(each, dict) and "data" in each for each in inner)


def _tensors(inner: list[dict[str, Any]]) -> _Placed:
    values: list[tuple[str, tuple[Step, ...], Any]] = []
    for place, tensor in enumerate(inner):
        data, name = tensor["data"], str(tensor.get("name", place))
        row = data[0] if isinstance(data, list) and data else data
        steps: tuple[Step, ...] = (place, "data", 0) if isinstance(data, list) else (place, "data")
        shape = tensor.get("shape")
        width = shape[-1] if isinstance(shape, list) and len(shape) == 2 and isinstance(shape[-1], int) else 1
        if isinstance(row, list):
            values += [(f"{name}.{index}", (*steps, index), value) for index, value in enumerate(row)]
        elif width > 1 and isinstance(data, list):
            values += [(f"{name}.{index}", (*steps[:-1], index), value) for index, value in enumerate(data[:width])]
        else:
            values.append((name, steps, row))
    return _Placed(values)


def _length_of_tensors(inner: list[dict[str, Any]]) -> int:
    shape = inner[0].get("shape")
    return shape[0] if isinstance(shape, list) and shape and isinstance(shape[0], int) else 1


def _walk(row: Any, is_answer: bool) -> Iterator[tuple[str, tuple[Step, ...], Any]]:
    """Yield name, steps and value of everything in a row."""
    if isinstance(row, _Placed):
        for name, steps, value in row.values:
            yield from _below(name, steps, value, is_answer, 1)
    elif isinstance(row, dict):
        for key, value in row.items():
            yield from _below(str(key), (str(key),), value, is_answer, 1)
    elif isinstance(row, list):
        if not is_answer:
            yield from ((str(place), (place,), value) for place, value in enumerate(row))
        elif len(row) <= MOST_SCORES and all(isinstance(each, int | float) for each in row):
            yield from ((f"scores.{place}", (place,), value) for place, value in enumerate(row))
    else:
        yield "prediction" if is_answer else "value", (), row


def _below(
    name: str, steps: tuple[Step, ...], value: Any, is_answer: bool, depth: int
) -> Iterator[tuple[str, tuple[Step, ...], Any]]:
    if isinstance(value, dict) and depth < DEEPEST:
        for key, inner in value.items():
            yield from _below(f"{name}.{key}", (*steps, str(key)), inner, is_answer, depth + 1)
    elif is_answer and isinstance(value, list) and 1 < len(value) <= MOST_SCORES:
        yield from ((f"{name}.{place}", (*steps, place), each) for place, each in enumerate(value))
    elif isinstance(value, list) and len(value) == 1 and not isinstance(value[0], dict | list):
        yield name, (*steps, 0), value[0]
    else:
        yield name, steps, value


def _kind(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else "list"
