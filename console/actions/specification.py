"""What is known of an action before any system is asked: its name, its arguments, how it is taken back."""

from typing import Literal

import msgspec

from console.domain.action import RiskTier

ArgumentKind = Literal["integer", "text"]
Proof = Literal["metrics", "system"]


class Argument(msgspec.Struct, frozen=True, kw_only=True):
    """One value that an action needs.

    `least` and `most` bound a whole number; `choices` are all the texts that are taken, where these are known
    beforehand; `pattern` is a regular expression that matches every text that is taken as a whole.
    """

    name: str
    meaning: str
    """What it is, in words: `how many replicas to run`."""
    kind: ArgumentKind = "text"
    required: bool = True
    least: int = 0
    most: int | None = None
    choices: tuple[str, ...] = ()
    pattern: str | None = None


class ActionSpecification(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of operation: what playbooks, the screen and the reference tell of it.

    `undo` says in words how it is taken back, None where it cannot be. `stands_for` makes it the action that is meant
    where a playbook asks for another one on a workload whose top-most owner is of a kind: a controller undoes what is
    changed below it.
    """

    name: str
    """The name that playbooks use: `kubernetes.scale`."""
    title: str
    """What a list of actions says: `Set the number of replicas`."""
    arguments: tuple[Argument, ...] = ()
    undo: str | None = None
    tier: RiskTier = RiskTier.WIDE
    """What a list of actions says; each plan says what its own is."""
    proof: Proof = "metrics"
    """What shows that it worked, where it is done without a playbook: the model's metrics, or the system alone.

    A silence mends nothing; a pause shows in the object.
    """
    patience: float = 1800.0
    """How long (seconds) its effect is waited for, where it is done without a playbook."""
    stands_for: "StandsFor | None" = None
    has_configured_arguments: bool = False
    """Whether its arguments are those that a configuration declares, which nobody looked at."""

    def argument(self, name: str) -> Argument | None:
        """Return an argument by its name, None where the action has no such argument."""
        return next((argument for argument in self.arguments if argument.name == name), None)


class StandsFor(msgspec.Struct, frozen=True):
    """Another action, by name, and the kind of owner (API group, kind) for which it is taken over."""

    action: str
    group: str
    kind: str
