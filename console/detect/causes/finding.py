"""What the test of a hypothesis found: facts in words, each with a key under which the table weighs it."""

import msgspec

from console.detect.causes.weights import WEIGHTS, FactKey
from console.domain.anomaly import CauseKind


class Fact(msgspec.Struct, frozen=True):
    """One thing that was tested, in words with its numbers."""

    key: FactKey
    words: str

    @property
    def ratio(self) -> float:
        """Return how much likelier it is with its cause than without."""
        return WEIGHTS[self.key].ratio

    @property
    def speaks_for(self) -> bool:
        """Return whether it makes its cause likelier."""
        return self.ratio > 1


class Finding(msgspec.Struct, frozen=True):
    """What speaks for and against a cause; `untestable` says what could not be read.

    `replicas` are the raw names of those that the cause blames.
    """

    cause: CauseKind
    facts: tuple[Fact, ...] = ()
    untestable: str | None = None
    replicas: tuple[str, ...] = ()

    @property
    def ratio(self) -> float:
        """Return how much likelier the facts are with this cause than without it: the product of their weights."""
        product = 1.0
        for fact in self.facts:
            product *= fact.ratio
        return product

    @property
    def speaks_for(self) -> bool:
        """Return whether any fact speaks for the cause."""
        return any(fact.speaks_for for fact in self.facts)
