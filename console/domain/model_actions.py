"""What can be done on one model: the list from which a person chooses an action."""

import msgspec

from console.domain.action import RiskTier


class OfferedArgument(msgspec.Struct, frozen=True):
    """One value that an action asks for.

    `expected` says what it takes, in words; `options` are all that it takes, where these are known; `present` is the
    value of now, empty where it is not known.
    """

    name: str
    title: str
    expected: str
    options: tuple[str, ...] = ()
    present: str = ""
    required: bool = True


class OfferedAction(msgspec.Struct, frozen=True):
    """One action for one model.

    `tier` is the least that its plan will be, `undo` says how it is taken back, None where it cannot be. `why_not` says
    why it cannot be done, `unknown` why nobody can tell; `is_asked` is true while the place has not answered yet.
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

    @property
    def provider(self) -> str:
        """Return the first part of the name: the kind of system on which it acts."""
        return self.name.partition(".")[0]


class ModelActions(msgspec.Struct, frozen=True):
    """The actions that there are for a model, those of one provider beside each other."""

    model_id: str
    actions: tuple[OfferedAction, ...]

    def find(self, name: str) -> OfferedAction | None:
        """Return an action by its name, None where there is none."""
        return next((action for action in self.actions if action.name == name), None)
