"""What an action is: something that keys do in one place."""

from enum import StrEnum

import msgspec

from console.tui.actions.keys import shown_key


class Where(StrEnum):
    """Where an action's keys work."""

    EVERYWHERE = "everywhere"
    FLEET = "fleet"
    TABLE = "table"
    MODEL = "model"
    DRIFT = "drift"
    QUALITY = "quality"
    PLAYBOOK = "playbook"
    LINKS = "links"
    RUNS = "runs"
    ACTIONS = "actions"
    PODS = "pods"
    LOG = "log"


class Action(msgspec.Struct, frozen=True):
    """Something that keys do.

    `method` is Textual's name of the action, on the screen unless it begins with `app.`; `keys` are Textual's names of
    the keys. Actions that are `in_footer` stand there while they work. One that `mutates` has no other way than its
    key: the command palette and the command line would run it with the enter key. One that `opens_field` has done so
    before the next key is looked at: what is typed behind it never works as keys of the screen.
    """

    id: str
    where: Where
    keys: tuple[str, ...]
    label: str
    help: str
    method: str
    in_footer: bool = True
    mutates: bool = False
    opens_field: bool = False

    @property
    def shown_keys(self) -> str:
        """Return the keys as a person types them: `/`, `[`, `1-9`."""
        if self.has_numbers:
            return "1-9"
        return " ".join(map(shown_key, self.keys))

    @property
    def has_numbers(self) -> bool:
        """Return whether the action has the number keys, each of which passes its number on."""
        return self.keys == NUMBER_KEYS

    @property
    def name(self) -> str:
        """Return what the action is called on the command line: `zoom-in`."""
        return self.id.partition(".")[2].replace("_", "-")


NUMBER_KEYS = tuple("123456789")
