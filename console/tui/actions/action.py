"""What an action is: something that keys do in one place."""

from enum import StrEnum

import msgspec


class Where(StrEnum):
    """Where an action's keys work."""

    EVERYWHERE = "everywhere"
    FLEET = "fleet"
    MODEL = "model"
    PLAYBOOK = "playbook"


class Action(msgspec.Struct, frozen=True):
    """Something that keys do.

    `method` is Textual's name of the action, on the screen unless it begins with `app.`; `keys` are Textual's names of
    the keys. Actions that are `in_footer` stand there while they work. One that `mutates` has no other way than its
    key: the command palette would run it with the enter key.
    """

    id: str
    where: Where
    keys: tuple[str, ...]
    label: str
    help: str
    method: str
    in_footer: bool = True
    mutates: bool = False

    @property
    def shown_keys(self) -> str:
        """Return the keys as a person types them: `/`, `[`, `1-9`."""
        if self.keys == NUMBER_KEYS:
            return "1-9"
        return " ".join(_TYPED.get(key, key) for key in self.keys)


NUMBER_KEYS = tuple("123456789")
_TYPED = {
    "slash": "/",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "plus": "+",
    "equals_sign": "=",
    "minus": "-",
    "escape": "esc",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "pageup": "page up",
    "pagedown": "page down",
}
