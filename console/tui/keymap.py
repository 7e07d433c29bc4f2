"""Which keys do which action: those of the registry, unless a person moved them."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from console.domain.label import harmless
from console.settings.nearest import nearest
from console.settings.yaml_source import YamlNode
from console.tui.actions.action import NUMBER_KEYS, Action, Where
from console.tui.actions.keys import BadKey, key_name, shown_key
from console.tui.actions.registry import ACTIONS, actions_in

_TOGETHER = (
    (Where.FLEET, Where.TABLE, Where.EVERYWHERE),
    (Where.MODEL, Where.EVERYWHERE),
    (Where.DRIFT, Where.TABLE, Where.EVERYWHERE),
    (Where.QUALITY, Where.TABLE, Where.EVERYWHERE),
    (Where.PODS, Where.TABLE, Where.EVERYWHERE),
    (Where.LOG, Where.EVERYWHERE),
    (Where.PLAYBOOK, Where.EVERYWHERE),
    (Where.LINKS, Where.TABLE, Where.EVERYWHERE),
    (Where.RUNS, Where.TABLE, Where.EVERYWHERE),
    (Where.ACTIONS, Where.TABLE, Where.EVERYWHERE),
)
"""Places whose keys work at the same time."""

_NEVER_COMMITS = frozenset({"enter", "space", "escape", "tab", "backspace", "delete"})
_HAS_KEY = {"app.quit": "you could not leave", "plan.cancel": "a plan could not be dropped"}
_KEEPS_ESCAPE = "app.back"
_CHOOSES_A_ROW = frozenset({"fleet.open", "links.open", "runs.open", "actions.choose", "pods.log"})
_NO_KEY = "no-such-key"

Mistake = tuple[int, int, str]
"""Line and column, counted from 1, and what is wrong there."""


class Keymap(msgspec.Struct, frozen=True):
    """`moved` holds Textual's names of the keys of each action that does not have its own any more."""

    moved: Mapping[str, tuple[str, ...]] = {}

    def actions_in(self, where: Where) -> tuple[Action, ...]:
        """Return the actions whose keys work in one place, with the keys that they have here."""
        return tuple(map(self.with_keys, actions_in(where)))

    def with_keys(self, action: Action) -> Action:
        """Return an action with the keys that it has here."""
        keys = self.moved.get(action.id)
        return action if keys is None else msgspec.structs.replace(action, keys=keys)

    def action(self, action_id: str) -> Action:
        """Return one action of the registry with the keys that it has here."""
        return self.with_keys(next(action for action in ACTIONS if action.id == action_id))

    def first_key(self, action_id: str) -> str:
        """Return the first key of an action as the screen tells it; empty where it has none."""
        return self.action(action_id).shown_keys.partition(" ")[0]

    def for_textual(self) -> dict[str, str]:
        """Return what `App.set_keymap` takes: the moved keys by the id of the binding."""
        keys_of = {}
        for action_id, keys in self.moved.items():
            names = [f"{action_id}.{number}" for number in NUMBER_KEYS] if _has_numbers(action_id) else [action_id]
            keys_of.update(dict.fromkeys(names, ",".join(keys) or _NO_KEY))
        if _CHOOSES_A_ROW & self.moved.keys():
            keys_of["table.choose"] = _NO_KEY  # the table's own enter; the screens bind theirs
        return keys_of


def keymap_of(written: Mapping[str, str | tuple[str, ...] | None]) -> Keymap:
    """Return the keymap of settings that `keymap_mistakes` found nothing wrong with."""
    return Keymap({action_id: tuple(map(key_name, _listed(keys))) for action_id, keys in written.items()})


def keymap_mistakes(document: YamlNode) -> Iterable[Mistake]:
    """Yield what is wrong with the `keymap` of a configuration: unknown actions and keys, clashes, unsafe keys."""
    node = document.value.get("keymap") if isinstance(document.value, dict) else None
    if node is None or not isinstance(node.value, dict):
        return
    moved: dict[str, tuple[str, ...]] = {}
    ids = [action.id for action in ACTIONS]
    for action_id, child in node.value.items():
        if action_id not in ids:
            found = nearest(action_id, ids)
            advice = f"; nearest: {found}" if found else ", expected an id of docs/reference/keys.md"
            yield *node.key_positions[action_id], f"keymap: there is no action '{harmless(action_id)}'{advice}"
            continue
        keys: list[str] = []
        for each in child.value if isinstance(child.value, list) else [child]:
            if each.value is not None:
                try:
                    keys.append(_allowed(action_id, key_name(str(each.value))))
                except BadKey as error:
                    yield each.line, each.column, f"keymap.{action_id}: {error}"
        if not keys and action_id in _HAS_KEY:
            yield *node.key_positions[action_id], f"keymap.{action_id}: it needs a key; {_HAS_KEY[action_id]}"
        if action_id == _KEEPS_ESCAPE and "escape" not in keys:
            yield *node.key_positions[action_id], f"keymap.{action_id}: escape must stay among its keys"
        moved[action_id] = tuple(keys)
    yield from _clashes(Keymap(moved), node)


def _listed(keys: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return () if keys is None else (keys,) if isinstance(keys, str) else keys


def _has_numbers(action_id: str) -> bool:
    return any(action.id == action_id and action.has_numbers for action in ACTIONS)


def _allowed(action_id: str, key: str) -> str:
    """Return a key that an action may have.

    The key that commits must be no key that opens a plan (rule 1: two different keys): numbers follow a playbook, small
    letters answer its steps.
    """
    if _has_numbers(action_id):
        raise BadKey("the numbers are those that stand on the screen; they can be taken away with [], not moved")
    action = next(action for action in ACTIONS if action.id == action_id)
    opens_plans = len(key) == 1 and (key.isdigit() or key.islower())
    if action.mutates and key not in action.keys and (key in _NEVER_COMMITS or opens_plans or "+" in key):
        told = "what commits is never on a key that opens, leaves or is typed by accident"
        raise BadKey(f"{shown_key(key)} is refused, {told}; expected a capital letter, a sign or f1 to f12")
    return key


def _clashes(keymap: Keymap, node: YamlNode) -> Iterator[Mistake]:
    told: set[frozenset[str]] = set()
    for places in _TOGETHER:
        owner: dict[str, str] = {}
        for action in (keymap.with_keys(action) for action in ACTIONS if action.where in places):
            for key in action.keys:
                first = owner.setdefault(key, action.id)
                both = frozenset((first, action.id))
                if first == action.id or both in told:
                    continue
                told.add(both)
                blamed, other = (first, action.id) if first in keymap.moved else (action.id, first)
                where = node.key_positions[blamed]
                yield *where, f"keymap.{blamed}: {shown_key(key)} is also the key of {other}"
