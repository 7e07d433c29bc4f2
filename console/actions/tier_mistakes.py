"""What is wrong with the risks that a configuration raises: names and globs that no action bears."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from console.actions.registry import known_actions
from console.domain.label import harmless
from console.settings.nearest import did_you_mean, nearest
from console.settings.settings import Settings
from console.settings.yaml_source import YamlNode


def tier_mistakes(document: YamlNode, settings: Settings) -> Iterator[tuple[int, int, str]]:
    """Yield (line, column, what) of each key of `actions.tiers` that matches no action.

    `settings` are those of the document: the webhooks, commands and channels that it declares are actions too.
    """
    names = list(known_actions(settings).by_name)
    tiers = _child(_child(document, "actions"), "tiers")
    for glob, position in tiers.key_positions.items() if tiers is not None else ():
        if not any(fnmatchcase(name, glob) for name in names):
            yield *position, f"actions.tiers: '{harmless(glob)}' matches no action, {_advice(glob, names)}"


def _advice(glob: str, names: list[str]) -> str:
    """Return what was expected and the nearest name: of the provider that is named, else of all."""
    provider, _, rest = glob.partition(".")
    providers = dict.fromkeys(name.partition(".")[0] for name in names)
    if provider in providers:
        return did_you_mean(glob, [name for name in names if name.startswith(f"{provider}.")])
    meant = nearest(provider, providers)
    glob_there = f"{meant}.{rest}"
    found = glob_there if any(fnmatchcase(name, glob_there) for name in names) else nearest(glob, names)
    return "expected an action or a glob of them, such as 'kubernetes.*'" + (f"; nearest: {found}" if found else "")


def _child(node: YamlNode | None, key: str) -> YamlNode | None:
    return node.value.get(key) if node is not None and isinstance(node.value, dict) else None
