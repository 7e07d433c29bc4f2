"""What can go wrong in a log of predictions, as data. `begins` is an instant in UTC seconds, `only` a slice.

A fault with `only=("region", "emea")` touches the rows whose feature `region` is "emea", the others stay well.
"""

import msgspec

Slice = tuple[str, str]


class NullSpike(msgspec.Struct, frozen=True, tag=True):
    """A pipeline loses a feature in `share` of the rows."""

    feature: str
    begins: float
    share: float = 0.6
    only: Slice | None = None


class UnitChange(msgspec.Struct, frozen=True, tag=True):
    """A number arrives in another unit: multiplied by `factor`."""

    feature: str
    begins: float
    factor: float = 1000.0
    only: Slice | None = None


class NewEncoding(msgspec.Struct, frozen=True, tag=True):
    """A category arrives under other names: `DE` as `de:1`, which no model knows."""

    feature: str
    begins: float
    only: Slice | None = None


class Constant(msgspec.Struct, frozen=True, tag=True):
    """A feature arrives with one value in every row: the middle of a number, the first value of a category."""

    feature: str
    begins: float
    only: Slice | None = None


class Dropped(msgspec.Struct, frozen=True, tag=True):
    """The files that begin later have no such column."""

    feature: str
    begins: float


class Retyped(msgspec.Struct, frozen=True, tag=True):
    """The files that begin later hold the column as text."""

    feature: str
    begins: float


class MissingRows(msgspec.Struct, frozen=True, tag=True):
    """`share` of the predictions is not logged any more."""

    begins: float
    share: float = 0.7
    only: Slice | None = None


class PopulationShift(msgspec.Struct, frozen=True, tag=True):
    """Other people come, and the pipeline is well: inputs move, within `over` seconds (0: at once).

    A number moves by `by` of its standard deviations; of a category, `by` (a ratio) of the rows take its last value.
    """

    feature: str
    begins: float
    by: float = 0.5
    over: float = 0.0
    only: Slice | None = None


class NewVersion(msgspec.Struct, frozen=True, tag=True):
    """A version takes `share` of the traffic and answers the same inputs differently, by `bias` on its logit."""

    version: str
    begins: float
    share: float = 1.0
    bias: float = 1.0


class ConceptDrift(msgspec.Struct, frozen=True, tag=True):
    """The world changes and the model does not know: inputs and predictions stay, labels stop following them.

    `strength` is the ratio of labels that no longer depend on the inputs, reached within `over` seconds.
    """

    begins: float
    strength: float = 0.6
    over: float = 0.0
    only: Slice | None = None


PipelineFault = NullSpike | UnitChange | NewEncoding | Constant
"""What happens between the world and the model."""

FaultOfFeature = PipelineFault | Dropped | Retyped | PopulationShift

LogFault = FaultOfFeature | MissingRows | NewVersion | ConceptDrift
