"""Which model each row of a refresh belongs to: worked out anew only when other label sets come."""

from collections.abc import Iterable, Mapping

import msgspec

from console.domain.model import Model, identify
from console.history.buffer import Rows
from console.history.owners import ModelKey, Owners, Row, is_part_of, joined
from console.sources.prometheus.signal_query import Composition

Keys = tuple[bytes, ...]


class Place(msgspec.Struct, frozen=True):
    """Where the rows of one reading go: the number of a model for each, and what else its labels say."""

    models: tuple[int, ...]
    rows: tuple[Row, ...]


class Layout(msgspec.Struct, frozen=True):
    """The models of a refresh in the order of their ids, and the places of rows by preset and label sets.

    The number after the last model is nobody's: that of rows which add to a model that cannot be told.
    """

    models: tuple[Model, ...]
    places: dict[tuple[str, int], Place]
    members: dict[str, tuple[int, ...]]
    """The models of which a preset has any row."""
    numbers: dict[ModelKey, int]
    """The number of the model of every key that a row had."""
    made_of: tuple[tuple[str, Keys], ...]

    def place(self, preset: str, rows: Rows) -> Place:
        """Return where the rows of a reading go."""
        return self.places[preset, id(rows.keys)]


class Planner:
    """Makes layouts, and gives out the last one as long as no other label sets come."""

    def __init__(self) -> None:
        self._owners = Owners()
        self._last = Layout((), {}, {}, {}, ())

    def layout(self, readings: Iterable[tuple[Composition, Iterable[Rows]]]) -> Layout:
        """Return the layout of all rows of some presets."""
        asked = [(composition, [rows.keys for rows in of_preset]) for composition, of_preset in readings]
        made_of = tuple((composition.preset, keys) for composition, of_preset in asked for keys in of_preset)
        if not _is_the_same(made_of, self._last.made_of):
            self._last = self._planned(asked, made_of)
            self._owners.forget_unseen()
        return self._last

    def _planned(self, asked: list[tuple[Composition, list[Keys]]], made_of: tuple[tuple[str, Keys], ...]) -> Layout:
        rows = {
            (composition.preset, id(keys)): tuple([self.row(composition, raw) for raw in keys])
            for composition, of_preset in asked
            for keys in of_preset
        }
        found: dict[str, set[ModelKey]] = {composition.preset: set() for composition, _ in asked}
        for (preset, _), of_keys in rows.items():
            found[preset].update(row.key for row in of_keys)
        numbers, models = _numbered(found, joined(found), [composition for composition, _ in asked])
        nobody = len(models)
        places = {
            place: Place(tuple([numbers.get(row.key, nobody) for row in of_keys]), of_keys)
            for place, of_keys in rows.items()
        }
        members = {preset: tuple({numbers[key] for key in keys if key in numbers}) for preset, keys in found.items()}
        return Layout(models, places, members, numbers, made_of)

    def row(self, composition: Composition, raw: bytes) -> Row:
        """Return whose a row of a preset is."""
        return self._owners.row(composition.preset, composition.identity, raw)


def _is_the_same(these: tuple[tuple[str, Keys], ...], those: tuple[tuple[str, Keys], ...]) -> bool:
    """Return whether two lists of label sets are the same objects, which they are while nothing came or went."""
    return len(these) == len(those) and all(
        mine[0] == other[0] and mine[1] is other[1] for mine, other in zip(these, those, strict=True)
    )


def _numbered(
    found: Mapping[str, set[ModelKey]], whole: Mapping[ModelKey, ModelKey], asked: Iterable[Composition]
) -> tuple[dict[ModelKey, int], tuple[Model, ...]]:
    """Return the models, and the number of the model of every key that is one of theirs.

    What is joined to models of others may name less of them: where that fits several, it is no model of its own.
    """
    keys = {key for of_preset in found.values() for key in of_preset}
    creating = [composition for composition in asked if composition.creates]
    named = {whole.get(key, key) for each in creating if not each.joins for key in found[each.preset]}
    made = {whole.get(key, key) for each in creating if each.joins for key in found[each.preset]}
    served = named | {key for key in made if sum(is_part_of(key, other) for other in named) < 2}
    models = identify((name, dict(labels)) for name, labels in served)
    by_key = {(model.name.raw, tuple(sorted(model.labels.items()))): number for number, model in enumerate(models)}
    return {key: by_key[owner] for key in keys if (owner := whole.get(key, key)) in by_key}, models
