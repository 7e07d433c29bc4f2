"""Which column of a log is what: by configuration, else by convention; pure, from names and types alone."""

from collections.abc import Sequence

import msgspec

from console.domain.label import harmless
from console.settings.predictions import ColumnSettings
from console.sources.predictions.column_lookup import ColumnLookup
from console.sources.predictions.column_types import may_be, why_not_watched
from console.sources.predictions.conventions import (
    FEATURE_PREFIXES,
    FEEDBACK,
    INPUTS,
    NAMES,
    OUTPUT_NAMES,
    OUTPUTS,
    PARTITIONS,
    SCORES,
    SERVING,
    Part,
    class_of_score,
    normalised,
    split_unit,
)
from console.sources.predictions.source_column import SourceColumn

MOST_FEATURES = 500
"""So many features are watched where the configuration does not name them one by one."""


class Assigned(msgspec.Struct, frozen=True):
    """A column and its part; `configured` says that the configuration names it, not the convention."""

    column: SourceColumn
    configured: bool = False


class Inferred(msgspec.Struct):
    """What was understood of a table.

    `scores` are by class, "" where there is one score for the prediction; `features` by the names that people see.
    `skipped` says of other columns why they are no features, by their name in the store. `mistakes` are columns that
    the configuration names and the store does not have.
    """

    parts: dict[Part, Assigned] = {}
    scores: dict[str, Assigned] = {}
    features: dict[str, SourceColumn] = {}
    named: set[str] = set()
    """The columns that the configuration names as features one by one: nothing but their type keeps them from it."""
    skipped: dict[str, str] = {}
    is_feedback: bool = False
    notes: list[str] = []
    mistakes: list[str] = []


def infer(columns: Sequence[SourceColumn], settings: ColumnSettings) -> Inferred:
    """Return what each column is.

    A column that the configuration names is never taken for anything else by convention.
    """
    inference = _Inference(columns, settings)
    inference.take_configured()
    for part in NAMES:
        inference.take_by_convention(part)
    inference.take_scores()
    inference.take_features()
    return inference.found


class _Inference:
    def __init__(self, columns: Sequence[SourceColumn], settings: ColumnSettings) -> None:
        self.found = Inferred()
        self._lookup = ColumnLookup(columns, self.found.mistakes)
        self._columns = columns
        self._settings = settings
        self._by_name = self._lookup.by_name
        self._taken: set[str] = set()
        self._named_features = self._lookup.matching(settings.features, "features")
        self.found.named = set(settings.features) & set(self._by_name)

    def take_configured(self) -> None:
        """Give parts and scores the columns that the configuration names."""
        for part in NAMES:
            if (name := getattr(self._settings, part.value)) is not None:
                self._take(part, name)
        score = self._settings.score
        for class_name, name in ({"": score} if isinstance(score, str) else score or {}).items():
            where = f"score.{class_name}" if class_name else "score"
            if (column := self._lookup.find(name, where)) is not None and self._is_numeric(column, where):
                self.found.scores[class_name] = Assigned(column, configured=True)
                self._taken.add(column.name)

    def _take(self, part: Part, name: str) -> None:
        if (column := self._lookup.find(name, part.value)) is None:
            return
        if not may_be(part, column.kind):
            self.found.mistakes.append(f"columns.{part}: {_shown(column)} cannot be the {_told(part)}")
            return
        self.found.parts[part] = Assigned(column, configured=True)
        self._taken.add(column.name)
        self.found.is_feedback |= part is Part.LABEL and split_unit(column.inner).words in FEEDBACK

    def take_by_convention(self, part: Part) -> None:
        """Give a part that has none the column whose name is the best known of those whose type fits."""
        if part in self.found.parts or getattr(self._settings, part.value) is not None:
            return
        names = (*NAMES[part], *FEEDBACK) if part is Part.LABEL else NAMES[part]
        best = min(
            (
                (names.index(words), position, column)
                for position, column in enumerate(self._columns)
                if (words := self._words(part, column)) in names and self._is_free(column) and may_be(part, column.kind)
                if not (part is Part.ERROR and column.kind.is_string() and words.endswith(("status", "code")))
            ),
            default=None,
            key=lambda each: each[:2],
        )
        if best is not None:
            self.found.parts[part] = Assigned(best[2])
            self._taken.add(best[2].name)
            self.found.is_feedback |= part is Part.LABEL and best[0] >= len(NAMES[part])

    def _words(self, part: Part, column: SourceColumn) -> str:
        """Return the name by which a column may be a part; empty where it cannot be."""
        container = normalised(column.container)
        if (container in INPUTS and container not in OUTPUTS) or self._prefix(column) is not None:
            return ""
        words = split_unit(column.inner.rpartition(".")[2]).words
        if container not in OUTPUTS:
            return words
        return NAMES[part][0] if part is Part.PREDICTION and words in OUTPUT_NAMES else ""

    def take_scores(self) -> None:
        """Give the scores, of one class or several, the columns that are called so."""
        if self._settings.score is not None:
            return
        numeric = [column for column in self._columns if column.kind.is_numeric() and self._is_free(column)]
        numeric = [column for column in numeric if self._prefix(column) is None]
        numeric = [column for column in numeric if normalised(column.container) not in INPUTS - OUTPUTS]
        plain = [column for column in numeric if normalised(column.inner.rpartition(".")[2]) in SCORES]
        by_class = {name: column for column in numeric if (name := class_of_score(self._within_answer(column)))}
        if by_class:
            found = by_class
        else:
            plain.sort(key=lambda column: SCORES.index(normalised(column.inner.rpartition(".")[2])))
            found = {"": plain[0]} if plain else {}
        self.found.scores = {name: Assigned(column) for name, column in found.items()}
        self._taken.update(column.name for column in found.values())

    def _within_answer(self, column: SourceColumn) -> str:
        return column.inner if normalised(column.container) in OUTPUTS else column.name

    def take_features(self) -> None:
        """Say of every other column that it is a feature, or why not."""
        candidates, reason = self._candidates()
        ignored = set(self._lookup.matching(self._settings.ignore, "ignore"))
        features: list[SourceColumn] = []
        for column in self._columns:
            if column.name in self._taken:
                continue
            if column.name in ignored:
                self.found.skipped[column.name] = "ignored by the configuration"
            elif column.name not in candidates:
                self.found.skipped[column.name] = reason
            elif (why := self._why_no_feature(column)) is not None:
                self.found.skipped[column.name] = why
            else:
                features.append(column)
        self.found.features = dict(zip(_feature_names(features), features, strict=True))
        self._keep_to_the_most(len(self._settings.features))

    def _candidates(self) -> tuple[set[str], str]:
        """Return the names of the columns that may be features, and why the others are none."""
        if self._settings.features:
            return set(self._named_features), "not among the features of the configuration"
        for column in self._columns:
            if normalised(column.container) in INPUTS and normalised(column.container) not in OUTPUTS:
                inside = {each.name for each in self._columns if each.container == column.container}
                return inside, f"stands beside {harmless(column.container)}, which holds the features"
        prefixed = {column.name for column in self._columns if self._prefix(column) is not None}
        if prefixed:
            prefix = next(self._prefix(column) for column in self._columns if column.name in prefixed)
            return prefixed, f"the features are called {prefix}.…"
        return set(self._by_name), ""

    def _why_no_feature(self, column: SourceColumn) -> str | None:
        if (why := why_not_watched(column.kind)) is not None:
            return why
        if self._settings.features or column.container or self._prefix(column) is not None:
            return None
        words = split_unit(column.name).words
        if words in PARTITIONS:
            return "called like a part of the date; columns.features names it if it is a feature"
        if words in SERVING:
            return "tells how a request was served; columns.features names it if it is a feature"
        if normalised(column.name) in SCORES or (column.kind.is_numeric() and class_of_score(column.name)):
            return "called like a score; columns.score names it if it is one, columns.features if it is a feature"
        for part, names in NAMES.items():
            if words in names or (part is Part.LABEL and words in FEEDBACK):
                return f"called like the {_told(part)}; columns.features names it if it is a feature"
        return None

    def _keep_to_the_most(self, named: int) -> None:
        most = max(MOST_FEATURES, named)
        names = list(self.found.features)
        if len(names) <= most:
            return
        self.found.notes.append(
            f"{len(names):,} columns may be features and the first {most:,} are watched, {harmless(names[most])} … "
            f"{harmless(names[-1])} are not: columns.features names those that matter"
        )
        for name in names[most:]:
            self.found.skipped[self.found.features.pop(name).name] = f"beyond the first {most:,} features"

    def _prefix(self, column: SourceColumn) -> str | None:
        """Return the word before the dot in the name of a column that is a feature for it."""
        if column.container:
            return None
        prefix, dot, rest = column.name.partition(".")
        return prefix if dot and rest and normalised(prefix) in FEATURE_PREFIXES else None

    def _is_free(self, column: SourceColumn) -> bool:
        return column.name not in self._taken and column.name not in self._named_features

    def _is_numeric(self, column: SourceColumn, where: str) -> bool:
        if not column.kind.is_numeric():
            self.found.mistakes.append(f"columns.{where}: {_shown(column)} is no number")
        return bool(column.kind.is_numeric())


def _feature_names(columns: Sequence[SourceColumn]) -> list[str]:
    """Return the names that people see: without what stands before all of them, where that leaves them unique."""
    short = [_short(column) for column in columns]
    return short if len(set(short)) == len(short) else [column.name for column in columns]


def _short(column: SourceColumn) -> str:
    if column.container:
        return column.inner
    prefix, _, rest = column.name.partition(".")
    return rest if rest and normalised(prefix) in FEATURE_PREFIXES else column.name


def _shown(column: SourceColumn) -> str:
    return f"'{harmless(column.name)}' ({harmless(str(column.kind))})"


def _told(part: Part) -> str:
    return part.value.replace("_", " ")
