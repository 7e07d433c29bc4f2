"""What the contract of actions needs of a test: one action on a system that nobody else uses, and who troubles it."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import msgspec

from console.actions.provider import Action, Occasion


class Lacking(msgspec.Struct, frozen=True, kw_only=True):
    """What an action or its system cannot do, each with the reason in words; what is None is checked."""

    undo: str | None = None
    """Why it cannot be taken back."""
    dry_run: str | None = None
    """Why a plan asks the system for no dry run."""
    precondition: str | None = None
    """Why a request is not refused where somebody changed what its plan was made from."""
    undo_guard: str | None = None
    """Why an undo is planned although somebody changed since what the action had set."""
    foresight: str | None = None
    """Why a missing permission shows only when the request is refused."""
    proof_of_effect: str | None = None
    """Why reading cannot tell that a request whose answer was lost was applied."""
    late_arrival: str | None = None
    """Why a request that did not arrive cannot arrive later, so that it is known at once not to be applied."""
    proof_of_absence: str | None = None
    """Why reading cannot tell that a request never arrived."""


class Stand(Protocol):
    """One action, ready to be planned, and the system that it acts on; every check gets a stand of its own."""

    @property
    def action(self) -> Action:
        """Return the action under test, whose clock `pass_time` moves."""
        ...

    @property
    def occasion(self) -> Occasion:
        """Return the model for which it is planned."""
        ...

    @property
    def arguments(self) -> Mapping[str, object]:
        """Return arguments with which it changes something."""
        ...

    @property
    def sent(self) -> int:
        """Return how many requests to change something have arrived, dry runs not counted."""
        ...

    @property
    def rehearsed(self) -> int:
        """Return how many dry runs have arrived."""
        ...

    async def state(self) -> object:
        """Return what the action changes, as the system itself has it; two states are compared with `==`."""
        ...

    async def pass_time(self, seconds: float) -> None:
        """Let time pass, for the console and for what the system does by itself."""
        ...

    async def change_before_commit(self) -> str:
        """Change as a colleague what the plan was made from, and return what a refusal must say of it."""
        ...

    async def change_after_commit(self) -> str:
        """Change as a colleague what the action has set, and return what a refusal to undo must say of it."""
        ...

    async def forbid(self) -> None:
        """Take away from now on what the console needs for this change: a permission, a credential."""
        ...

    async def lose_answer(self) -> None:
        """Let the system do what the next request asks for, and its answer get lost."""
        ...

    async def lose_request(self) -> None:
        """Let the next request to change something get lost before the system does anything."""
        ...


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One action as the contract tries it: how a fresh stand is made, and what need not be shown there.

    `action` is the full name of the action; where it is told, every stand is held to it.
    """

    name: str
    make: Callable[[], AbstractAsyncContextManager[Stand]]
    lacking: Lacking = Lacking()
    action: str | None = None
