"""The reference of keys, as Markdown made from the registry."""

from collections.abc import Iterator

from console.tui.actions.action import Where
from console.tui.actions.registry import FURTHER_KEYS, actions_in

_TITLES = {
    Where.FLEET: "On the fleet",
    Where.TABLE: "In the rows of a list",
    Where.MODEL: "On a model",
    Where.DRIFT: "On the drift of a model",
    Where.QUALITY: "On the quality of a model",
    Where.PLAYBOOK: "In a playbook",
    Where.LINKS: "In the list of links",
    Where.PODS: "On the pods of a model",
    Where.LOG: "On the log of a pod",
    Where.RUNS: "In the list of runs",
    Where.ACTIONS: "In the list of actions",
    Where.EVERYWHERE: "Everywhere",
}
_INTRODUCTION = """# Keys

Made from `console/tui/actions/`; a test holds the two together. `?` shows the same list on the screen, the last line
of the screen the keys that work now, and `ctrl+p` finds an action by its name.

Nothing is ever sent by one key alone: a plan is shown first, and `y` commits exactly that plan. Cancel has the focus,
so enter and space never commit. While something is typed into a field, no other key works.

Keys can be moved, by the id in the last column; footer, help and dialogs follow:

```yaml
# ~/.config/incident-console/config.yaml
keymap:
  fleet.copy: Y                 # one key
  app.pause: [Z, ctrl+z]        # or several
  app.theme: []                 # or none
```

A key is written as the character that it types (`S`, `"?"`), by its name (`enter`, `f5`, `pageup`) or as `ctrl+q`. Two
actions that work in one place cannot share a key. What commits can move only to a capital letter, a sign or a function
key: never to a key that opens, leaves or answers.
"""


def key_reference() -> str:
    """Return the reference."""
    return "\n".join((_INTRODUCTION, *(section for where in _TITLES for section in _section(where))))


def _section(where: Where) -> Iterator[str]:
    yield f"## {_TITLES[where]}\n"
    yield "| keys | what they do | id |\n| --- | --- | --- |"
    for action in actions_in(where):
        if action.where is where:
            yield f"| {_code(action.shown_keys)} | {action.help} | `{action.id}` |"
    for keys, told in FURTHER_KEYS.get(where, ()):
        yield f"| {keys} | {told} | |"
    yield ""


def _code(keys: str) -> str:
    return " ".join(f"`{key}`" for key in keys.split(" "))
