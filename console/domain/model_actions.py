"""What can be done on one model: the list from which a person chooses an action."""

from collections.abc import Iterable

import msgspec

from console.domain.action import RiskTier
from console.domain.typed_value import Takes


class OfferedArgument(msgspec.Struct, frozen=True):
    """One value that an action asks for.

    `expected` says what it takes, in words; `options` are all that it takes, where these are known; `present` is the
    value of now, empty where it is not known; `takes` is what the action itself refuses by.
    """

    name: str
    title: str
    expected: str
    options: tuple[str, ...] = ()
    present: str = ""
    required: bool = True
    takes: Takes = Takes()


class OfferedAction(msgspec.Struct, frozen=True):
    """One action for one model.

    `tier` is the least that its plan will be, `undo` says how it is taken back, None where it cannot be. `why_not` says
    why it cannot be done, `unknown` why nobody can tell; `is_asked` is true while the place has not answered yet;
    `is_foreign` where its system does not serve the model or is not configured: no action of that system can be done.
    """

    name: str
    title: str
    tier: RiskTier
    undo: str | None
    arguments: tuple[OfferedArgument, ...] = ()
    place: str | None = None
    why_not: str | None = None
    unknown: str | None = None
    is_asked: bool = False
    is_foreign: bool = False

    @property
    def provider(self) -> str:
        """Return the first part of the name: the kind of system on which it acts."""
        return self.name.partition(".")[0]


class ForeignSystem(msgspec.Struct, frozen=True):
    """A system that has nothing to do with a model, the actions that it would have, and why they cannot be done."""

    provider: str
    actions: tuple[OfferedAction, ...]
    why_not: str


class ModelActions(msgspec.Struct, frozen=True):
    """The actions that there are for a model.

    What can be done stands first, then what cannot, then what is of foreign systems; in each of these parts those of
    one provider stand beside each other.
    """

    model_id: str
    actions: tuple[OfferedAction, ...]

    @classmethod
    def ranked(cls, model_id: str, offered: Iterable[OfferedAction]) -> "ModelActions":
        """Return actions in the order in which they are listed; within a provider they keep theirs."""
        given = list(offered)
        providers = list(dict.fromkeys(action.provider for action in given))

        def rank(action: OfferedAction) -> tuple[bool, bool, int]:
            return action.is_foreign, action.why_not is not None, providers.index(action.provider)

        return cls(model_id, tuple(sorted(given, key=rank)))

    @property
    def own(self) -> tuple[OfferedAction, ...]:
        """Return the actions of systems that have to do with the model."""
        return tuple(action for action in self.actions if not action.is_foreign)

    @property
    def foreign(self) -> tuple[ForeignSystem, ...]:
        """Return the systems that have nothing to do with the model."""
        by_provider: dict[str, list[OfferedAction]] = {}
        for action in self.actions:
            if action.is_foreign:
                by_provider.setdefault(action.provider, []).append(action)
        return tuple(
            ForeignSystem(provider, tuple(actions), actions[0].why_not or "")
            for provider, actions in by_provider.items()
        )

    def find(self, name: str) -> OfferedAction | None:
        """Return an action by its name, None where there is none."""
        return next((action for action in self.actions if action.name == name), None)
