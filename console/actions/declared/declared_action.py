"""What actions that a configuration declares begin and end with."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from console.actions.provider import ActionRefused, Occasion, Prospect
from console.domain.action import Commitment, Outcome

Declaration = TypeVar("Declaration")


class DeclaredAction(ABC, Generic[Declaration]):
    """One declared action, in a place of its own.

    Args:
        name: what the configuration calls it.
        declaration: what it says of it.
        environment: the variables of the process, in which secrets may be.
        clock: returns the time (UTC seconds).
    """

    def __init__(
        self, name: str, declaration: Declaration, environment: Mapping[str, str], clock: Callable[[], float]
    ) -> None:
        self._name = name
        self._declared = declaration
        self._environment = environment
        self._clock = clock

    async def prospect(self, occasion: Occasion) -> Prospect:
        """Return why nothing can be sent or run at all: a secret that is not there."""
        try:
            await self._read_secrets()
        except ActionRefused as refusal:
            return Prospect(str(refusal))
        return Prospect()

    @abstractmethod
    async def _read_secrets(self) -> None:
        """Read everything that is needed to send or to run.

        Raises:
            ActionRefused: a secret is not where its reference says.
        """

    def _end(self, outcome: Outcome, detail: str) -> Commitment:
        return Commitment(outcome, detail, self._clock())
