"""What a preset may say of series and labels: which series count, and which labels name what."""

import re
from functools import lru_cache

import msgspec

from console.sources.prometheus.promql import is_label_name, is_metric_name

Labelled = tuple[str, ...]
"""Label names of which the first that is exported counts."""


_is_metric_name = lru_cache(maxsize=1024)(is_metric_name)
"""The same few hundred names come again with every refresh."""


class Selection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One exported quantity: its name, or its names in several releases, and which of its series count.

    `where` and `where_not` choose a part, `among` and `unless` what it is a part of: a ratio's denominator keeps these.
    All four map labels to regular expressions that must, or must not, match a whole value; one that matches the empty
    text means series without the label, too. Several mappings of `where` are several parts, counted together; the first
    says which labels tell. `labels_from` is a series of the same scrape target that bears the labels
    which this one lacks. `optional` is for failures that are not exported, or not labelled as `where` says, before the
    first one happens.
    """

    series: str | tuple[str, ...]
    where: dict[str, str] | tuple[dict[str, str], ...] = {}
    where_not: dict[str, str] = {}
    among: dict[str, str] = {}
    unless: dict[str, str] = {}
    labels_from: str | None = None
    optional: bool = False

    def __post_init__(self) -> None:
        for name in (*self.names, *([self.labels_from] if self.labels_from is not None else [])):
            if not _is_metric_name(name):
                raise ValueError(f"'{name}' is not the name of a series")
        if not self.parts:
            raise ValueError("where must hold at least one mapping")
        for matchers in (*self.parts, self.where_not, self.among, self.unless):
            _check_labels(tuple(matchers))
            for pattern in matchers.values():
                _check_pattern(pattern)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the series, the newest first."""
        return (self.series,) if isinstance(self.series, str) else self.series

    @property
    def parts(self) -> tuple[dict[str, str], ...]:
        """Return the labels of each part that counts, the one that every server has first."""
        return (self.where,) if isinstance(self.where, dict) else self.where

    @property
    def told_by(self) -> tuple[str, ...]:
        """Return the labels without which a series does not tell whether it counts."""
        partly = () if self.optional else (*self.parts[0], *self.where_not)
        return (*partly, *self.among)

    @property
    def outcome_labels(self) -> tuple[str, ...]:
        """Return the labels that a request must bear a value of, for it to be told whether it is one of the part."""
        if self.optional:
            return ()
        silent = [label for label, pattern in self.parts[0].items() if re.fullmatch(pattern, "")]
        return tuple(label for label in dict.fromkeys((*self.parts[0], *self.where_not)) if label not in silent)

    def with_suffix(self, suffix: str) -> "Selection":
        """Return the same selection of another part of a histogram."""
        return msgspec.structs.replace(self, series=tuple(name + suffix for name in self.names))

    def only(self, label: str, pattern: str) -> "Selection":
        """Return the selection of those series alone whose label matches."""
        return msgspec.structs.replace(self, among={**self.among, label: pattern})


Selections = tuple[Selection, ...]


class Labels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The label names that may play each part; of several the first that is exported does.

    `apart` are further labels that tell namesakes apart, by the name that the console gives them.
    """

    model: Labelled
    namespace: Labelled = ("namespace",)
    cluster: Labelled = ("cluster",)
    apart: dict[str, Labelled] = {}
    version: Labelled = ()
    replica: Labelled = ("pod", "instance")

    def __post_init__(self) -> None:
        if not self.model:
            raise ValueError("model must name at least one label")
        parts = (self.model, self.namespace, self.cluster, *self.apart.values(), self.version, self.replica)
        _check_labels((*(label for part in parts for label in part), *self.apart))

    @property
    def identity(self) -> dict[str, Labelled]:
        """Return the parts that tell namesakes apart, in the order in which an id names them."""
        return {"cluster": self.cluster, "namespace": self.namespace, **self.apart}


class Where(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The labels that say where a request was served, by which its series are joined to a model.

    A workload by its name, a Knative revision, or a pod, whose name tells the workload.
    """

    workload: Labelled = ()
    revision: Labelled = ()
    pod: Labelled = ()

    def __post_init__(self) -> None:
        if not self.candidates:
            raise ValueError("enriches must name a label: workload, revision or pod")
        _check_labels(self.candidates)

    @property
    def candidates(self) -> Labelled:
        """Return all labels, the surest first."""
        return (*self.workload, *self.revision, *self.pod)


_WITHOUT_SPECIAL_SIGNS = re.compile(r"[\w.|/ -]*", re.ASCII)
"""Always a regular expression, with dots and alternatives: most of what presets say, and need not be compiled."""
_UNKNOWN_TO_PROMETHEUS = r"(?<!\\)(?:\\\\)*(?:\(\?<?[=!]|\\[1-9]|\(\?P=)"
"""What Python takes and RE2 does not."""


@lru_cache(maxsize=1024)
def _check_pattern(pattern: str) -> None:
    if _WITHOUT_SPECIAL_SIGNS.fullmatch(pattern):
        return
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"'{pattern}' is no regular expression: {error}") from None
    if re.search(_UNKNOWN_TO_PROMETHEUS, pattern):
        raise ValueError(f"'{pattern}': Prometheus knows no lookaround and no back-references in regular expressions")


@lru_cache(maxsize=1024)
def _check_labels(names: tuple[str, ...]) -> None:
    for label in names:
        if not is_label_name(label):
            raise ValueError(f"'{label}' is not the name of a label")
